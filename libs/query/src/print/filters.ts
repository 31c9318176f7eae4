// Conditions; values are always parameters.
import type { FilterNode, Operand, Operator } from '../tree.ts'
import { reach } from './links.ts'
import { infixOf } from './infix.ts'
import { keyword } from './keywords.ts'
import { operandOf } from './operands.ts'
import { relatedAggregateOf } from './related-aggregates.ts'
import { sliceOf } from './slices.ts'
import { spatialOf } from './spatial.ts'
import { typeName, type Statement } from './statement.ts'

const textSearch: Readonly<Partial<Record<Operator, string>>> = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
}

type Compare = Extract<FilterNode, { kind: 'compare' }>

/** A filter as a boolean expression over `alias`. */
export function filterOf(statement: Statement, filter: FilterNode, alias: string): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      // An empty conjunction holds, an empty disjunction does not.
      if (filter.items.length === 0) return filter.kind === 'and' ? 'true' : 'false'
      return `(${filter.items.map((item) => filterOf(statement, item, alias)).join(` ${filter.kind} `)})`
    case 'not':
      return `not (${filterOf(statement, filter.item, alias)})`
    case 'is':
      return `${operandOf(statement, filter.operand, alias, filterOf)} is ${filter.what === 'not_null' ? 'not null' : keyword(filter.what, ['null', 'true', 'false', 'unknown'])}`
    case 'exists': {
      const target = statement.alias()
      const { from, where } = reach(statement, filter.link, alias, target)
      const conditions = where === undefined ? [] : [where]
      if (filter.filter !== undefined) conditions.push(filterOf(statement, filter.filter, target))
      const matching = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
      return `exists (select ${filter.aggregated ? 'count(*)' : '1'} from ${from}${matching}${sliceOf(statement, filter)})`
    }
    case 'compare':
      return compareOf(statement, filter, alias)
    case 'spatial':
      return spatialOf(statement, filter, operandOf(statement, filter.operand, alias, filterOf))
    case 'related_aggregate':
      return relatedAggregateOf(statement, filter, alias, filterOf)
  }
}

function compareOf(statement: Statement, filter: Compare, alias: string): string {
  const left = operandOf(statement, filter.operand, alias, filterOf)
  const query = Object.hasOwn(textSearch, filter.operator) ? textSearch[filter.operator] : undefined
  return query === undefined ? infixOf(statement, left, filter) : textSearchOf(statement, filter, left, query)
}

function textSearchOf(statement: Statement, filter: Compare, left: string, query: string): string {
  const config = filter.config === undefined ? '' : `${statement.value({ kind: 'value', value: filter.config, type: 'regconfig' })}, `
  const vector = isTextSearchVector(filter.operand) ? left : `to_tsvector(${config}${left})`
  return `${vector} @@ ${query}(${config}${statement.value(filter.value)})`
}

function isTextSearchVector(operand: Operand): boolean {
  return operand.jsonPath === undefined && typeName(operand.column.type) === '"pg_catalog"."tsvector"'
}
