// A filter's parts as nodes of the tree: what it looks at, and how it compares.
import type { Relation } from '#libs/catalog'
import { arrayLiteral } from '#libs/postgres'
import type { FilterNode, JsonPath, Operand } from '#libs/query'
import { listValue } from '../parse/filters.ts'
import type { FieldName, FilterExpression } from '../parse/syntax.ts'
import { restError } from '../rest.errors.ts'
import { findReadable } from './names.ts'
import { valueNode } from './values.ts'

/** `name->path` of a relation's row. `alias` is what an error calls the relation by. */
export function operandOf(relation: Relation, field: FieldName, alias: string): Operand {
  return { kind: 'operand', column: findReadable(relation, field.name, alias), jsonPath: jsonPathOf(field) }
}

/** The steps after the column. Text is the last of them: it has no keys, and Postgres' words for that are these. */
export function jsonPathOf(field: FieldName): JsonPath | undefined {
  if (field.path.length === 0) return undefined
  const text = field.path.findIndex(({ asText }) => asText)
  const beyond = text === -1 ? undefined : field.path[text + 1]
  if (beyond !== undefined) {
    const operation = `text ${beyond.asText ? '->>' : '->'} ${typeof beyond.key === 'number' ? 'integer' : 'unknown'}`
    const hint = 'No operator matches the given name and argument types. You might need to add explicit type casts.'
    throw restError('undefined_operator', { operation }, { hint })
  }
  return { steps: field.path.map(({ key }) => key), asText: field.path.at(-1)!.asText }
}

/** A comparison without its negation. */
export function compareOf(operand: Operand, expression: FilterExpression): FilterNode {
  const { operator, value, quantifier, config } = expression
  if (operator === 'is') return { kind: 'is', operand, what: value.text as Extract<FilterNode, { kind: 'is' }>['what'] }
  if (operator === 'in') {
    const { before } = value
    return { kind: 'compare', operand, operator, value: valueNode(value, (text) => arrayLiteral(listValue(text, before))) }
  }
  const isPattern = operator === 'like' || operator === 'ilike'
  const node = valueNode(value, isPattern ? (text) => text.replaceAll('*', '%') : undefined)
  return { kind: 'compare', operand, operator, value: node, quantifier, config }
}
