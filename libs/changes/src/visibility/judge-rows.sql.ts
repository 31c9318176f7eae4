import { unloggedColumns, type TableFacts } from './table-facts.ts'
import type { ChangedRelation } from '../feed/row-change.ts'

/**
 * The statement that a subscriber's role runs to have row versions judged by the table's own SELECT policies:
 * permissive ones joined by OR, restrictive ones by AND, unknown counts as no, exactly as Postgres applies them. $1 is an array
 * of rows; the answer has one row each, in order. Sub-queries of a policy run with the subscriber's own rights.
 * Undefined when no permissive policy applies: then no row is visible.
 */
export function judgeRowsSql(facts: TableFacts, relation: ChangedRelation): string | undefined {
  const permissive = facts.policies.filter((policy) => policy.permissive).map((policy) => `(${policy.expression})`)
  if (permissive.length === 0) return undefined
  const restrictive = facts.policies.filter((policy) => !policy.permissive).map((policy) => `(${policy.expression})`)
  const condition = [`(${permissive.join(' OR ')})`, ...restrictive].join(' AND ')
  const table = quote(facts.name)
  const rows = `unnest($1::${quote(facts.schema)}.${table}[]) AS ${table}`
  const unlogged = new Set(unloggedColumns(facts, relation))
  if (unlogged.size === 0) return `SELECT coalesce(${condition}, false) FROM ${rows}`
  const columns = facts.columns.map((column) =>
    unlogged.has(column) ? `(${column.expression}) AS ${quote(column.name)}` : quote(column.name),
  )
  return `SELECT coalesce(${condition}, false) FROM (SELECT ${columns.join(', ')} FROM ${rows}) AS ${table}`
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
