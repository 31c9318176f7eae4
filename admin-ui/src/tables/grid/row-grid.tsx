import type { TableInfo } from '#admin-api'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { SortTerm } from '../../app/search.ts'
import type { Edits } from '../edits/use-edits.ts'
import { editText } from '../rows/cell-text.ts'
import { isEditable, type Row } from '../rows/rows-query.ts'
import { GridHeader } from './grid-header.tsx'
import { GridRow } from './grid-row.tsx'
import type { GridTable } from './grid-table.ts'
import { moveOf, type CellAt } from './grid-keys.ts'
import styles from './grid.module.css'

const rowHeight = 32
/** Width of the first column: check box and the handle that opens the row. */
const leadWidth = 72

/**
 * The grid of rows. One tab stop: arrows move the active cell, Enter edits, Esc discards, Tab saves and moves on.
 * Only the rows in view are in the page.
 */
export function RowGrid({
  table,
  grid,
  sort,
  edits,
  firstRowNumber,
  rowCount,
  selected,
  onSelect,
  onSort,
  onFilterBy,
  onOpen,
  onEdit,
  busy,
}: {
  table: TableInfo
  grid: GridTable
  sort: readonly SortTerm[]
  edits: Edits
  firstRowNumber: number
  rowCount: number | undefined
  selected: ReadonlySet<string>
  onSelect: (keys: ReadonlySet<string>) => void
  onSort: (column: string, add: boolean) => void
  onFilterBy: (column: string) => void
  onOpen: (key: string) => void
  onEdit: (key: string, row: Row, column: string, value: unknown) => void
  busy: boolean
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = grid.getRowModel().rows
  const columns = grid.getVisibleLeafColumns()
  const infos = useMemo(() => new Map(table.columns.map((column) => [column.name, column])), [table.columns])
  const [active, setActive] = useState<CellAt>({ row: 0, column: 0 })
  const [editing, setEditing] = useState<{ at: CellAt; text: string | undefined } | undefined>(undefined)
  const editable = isEditable(table)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: 34,
  })
  const bodyWidth = grid.getTotalSize() + leadWidth

  // A shorter page or fewer columns must not leave the active cell outside.
  useEffect(() => {
    setActive((at) => ({
      row: Math.min(at.row, Math.max(-1, rows.length - 1)),
      column: Math.min(at.column, Math.max(0, columns.length - 1)),
    }))
  }, [rows.length, columns.length])

  const showCellAt = useCallback(
    (at: CellAt) => {
      if (at.row >= 0) virtual.scrollToIndex(at.row)
      const element = scroller.current
      if (element === null) return
      const left = leadWidth + columns.slice(0, at.column).reduce((sum, column) => sum + column.getSize(), 0)
      const width = columns[at.column]?.getSize() ?? 0
      if (left - leadWidth < element.scrollLeft) element.scrollLeft = left - leadWidth
      else if (left + width > element.scrollLeft + element.clientWidth) element.scrollLeft = left + width - element.clientWidth
    },
    [columns, virtual],
  )

  const go = (at: CellAt) => {
    setActive(at)
    showCellAt(at)
  }
  const stopEditing = () => {
    setEditing(undefined)
    scroller.current?.focus({ preventScroll: true })
  }
  const startEditing = (at: CellAt, text?: string) => {
    const info = infos.get(columns[at.column]?.id ?? '')
    if (!editable || info === undefined || at.row < 0 || info.generated === 'identity_always' || info.generated === 'stored') return
    setActive(at)
    setEditing({ at, text })
  }
  const toggle = (row: number) => {
    const key = rows[row]?.id
    if (key === undefined || !editable) return
    const next = new Set(selected)
    if (!next.delete(key)) next.add(key)
    onSelect(next)
  }
  const setNull = (at: CellAt) => {
    const row = rows[at.row]
    const info = infos.get(columns[at.column]?.id ?? '')
    if (editable && row !== undefined && info?.nullable === true) onEdit(row.id, row.original, info.name, null)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget) return
    const move = moveOf(event, active, { rows: rows.length, columns: columns.length })
    if (move !== undefined) {
      event.preventDefault()
      go(move)
      return
    }
    const column = columns[active.column]
    const row = rows[active.row]
    if (column === undefined) return
    if (active.row < 0) {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      onSort(column.id, event.shiftKey)
      return
    }
    if (row === undefined) return
    const command = event.ctrlKey || event.metaKey
    if (event.key === 'Enter' && event.shiftKey) onOpen(row.id)
    else if (event.key === 'Enter' || event.key === 'F2') startEditing(active)
    else if (event.key === ' ') toggle(active.row)
    else if (event.key === 'Delete') setNull(active)
    else if (command && event.key === 'c') {
      const info = infos.get(column.id)
      if (info !== undefined) void navigator.clipboard.writeText(editText(row.original[column.id], info))
    } else if (event.key.length === 1 && !command && !event.altKey && event.key !== '/' && event.key !== '?' && event.key !== '[')
      startEditing(active, event.key)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      aria-label={`Rows of ${table.name}`}
      aria-rowcount={rowCount === undefined ? -1 : rowCount + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable={editable}
      aria-readonly={!editable}
      aria-busy={busy}
      aria-activedescendant={editing === undefined ? cellId(active) : undefined}
      tabIndex={0}
      data-busy={busy || undefined}
      onKeyDown={onKeyDown}
    >
      <GridHeader
        table={table}
        grid={grid}
        sort={sort}
        width={bodyWidth}
        leadWidth={leadWidth}
        activeColumn={active.row === -1 ? active.column : undefined}
        selectable={editable}
        allSelected={rows.length > 0 && rows.every((row) => selected.has(row.id))}
        someSelected={rows.some((row) => selected.has(row.id))}
        onSelectAll={(all) => onSelect(all ? new Set(rows.map((row) => row.id)) : new Set())}
        onSort={onSort}
        onFilterBy={onFilterBy}
      />
      <div className={styles.body} role="rowgroup" style={{ height: virtual.getTotalSize(), width: bodyWidth }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!
          return (
            <GridRow
              key={row.id}
              top={item.start}
              index={item.index}
              rowNumber={firstRowNumber + item.index}
              leadWidth={leadWidth}
              row={row.original}
              rowId={row.id}
              columns={columns}
              infos={infos}
              edits={edits.state.rows[row.id]}
              activeColumn={active.row === item.index ? active.column : undefined}
              editing={editing?.at.row === item.index ? { column: editing.at.column, text: editing.text } : undefined}
              selectable={editable}
              selected={selected.has(row.id)}
              onToggle={() => toggle(item.index)}
              onOpen={() => onOpen(row.id)}
              onActivate={(column) => {
                setActive({ row: item.index, column })
                if (editing === undefined) scroller.current?.focus({ preventScroll: true })
              }}
              onStartEdit={(column) => startEditing({ row: item.index, column })}
              onCommit={(column, value, move) => {
                stopEditing()
                onEdit(row.id, row.original, column, value)
                if (move !== undefined)
                  go(within({ row: active.row + move.row, column: active.column + move.column }, rows.length, columns.length))
              }}
              onCancel={stopEditing}
              onRetry={() => void edits.saveRow(row.id)}
              onDiscard={(column) => edits.dispatch({ type: 'forget', key: row.id, columns: [column] })}
            />
          )
        })}
      </div>
    </div>
  )
}

/** DOM id of a cell, for aria-activedescendant. */
export function cellId(at: CellAt): string {
  return `cell-${at.row}-${at.column}`
}

function within(at: CellAt, rows: number, columns: number): CellAt {
  return { row: Math.min(Math.max(at.row, 0), rows - 1), column: Math.min(Math.max(at.column, 0), columns - 1) }
}
