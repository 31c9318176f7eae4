// One page of a table over the REST API, with the service role: what the owner sees is what is there.
import type { TableInfo } from '#admin-api'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { sdk, unwrap } from '../../api/sdk.ts'
import type { TableSearch } from '../../app/search.ts'
import { isWideNumber } from './column-kind.ts'
import { findOperator } from './filter-operators.ts'

export type Row = Readonly<Record<string, unknown>>

export interface RowPage {
  readonly rows: readonly Row[]
  /** Undefined when only an estimate is at hand. */
  readonly exactCount: number | undefined
}

export const defaultPageSize = 100
/** Beyond this many rows an exact count is only made on demand. */
const countFreelyBelow = 100_000

export function rowsKey(table: Pick<TableInfo, 'schema' | 'name'>) {
  return ['rows', table.schema, table.name] as const
}

/** The page that the URL asks for. */
export function rowsQuery(table: TableInfo, search: TableSearch) {
  const { filter = [], sort = [], page = 1, size = defaultPageSize, count } = search
  const counted = count === 'exact' || table.estimatedRows < countFreelyBelow
  return queryOptions({
    queryKey: [...rowsKey(table), { columns: table.columns.map((column) => column.name), filter, sort, page, size, counted }],
    queryFn: async ({ signal }): Promise<RowPage> => {
      const client = await sdk()
      let query = client
        .schema(table.schema)
        .from(table.name)
        .select(selectText(table), counted ? { count: 'exact' } : {})
      for (const [name, operator, value] of filter) {
        const column = table.columns.find((one) => one.name === name)
        const known = column === undefined ? undefined : findOperator(column, operator)
        if (known === undefined) continue
        const [wireOperator, operand] = known.wire(value)
        query = query.filter(name, wireOperator, operand)
      }
      for (const term of orderTerms(table, sort)) query = query.order(term.column, { ascending: term.ascending, nullsFirst: false })
      const answer = await query.range((page - 1) * size, page * size - 1).abortSignal(signal)
      if (answer.error !== null) throw answer.error
      return { rows: answer.data as unknown as Row[], exactCount: answer.count ?? undefined }
    },
    placeholderData: keepPreviousData,
  })
}

/** The chosen columns, then the key: without it pages could overlap. */
function orderTerms(table: TableInfo, sort: readonly string[]): { column: string; ascending: boolean }[] {
  const terms = sort
    .map((term) => ({ column: term.replace(/^-/, ''), ascending: !term.startsWith('-') }))
    .filter((term) => table.columns.some((column) => column.name === term.column))
  for (const column of table.primaryKey) if (!terms.some((term) => term.column === column)) terms.push({ column, ascending: true })
  return terms.map((term) => ({ ...term, column: quoted(term.column) }))
}

function selectText(table: TableInfo): string {
  return table.columns.map((column) => quoted(column.name) + (isWideNumber(column) ? '::text' : '')).join(',')
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
}

/** Identity of a row: its key's values. */
export function rowKey(table: TableInfo, row: Row): string {
  return JSON.stringify(table.primaryKey.map((column) => row[column] ?? null))
}

export function isEditable(table: TableInfo): boolean {
  return table.primaryKey.length > 0 && (table.kind === 'table' || table.kind === 'partitioned_table')
}

/** Changes one row and answers with it as it is now. */
export async function updateRow(table: TableInfo, row: Row, changes: Row): Promise<Row> {
  const client = await sdk()
  let query = client.schema(table.schema).from(table.name).update(changes)
  for (const column of table.primaryKey) query = query.filter(column, 'eq', row[column])
  const rows = (await unwrap(query.select(selectText(table)))) as unknown as Row[]
  const [changed] = rows
  if (changed === undefined) throw new Error('The row is no longer there: it was deleted, or its key was changed.')
  return changed
}

export async function insertRow(table: TableInfo, values: Row): Promise<Row> {
  const client = await sdk()
  const rows = (await unwrap(client.schema(table.schema).from(table.name).insert(values).select(selectText(table)))) as unknown as Row[]
  return rows[0] ?? values
}

/** Deletes rows by key, in as few requests as URLs allow. */
export async function deleteRows(table: TableInfo, rows: readonly Row[]): Promise<void> {
  const client = await sdk()
  const from = client.schema(table.schema).from(table.name)
  const [only, ...others] = table.primaryKey
  if (only !== undefined && others.length === 0) {
    for (let at = 0; at < rows.length; at += 100) {
      const keys = rows.slice(at, at + 100).map((row) => row[only])
      await unwrap(from.delete().filter(only, 'in', keys))
    }
    return
  }
  for (const row of rows) {
    let query = from.delete()
    for (const column of table.primaryKey) query = query.filter(column, 'eq', row[column])
    await unwrap(query)
  }
}
