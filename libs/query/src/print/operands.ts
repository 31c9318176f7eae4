// What a filter, an order or a field looks at: a column, a path into a json column, or a related row's column.
import type { FilterNode, Operand, RelationshipLink } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { jsonPathOf } from './json-paths.ts'
import { mayRepeat, reach } from './links.ts'
import { readableOf, type Statement, typeName } from './statement.ts'

/** Prints a condition: operands stand in conditions, and related rows have conditions of their own. */
export type FilterPrinter = (statement: Statement, filter: FilterNode, alias: string) => string

/** An operand as an expression over `alias`. */
export function operandOf(statement: Statement, operand: Operand, alias: string, filterOf: FilterPrinter): string {
  const links = operand.relatedBy === undefined ? [] : isLink(operand.relatedBy) ? [operand.relatedBy] : operand.relatedBy
  const expression = relatedOperand(statement, operand, links, alias, filterOf)
  return operand.cast === undefined ? expression : `cast(${expression} as ${typeName(operand.cast)})`
}

function relatedOperand(
  statement: Statement,
  operand: Operand,
  links: readonly RelationshipLink[],
  alias: string,
  filterOf: FilterPrinter,
): string {
  const [link, ...further] = links
  if (link === undefined) {
    return operand.aggregate === undefined
      ? jsonPathOf(readableOf(statement, alias, operand.column), operand.column.type, operand.jsonPath)
      : aggregateOf(statement, operand.aggregate, alias)
  }
  const target = statement.alias()
  const { from, where } = reach(statement, link, alias, target)
  const expression = relatedOperand(statement, operand, further, target, filterOf)
  const conditions = where === undefined ? [] : [where]
  if (further.length === 0 && operand.relatedFilter !== undefined) conditions.push(filterOf(statement, operand.relatedFilter, target))
  return `(select ${expression} from ${from}${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}${mayRepeat(link) ? ' limit 1' : ''})`
}

function isLink(related: NonNullable<Operand['relatedBy']>): related is RelationshipLink {
  return 'source' in related
}
