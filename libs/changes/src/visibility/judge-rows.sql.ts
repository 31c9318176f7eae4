import { quoteIdentifier } from '#libs/postgres'
import { unloggedColumns, type TableFacts } from './table-facts.ts'
import type { ChangedRelation } from '../feed/row-change.ts'

/**
 * The statement that a subscriber's role runs to have row versions judged by the table's own SELECT policies:
 * restrictive ones joined by AND, permissive ones by OR, unknown counts as no, as Postgres applies them. $1 is an array
 * of rows; the answer has one row each, in order. Sub-queries of a policy run with the subscriber's own rights.
 * Undefined when no permissive policy applies: then no row is visible.
 */
export function judgeRowsSql(facts: TableFacts, relation: ChangedRelation): string | undefined {
  // Postgres's own order (restrictive first, permissive by falling name): it matters where an expression can fail.
  const restrictive = facts.policies.filter((policy) => !policy.permissive).map((policy) => `(${policy.expression})`)
  const permissive = facts.policies.filter((policy) => policy.permissive).map((policy) => `(${policy.expression})`)
  if (permissive.length === 0) return undefined
  const condition = [...restrictive, `(${permissive.reverse().join(' OR ')})`].join(' AND ')
  return `SELECT coalesce(${condition}, false) FROM ${rowsSql(facts, relation)}`
}

/** The rows under the table's name and with its row type; generated columns that the log lacks are computed. */
function rowsSql(facts: TableFacts, relation: ChangedRelation): string {
  const alias = quoteIdentifier(facts.name)
  const type = `${quoteIdentifier(facts.schema)}.${alias}`
  const given = `unnest($1::${type}[]) AS ${alias}`
  const unlogged = new Set(unloggedColumns(facts, relation))
  if (unlogged.size === 0) return given
  const fields = facts.columns.map((column) =>
    unlogged.has(column) ? `(${column.expression})` : `${alias}.${quoteIdentifier(column.name)}`,
  )
  return `unnest(ARRAY(SELECT ROW(${fields.join(', ')})::${type} FROM ${given})) AS ${alias}`
}
