// What a filter, an order or a field looks at: a column, a path into a json column, or a related row's column.
import type { Operand, RelationshipLink } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { jsonPathOf } from './json-paths.ts'
import { reach } from './links.ts'
import { readableOf, type Statement } from './statement.ts'

/** An operand as an expression over `alias`. */
export function operandOf(statement: Statement, operand: Operand, alias: string): string {
  const links = operand.relatedBy === undefined ? [] : isLink(operand.relatedBy) ? [operand.relatedBy] : operand.relatedBy
  return relatedOperand(statement, operand, links, alias)
}

function relatedOperand(statement: Statement, operand: Operand, links: readonly RelationshipLink[], alias: string): string {
  const [link, ...further] = links
  if (link === undefined) {
    return operand.aggregate === undefined
      ? jsonPathOf(readableOf(statement, alias, operand.column), operand.column.type, operand.jsonPath)
      : aggregateOf(statement, operand.aggregate, alias)
  }
  const target = statement.alias()
  const { from, where } = reach(statement, link, alias, target)
  return `(select ${relatedOperand(statement, operand, further, target)} from ${from}${where === undefined ? '' : ` where ${where}`})`
}

function isLink(related: NonNullable<Operand['relatedBy']>): related is RelationshipLink {
  return 'source' in related
}
