// What a filter, an order or a field looks at: a column, a path into a json column, or a related row's column.
import { quoteLiteral } from '#libs/postgres'
import type { JsonPath, Operand, RelationshipLink } from '../tree.ts'
import { aggregateOf } from './aggregate-calls.ts'
import { columnOf, relationName, type Statement } from './statement.ts'

/** `alias."data"->'a'->>'b'`. Keys are printed, not bound, so that an expression index on the path can be used. */
export function jsonPathOf(expression: string, path: JsonPath | undefined): string {
  if (path === undefined || path.steps.length === 0) return expression
  const last = path.steps.length - 1
  const steps = path.steps.map((step, i) => {
    const arrow = i === last && path.asText ? '->>' : '->'
    return typeof step === 'number' ? `${arrow}${integer(step)}` : `${arrow}${quoteLiteral(step)}`
  })
  return `(${expression}${steps.join('')})`
}

function integer(step: number): string {
  if (!Number.isSafeInteger(step)) throw new TypeError('a json index must be a whole number')
  return step < 0 ? `(${step})` : String(step)
}

/** An operand as an expression over `alias`. */
export function operandOf(statement: Statement, operand: Operand, alias: string): string {
  const links = operand.relatedBy === undefined ? [] : isLink(operand.relatedBy) ? [operand.relatedBy] : operand.relatedBy
  return relatedOperand(statement, operand, links, alias)
}

function relatedOperand(statement: Statement, operand: Operand, links: readonly RelationshipLink[], alias: string): string {
  const [link, ...further] = links
  if (link === undefined) {
    return operand.aggregate === undefined
      ? jsonPathOf(columnOf(alias, operand.column), operand.jsonPath)
      : aggregateOf(operand.aggregate, alias)
  }
  const target = statement.alias()
  const { from, where } = reach(statement, link, alias, target)
  return `(select ${relatedOperand(statement, operand, further, target)} from ${from} where ${where})`
}

function isLink(related: NonNullable<Operand['relatedBy']>): related is RelationshipLink {
  return 'source' in related
}

/** FROM item and condition that reach `target` from the row `source`; a junction comes along as a second FROM item. */
export function reach(statement: Statement, link: RelationshipLink, source: string, target: string): { from: string; where: string } {
  if (link.through === undefined) return { from: `${relationName(link.target)} ${target}`, where: joinOf(link, source, target) }
  const junction = statement.alias('j')
  const near = pairs(junction, link.through.nearColumns, source, link.columns)
  const far = pairs(target, link.targetColumns, junction, link.through.farColumns)
  return { from: `${relationName(link.target)} ${target}, ${relationName(link.through.relation)} ${junction}`, where: `${near} and ${far}` }
}

function joinOf(link: RelationshipLink, source: string, target: string): string {
  return pairs(target, link.targetColumns, source, link.columns)
}

function pairs(left: string, leftColumns: readonly string[], right: string, rightColumns: readonly string[]): string {
  return leftColumns.map((column, i) => `${columnOf(left, column)} = ${columnOf(right, rightColumns[i]!)}`).join(' and ')
}
