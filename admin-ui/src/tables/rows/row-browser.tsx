import type { TableInfo } from '#admin-api'
import type { SaveMode } from './save-mode.ts'
import { Button } from '@mantine/core'
import { useHotkeys, useLocalStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { TableSearch } from '../../app/search.ts'
import { Delayed, SkeletonRows } from '../../design/delayed.tsx'
import { EmptyState } from '../../design/empty-state.tsx'
import { ErrorPanel } from '../../design/error-panel.tsx'
import { undoToast } from '../../design/undo-toast.tsx'
import { StagedBar } from '../edits/staged-bar.tsx'
import { useEdits } from '../edits/use-edits.ts'
import { useGridTable } from '../grid/grid-table.ts'
import { RowGrid } from '../grid/row-grid.tsx'
import { FilterBar } from './filter-bar.tsx'
import { GridFooter } from './grid-footer.tsx'
import { insertSnippet } from './insert-snippet.ts'
import { RowDrawer } from './row-drawer.tsx'
import { defaultPageSize, isEditable, type Row, rowsQuery } from './rows-query.ts'
import { SelectionBar } from './selection-bar.tsx'

const noRows: Row[] = []
const none: ReadonlySet<string> = new Set()

/** Rows of a table: filter, sort, page, edit. What is shown is in the URL. */
export function RowBrowser({
  table,
  search,
  inserting,
  onInserting,
}: {
  table: TableInfo
  search: TableSearch
  inserting: boolean
  onInserting: (open: boolean) => void
}) {
  const navigate = useNavigate({ from: '/tables/$schema/$table' })
  const page = useQuery(rowsQuery(table, search))
  const rows = (page.data?.rows as Row[] | undefined) ?? noRows
  const grid = useGridTable(table, rows)
  const edits = useEdits(table)
  const [mode, setMode] = useLocalStorage<SaveMode>({ key: 'plinth-save-mode', defaultValue: 'at-once', getInitialValueInEffect: false })
  const [selected, setSelected] = useState<ReadonlySet<string>>(none)
  const [opened, setOpened] = useState<string | undefined>(undefined)
  const [filterColumn, setFilterColumn] = useState<string | undefined>(undefined)
  const filter = search.filter ?? []
  const sort = search.sort ?? []
  const update = (change: Partial<TableSearch>) => {
    setSelected(none)
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  }
  useHotkeys([
    ['mod+S', () => void edits.saveAll()],
    ['mod+Z', () => edits.dispatch({ type: 'undo' })],
  ])

  const onSort = (column: string, add: boolean) => {
    const place = sort.findIndex((term) => term.replace(/^-/, '') === column)
    const next = place < 0 ? column : sort[place] === column ? `-${column}` : undefined
    const others = add ? sort.filter((_, index) => index !== place) : []
    const terms =
      next === undefined ? others : add && place >= 0 ? sort.map((term, index) => (index === place ? next : term)) : [...others, next]
    update({ sort: terms.length === 0 ? undefined : terms, page: undefined })
  }
  const onEdit = async (key: string, row: Row, column: string, value: unknown) => {
    edits.dispatch({ type: 'stage', key, row, column, value })
    if (mode === 'staged') return
    const saved = await edits.saveRow(key, { row, changes: { [column]: value } })
    if (saved && !table.primaryKey.includes(column))
      undoToast(`${column} saved`, async () => {
        edits.dispatch({ type: 'stage', key, row, column, value: row[column] })
        await edits.saveRow(key, { row, changes: { [column]: row[column] } })
      })
  }
  const openedRow = useMemo(
    () => (opened === undefined ? undefined : grid.getRowModel().rows.find((row) => row.id === opened)?.original),
    [grid, opened, rows],
  )
  const size = search.size ?? defaultPageSize
  const pageNumber = search.page ?? 1

  return (
    <>
      <FilterBar
        table={table}
        filter={filter}
        grid={grid}
        adding={filterColumn}
        onAdding={setFilterColumn}
        onChange={(terms) => update({ filter: terms.length === 0 ? undefined : terms, page: undefined })}
        mode={mode}
        onMode={setMode}
        onRefresh={() => void page.refetch()}
        refreshing={page.isFetching}
      />
      {page.isPending ? (
        <div style={{ flex: 1 }}>
          <SkeletonRows rows={14} />
        </div>
      ) : page.isError ? (
        <div style={{ flex: 1, padding: 24 }}>
          <Delayed>
            <ErrorPanel title="The rows cannot be shown" error={page.error} onRetry={() => void page.refetch()} />
          </Delayed>
        </div>
      ) : rows.length === 0 ? (
        <div style={{ flex: 1, overflow: 'auto' }}>
          {filter.length > 0 || pageNumber > 1 ? (
            <EmptyState
              title="No row matches"
              action={<Button onClick={() => update({ filter: undefined, page: undefined })}>Clear filters</Button>}
            >
              Change a condition or clear the filters to see all rows.
            </EmptyState>
          ) : (
            <EmptyState
              title={`${table.name} is empty`}
              action={isEditable(table) ? <Button onClick={() => onInserting(true)}>Insert row</Button> : undefined}
              code={insertSnippet(table)}
              codeLabel="the JavaScript"
            >
              Insert the first row here, or from your app.
            </EmptyState>
          )}
        </div>
      ) : (
        <RowGrid
          table={table}
          grid={grid}
          sort={sort}
          edits={edits}
          firstRowNumber={(pageNumber - 1) * size + 1}
          rowCount={page.data.exactCount}
          selected={selected}
          onSelect={setSelected}
          onSort={onSort}
          onFilterBy={setFilterColumn}
          onOpen={setOpened}
          onEdit={(key, row, column, value) => void onEdit(key, row, column, value)}
          busy={page.isPlaceholderData}
        />
      )}
      <StagedBar edits={edits} />
      {selected.size > 0 ? (
        <SelectionBar
          table={table}
          rows={grid
            .getRowModel()
            .rows.filter((row) => selected.has(row.id))
            .map((row) => row.original)}
          onClear={() => setSelected(none)}
        />
      ) : null}
      <GridFooter
        table={table}
        filtered={filter.length > 0}
        shown={rows.length}
        exactCount={page.data?.exactCount}
        page={pageNumber}
        size={size}
        onPage={(next) => update({ page: next <= 1 ? undefined : next })}
        onSize={(next) => update({ size: next === defaultPageSize ? undefined : next, page: undefined })}
        onCount={() => update({ count: 'exact' })}
      />
      {inserting ? (
        <RowDrawer key="insert" table={table} row={undefined} onClose={() => onInserting(false)} />
      ) : openedRow === undefined ? null : (
        <RowDrawer key={opened} table={table} row={openedRow} onClose={() => setOpened(undefined)} />
      )}
    </>
  )
}
