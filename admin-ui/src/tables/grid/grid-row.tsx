import type { ColumnInfo } from '#admin-api'
import { Checkbox, Popover } from '@mantine/core'
import { IconArrowsDiagonal } from '@tabler/icons-react'
import type { RowEdits } from '../edits/edit-state.ts'
import { showCell } from '../rows/cell-text.ts'
import { isRightAligned, kindOf } from '../rows/column-kind.ts'
import type { Row } from '../rows/rows-query.ts'
import { CellEditor } from './cell-editor.tsx'
import type { GridTable } from './grid-table.ts'
import styles from './grid.module.css'

type Columns = ReturnType<GridTable['getVisibleLeafColumns']>

/** One row: its cells with their edits laid over them. */
export function GridRow({
  top,
  index,
  rowNumber,
  leadWidth,
  row,
  rowId,
  columns,
  infos,
  edits,
  activeColumn,
  editing,
  selectable,
  selected,
  onToggle,
  onOpen,
  onActivate,
  onStartEdit,
  onCommit,
  onCancel,
  onRetry,
  onDiscard,
}: {
  top: number
  index: number
  rowNumber: number
  leadWidth: number
  row: Row
  rowId: string
  columns: Columns
  infos: ReadonlyMap<string, ColumnInfo>
  edits: RowEdits | undefined
  activeColumn: number | undefined
  editing: { column: number; text: string | undefined } | undefined
  selectable: boolean
  selected: boolean
  onToggle: () => void
  onOpen: () => void
  onActivate: (column: number) => void
  onStartEdit: (column: number) => void
  onCommit: (column: string, value: unknown, move?: { row: number; column: number }) => void
  onCancel: () => void
  onRetry: () => void
  onDiscard: (column: string) => void
}) {
  return (
    <div
      className={styles.row}
      role="row"
      aria-rowindex={rowNumber + 1}
      aria-selected={selectable ? selected : undefined}
      data-selected={selected || undefined}
      data-editing={editing !== undefined || undefined}
      data-row={rowId}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div className={styles.lead} role="gridcell" aria-colindex={1} style={{ width: leadWidth }}>
        {selectable ? (
          <Checkbox size="xs" tabIndex={-1} checked={selected} onChange={onToggle} aria-label={`Select row ${rowNumber}`} />
        ) : null}
        <button type="button" tabIndex={-1} className={styles.open} aria-label={`Open row ${rowNumber}`} onClick={onOpen}>
          <IconArrowsDiagonal size={13} />
        </button>
      </div>
      {columns.map((column, at) => {
        const info = infos.get(column.id)
        if (info === undefined) return null
        const edit = edits?.cells[column.id]
        const value = edit === undefined ? row[column.id] : edit.value
        const kind = kindOf(info)
        const isEditing = editing?.column === at
        return (
          <div
            key={column.id}
            id={`cell-${index}-${at}`}
            className={styles.cell}
            role="gridcell"
            aria-colindex={at + 2}
            data-column={column.id}
            data-active={activeColumn === at || undefined}
            data-edit={edit?.state}
            data-right={isRightAligned(kind) || undefined}
            data-mono={kind === 'json' || kind === 'uuid' || kind === 'array' || kind === 'bytes' || undefined}
            style={{ width: column.getSize() }}
            onMouseDown={(event) => {
              if (isEditing) return
              event.preventDefault()
              onActivate(at)
            }}
            onDoubleClick={() => onStartEdit(at)}
          >
            {isEditing ? (
              <CellEditor
                info={info}
                value={value}
                startText={editing.text}
                onCommit={(next, move) => onCommit(column.id, next, move)}
                onCancel={onCancel}
              />
            ) : (
              <>
                {value === null || value === undefined ? (
                  <span className={styles.null}>NULL</span>
                ) : (
                  <span className={styles.value}>{showCell(value, info)}</span>
                )}
                {edit === undefined ? null : edit.state === 'failed' ? (
                  <FailedMark reason={edit.reason ?? ''} onRetry={onRetry} onDiscard={() => onDiscard(column.id)} />
                ) : (
                  <span
                    className={styles.mark}
                    role="status"
                    aria-label={edit.state === 'saving' ? 'Saving' : edit.state === 'saved' ? 'Saved' : 'Not saved yet'}
                  />
                )}
              </>
            )}
          </div>
        )
      })}
    </div>
  )
}

function FailedMark({ reason, onRetry, onDiscard }: { reason: string; onRetry: () => void; onDiscard: () => void }) {
  return (
    <Popover position="bottom-start" width={320} withinPortal defaultOpened>
      <Popover.Target>
        <button
          type="button"
          className={styles.failed}
          aria-label={`Not saved: ${reason}`}
          onMouseDown={(event) => event.stopPropagation()}
        >
          !
        </button>
      </Popover.Target>
      <Popover.Dropdown onMouseDown={(event) => event.stopPropagation()}>
        <p className={styles.reasonTitle}>Not saved</p>
        <p>{reason}</p>
        <div className={styles.reasonActions}>
          <button type="button" className={styles.link} onClick={onRetry}>
            Retry
          </button>
          <button type="button" className={styles.link} onClick={onDiscard}>
            Discard
          </button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
