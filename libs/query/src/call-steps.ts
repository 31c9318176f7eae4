// Calls of functions that change rows. What the call's rows are related to is read by a second statement, for the tables as
// the function leaves them.
import { quoteLiteral } from '#libs/postgres'
import { compile } from './compile.ts'
import { looksElsewhere } from './mutation-steps.ts'
import type { Plan } from './plan.ts'
import { rowsBody } from './print/bodies.ts'
import { callSource } from './print/calls.ts'
import type { RowSource } from './print/clauses.ts'
import { rowName } from './print/needs.ts'
import { relationName, Statement } from './print/statement.ts'
import type { CallNode, FilterNode, ReadNode } from './tree.ts'

const CALLED = 'plinth.called'

/**
 * Compiles a call to statements that run one after another in ONE transaction; the last one's `body` is the answer: rows, one
 * row or null, a scalar, a list of scalars, or null for void. It is one statement when the answer reads nothing but columns.
 */
export function compileCallSteps(node: CallNode): readonly [Plan] | readonly [Plan, Plan] {
  const { read } = node
  if (read === null || read.kind !== 'read') return [compile(node)]
  // Postgres does not run what is below LIMIT 0, but counts what it has to count; below a condition that it can tell is
  // false it counts nothing either.
  if (!read.fields.some(looksElsewhere) && !mayBeConstant(read.filter)) return [compile(node, { total: mayCutAll(read) })]
  return [callKept(node, read), answerOfKept(node, read)]
}

/**
 * Is there a part that looks at no row, such as `_or` of nothing, or at related rows, which a policy may hide all? It may
 * decide the whole.
 */
function mayBeConstant(filter: FilterNode | undefined): boolean {
  if (filter === undefined) return false
  if (filter.kind === 'exists' || filter.kind === 'related_aggregate') return true
  if (filter.kind === 'not') return mayBeConstant(filter.item)
  return (filter.kind === 'and' || filter.kind === 'or') && (filter.items.length === 0 || filter.items.some(mayBeConstant))
}

function mayCutAll({ limit }: ReadNode): boolean {
  return limit !== undefined && !(typeof limit === 'number' && limit > 0)
}

function callKept(node: CallNode, read: ReadNode): Plan {
  const statement = new Statement()
  const { from, alias } = callSource(statement, node)
  const row = `(${alias}.*::${relationName(read.relation)})::text as ${rowName(read.relation)}`
  const isKept = `set_config('${CALLED}', coalesce(json_agg(k.*), '[]')::text, true) is not null`
  const text = `select case when ${isKept} then count(*) end as rows from (select ${row} from ${from}) k`
  return { text, parameters: statement.parameters, columns: ['rows'] }
}

function answerOfKept(node: CallNode, read: ReadNode): Plan {
  const statement = new Statement()
  const row = rowName(read.relation)
  const alias = statement.alias()
  const kept = `json_to_recordset(current_setting(${quoteLiteral(CALLED)})::json) as k(${row} ${relationName(read.relation)})`
  statement.setRow(alias, `${alias}.${row}`)
  const source: RowSource = { from: `(select (k.${row}).*, k.${row} from ${kept}) ${alias}`, alias }
  const isList = node.function.returnsSet && read.single !== true
  const { expression, from } = rowsBody(statement, read, read.relation, () => source, { body: isList ? 'array' : 'object' })
  return {
    text: `select ${expression} as body, count(*) as rows from ${from}`,
    parameters: statement.parameters,
    columns: ['body', 'rows'],
  }
}
