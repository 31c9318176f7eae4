// Which rows a request is about, for looking at them in other ways than answering: why some of them are hidden.
import { sliceOf, whereOf } from './print/clauses.ts'
import { mutationOf } from './print/mutations.ts'
import { relationSource } from './print/rows.ts'
import { Statement } from './print/statement.ts'
import type { Plan } from './plan.ts'
import type { MutationNode } from './mutation-tree.ts'
import type { FieldNode, ReadNode } from './tree.ts'

/** Counts the rows that match, at most `max`: one row, `rows`. */
export function compileMatchCount(read: ReadNode, max: number): Plan {
  const statement = new Statement()
  const source = relationSource(statement, read)
  const rows = `select 1 from ${source.from}${whereOf(statement, read, source)}${sliceOf(statement, { limit: max })}`
  return { text: `select count(*) as rows from (${rows}) c`, parameters: statement.parameters, columns: ['rows'] }
}

/** Places of the rows that match (`tableoid`, `ctid`), at most `max`; tables only. To stand in a CTE. */
export function compileMatchPlaces(read: ReadNode, max: number): Plan {
  const statement = new Statement()
  const source = relationSource(statement, read)
  const places = `${source.alias}.tableoid, ${source.alias}.ctid`
  const text = `select ${places} from ${source.from}${whereOf(statement, read, source)}${sliceOf(statement, { limit: max })}`
  return { text, parameters: statement.parameters, columns: [] }
}

/** The mutation, returning every column of the new rows. To stand in a CTE. */
export function compileNewRows(node: MutationNode): Plan {
  const statement = new Statement()
  const fields = node.relation.columns.map((column): FieldNode => ({ kind: 'column', key: column.name, column }))
  return { text: mutationOf(statement, node, { fields }), parameters: statement.parameters, columns: [] }
}
