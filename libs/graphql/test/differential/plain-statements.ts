// The plainest SQL of writes: literal values, rows named by lists of their keys.
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import { sqlType } from './column-types.ts'
import { keyText, valueText } from './facts.ts'
import type { Change, NestedRows, OnConflict, Relation, Value } from './model.ts'

export function isOneOf(relation: Relation, keys: readonly string[], alias?: string): string {
  const key = alias === undefined ? keyText(relation) : keyText(relation, quoteName(alias))
  return `${key} = any(array[${keys.map(quoteText).join(', ')}]::text[])`
}

export function literal(value: Value | null): string {
  return value === null ? 'null' : quoteText(valueText(value))
}

export function setOf(changes: readonly Change[]): string {
  return changes
    .map(({ operator, column, value }) => {
      const name = quoteName(column.name)
      // What is added to a domain's value need not be of the domain.
      const given = `${literal(value)}::${column.type === 'rating' ? 'int4' : sqlType(column.type)}`
      const expression = {
        _set: given,
        _inc: `${name} + ${given}`,
        _append: `${name} || ${given}`,
        _prepend: `${given} || ${name}`,
        _delete_key: `${name} - ${literal(value)}::text`,
        _delete_elem: `${name} - ${literal(value)}::int`,
        _delete_at_path: `${name} #- ${literal(value)}::text[]`,
      }[operator]
      return `${name} = ${expression}`
    })
    .join(', ')
}

/** A row to insert whose references are filled in on the way. */
export interface OpenRow {
  readonly values: Map<string, Value | null>
  readonly nested: readonly NestedRows[]
}

export function insertSql(relation: Relation, rows: readonly OpenRow[], conflict: OnConflict | undefined, where: string): string {
  const names = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))]
  const lists = rows.map(({ values }) => `(${names.map((name) => (values.has(name) ? literal(values.get(name)!) : 'default')).join(', ')})`)
  const target = `insert into ${quoteName(relation.name)} (${names.map(quoteName).join(', ')}) values ${lists.join(', ')}`
  if (conflict === undefined) return target
  const { key, update } = conflict
  const columns = [...new Set(update)].map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`)
  const action = columns.length === 0 ? 'do nothing' : `do update set ${columns.join(', ')}${where}`
  return `${target} on conflict (${key.columns.map(quoteName).join(', ')}) ${action}`
}
