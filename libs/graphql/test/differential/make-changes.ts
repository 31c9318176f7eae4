// Random changes of columns.
import type { Random } from '../../../query/test/property/random.ts'
import { columnTypes, jsonKeys } from './column-types.ts'
import { type Making, valueOf } from './make-filter.ts'
import { markOf } from './make-world.ts'
import type { Change, Column, Relation } from './model.ts'

export function changesOf({ random, caller, missing }: Making, relation: Relation): Change[] {
  const { update } = relation.rights[caller.role]
  const updatable = relation.columns.filter(({ name }) => update.has(name))
  const documents = updatable.filter(({ type }) => type === 'jsonb')
  const rare = jsonOperators.filter((operator) => missing?.has(operator))
  const columns = documents.length > 0 && random.chance(rare.length > 0 ? 60 : 30) ? random.some(documents, 1) : random.some(updatable, 3)
  return columns.map((column): Change => {
    const { numeric } = columnTypes[column.type]
    if (numeric && column.use === 'plain' && random.chance(45)) return { operator: '_inc', column, value: random.pick(['1', '-2', '3']) }
    if (column.type === 'jsonb' && random.chance(70)) return jsonChange(random, column, rare)
    const isEmpty = column.nullable && random.chance(15)
    const value = column.use === 'mark' ? markOf(random.between(10_000, 9_999_999)) : valueOf(random, column)
    return { operator: '_set', column, value: isEmpty ? null : value }
  })
}

const jsonOperators = ['_append', '_prepend', '_delete_key', '_delete_elem', '_delete_at_path'] as const

function jsonChange(random: Random, column: Column, rare: readonly (typeof jsonOperators)[number][]): Change {
  const operator = random.pick(rare.length > 0 && random.chance(60) ? rare : jsonOperators)
  if (operator === '_delete_key') return { operator, column, value: random.pick(jsonKeys) }
  if (operator === '_delete_elem') return { operator, column, value: random.pick(['0', '1', '-1']) }
  if (operator === '_delete_at_path') return { operator, column, value: random.pick([['k'], ['k', 'n'], ['l', '0'], ['none', 'x']]) }
  return { operator, column, value: valueOf(random, column) }
}
