// How many rows there are without limit and offset.
import type { FilterNode, ReadNode } from '../tree.ts'
import type { BodyOptions } from './bodies.ts'
import { requirementOf, sliceOf, whereOf, type RowSource } from './clauses.ts'
import { isGrouped } from './level.ts'
import type { PageOptions } from './page-cursor.ts'
import type { RowGuard } from './row-guard.ts'
import { selectRows } from './rows.ts'
import type { Printed, Statement } from './statement.ts'

type Rows = Omit<ReadNode, 'kind' | 'relation'>
type Total = true | { readonly max: number }

/** The number of rows as a sub-select; with `max` at most `max + 1`. */
export function totalOf(statement: Statement, node: Rows, source: RowSource, total: Total): string {
  const rows = `from ${source.from}${whereOf(statement, node, source)}`
  return total === true
    ? `(select count(*) ${rows})`
    : `(select count(*) from (select 1 ${rows}${sliceOf(statement, { limit: total.max + 1 })}) c)`
}

/** Beside the rows: a slice that ends early tells the total itself, and Postgres does not run a sub-select that nobody reads. */
export function totalBeside(statement: Statement, { limit, offset }: Rows, whole: string, total: Total): string {
  if (limit === undefined) return whole
  const ended = `count(*) < ${statement.count(limit)}`
  const first = offset === undefined ? undefined : statement.count(offset)
  const known = first === undefined ? 'count(*)' : `${first} + count(*)`
  const capped = total === true ? known : `least(${known}, ${total.max + 1})`
  return `case when ${ended}${first === undefined ? '' : ` and (count(*) > 0 or ${first} = 0)`} then ${capped} else ${whole} end`
}

/** Does nobody look at the rows themselves, as when a client asks with HEAD how many there are? An order may fail, so it is kept. */
export function countsOnly(
  node: Rows,
  { body, total, page, guard }: BodyOptions & { readonly total?: false | Total; readonly page?: PageOptions; readonly guard?: RowGuard },
): boolean {
  return body === 'none' && total === true && page === undefined && guard === undefined && node.order.length === 0 && !isGrouped(node)
}

/** The total alone, and how many of its rows the slice would have. Columns stay in the list, so that rights to them are asked for. */
export function countStatement(statement: Statement, node: Rows, source: RowSource): Printed {
  const items: FilterNode[] = node.filter === undefined ? [] : [node.filter]
  for (const field of node.fields) if (field.kind === 'relation' && field.required) items.push(requirementOf(field))
  const fields = node.fields.filter((field) => field.kind === 'column' && !('kind' in field.column))
  const filter: FilterNode | undefined = items.length < 2 ? items[0] : { kind: 'and', items }
  const { text } = selectRows(statement, { fields, filter, order: [] }, source)
  const left = node.offset === undefined ? 'c.total' : `greatest(c.total - ${statement.count(node.offset)}, 0)`
  const rows = node.limit === undefined ? left : `least(${left}, ${statement.count(node.limit)})`
  const counted = `select count(*) as total from (${text}) r`
  return { columns: ['body', 'rows', 'total'], text: `select null::text as body, ${rows} as rows, c.total from (${counted}) c` }
}
