// The column model of a grid: widths, hidden columns, resizing. Rows come paged, sorted and filtered from the server.
import type { ColumnInfo, TableInfo } from '#admin-api'
import { useLocalStorage } from '@mantine/hooks'
import {
  columnResizingFeature,
  columnSizingFeature,
  type ColumnSizingState,
  columnVisibilityFeature,
  type ColumnVisibilityState,
  createColumnHelper,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import { type ColumnKind, kindOf, shortType } from '../rows/column-kind.ts'
import { type Row, rowKey } from '../rows/rows-query.ts'

const features = tableFeatures({ columnResizingFeature, columnSizingFeature, columnVisibilityFeature })
const helper = createColumnHelper<typeof features, Row>()

const widths: Record<ColumnKind, number> = {
  text: 220,
  integer: 96,
  number: 112,
  boolean: 92,
  timestamp: 204,
  date: 116,
  time: 120,
  json: 240,
  enum: 128,
  uuid: 292,
  array: 200,
  bytes: 160,
  other: 180,
}

/** Widths and hidden columns of a table are remembered. */
export function useGridTable(table: TableInfo, rows: Row[]) {
  const at = `${table.schema}.${table.name}`
  const [columnSizing, setColumnSizing] = useLocalStorage<ColumnSizingState>({
    key: `plinth-widths-${at}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const [columnVisibility, setColumnVisibility] = useLocalStorage<ColumnVisibilityState>({
    key: `plinth-columns-${at}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const columns = useMemo(
    () =>
      helper.columns(
        table.columns.map((column) =>
          helper.accessor((row) => row[column.name], {
            id: column.name,
            header: column.name,
            size: startWidth(column),
            minSize: 60,
            maxSize: 900,
          }),
        ),
      ),
    [table.columns],
  )
  return useTable({
    features,
    columns,
    data: rows,
    getRowId: (row, index) => (table.primaryKey.length > 0 ? rowKey(table, row) : String(index)),
    columnResizeMode: 'onChange',
    state: { columnSizing, columnVisibility },
    onColumnSizingChange: (next) => setColumnSizing((before) => (typeof next === 'function' ? next(before) : next)),
    onColumnVisibilityChange: (next) => setColumnVisibility((before) => (typeof next === 'function' ? next(before) : next)),
  })
}

export type GridTable = ReturnType<typeof useGridTable>

function startWidth(column: ColumnInfo): number {
  // Name, type, marks and the menu must fit at least.
  return Math.round(Math.max(widths[kindOf(column)], column.name.length * 7.6 + shortType(column.type).length * 6.6 + 62))
}
