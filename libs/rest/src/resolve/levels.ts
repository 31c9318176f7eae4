// The selection as levels: one for the request's relation and one for each embedded resource. Filters, orders and limits
// find their level by its path of aliases; then each level becomes a read node, the inner ones first.
import type { Catalog, Relation } from '#libs/catalog'
import type { FieldNode, FilterNode, JsonPath, Operand, OrderNode, ReadNode, RelationshipLink } from '#libs/query'
import { arrayLiteral, listValue } from '../parse/filters.ts'
import type { FieldName, FilterExpression, LogicTree, OrderTerm, ParsedQuery, SelectItem } from '../parse/syntax.ts'
import { restError } from '../rest.errors.ts'
import { findLink } from './embedding.ts'
import { findColumn, findType } from './names.ts'
import { valueNode } from './values.ts'

type Entry = { readonly kind: 'field'; readonly node: FieldNode } | { readonly kind: 'embed'; readonly embed: Embed }

interface Embed {
  readonly key: string
  readonly link: RelationshipLink
  readonly required: boolean
  readonly spread: boolean
  /** `rel()`: there for its filters only, the answer does not show it. */
  readonly hidden: boolean
  readonly level: Level
}

interface Level {
  readonly relation: Relation
  readonly entries: Entry[]
  readonly embeds: Map<string, Embed>
  readonly filters: { readonly field: FieldName; readonly expression: FilterExpression }[]
  readonly logic: LogicTree[]
  readonly order: OrderTerm[]
  limit: number | undefined
  offset: number | undefined
}

/** What resolving needs beside the query. */
export interface ResolveContext {
  readonly catalog: Catalog
  /** Schema of the request. */
  readonly schema: string
  /** Rows of any level are limited to this. */
  readonly rowsMax: number
}

const everything: readonly SelectItem[] = [{ kind: 'star' }]

/** Resolves a parsed query over a relation to a read node. `limited` false leaves the top level without a row limit (mutations). */
export function resolveRead(context: ResolveContext, relation: Relation, query: ParsedQuery, limited = true): ReadNode {
  const top = buildLevel(context, relation, query.select ?? everything)
  for (const { path, field, expression } of query.filters) levelAt(top, path).filters.push({ field, expression })
  for (const { path, tree } of query.logic) levelAt(top, path).logic.push(tree)
  for (const { path, terms } of query.order) levelAt(top, path).order.push(...terms)
  for (const { path, kind, value } of query.limits) levelAt(top, path)[kind] = value
  return finish(context, top, limited)
}

function buildLevel(context: ResolveContext, relation: Relation, items: readonly SelectItem[]): Level {
  const level: Level = { relation, entries: [], embeds: new Map(), filters: [], logic: [], order: [], limit: undefined, offset: undefined }
  for (const item of items) {
    if (item.kind === 'star') {
      for (const column of relation.columns) level.entries.push({ kind: 'field', node: { kind: 'column', key: column.name, column } })
    } else if (item.kind === 'field') {
      level.entries.push({ kind: 'field', node: fieldOf(context, relation, item) })
    } else {
      const link = findLink(context.catalog, relation, item.name, item.hint)
      const embed = {
        key: item.alias ?? item.name,
        link,
        required: item.join === 'inner',
        spread: item.spread,
        hidden: item.items.length === 0,
        level: buildLevel(context, link.target, item.items),
      }
      level.embeds.set(embed.key, embed)
      level.entries.push({ kind: 'embed', embed })
    }
  }
  return level
}

function fieldOf(context: ResolveContext, relation: Relation, item: Extract<SelectItem, { kind: 'field' }>): FieldNode {
  const column = findColumn(relation, item.field.name)
  const lastKey = item.field.path.findLast(({ key }) => typeof key === 'string')?.key
  return {
    kind: 'column',
    // A json path is named for its last key, unless an alias says otherwise.
    key: item.alias ?? (lastKey === undefined ? column.name : String(lastKey)),
    column,
    jsonPath: jsonPathOf(item.field),
    cast: item.cast === undefined ? undefined : findType(context.catalog, context.schema, item.cast),
  }
}

function jsonPathOf(field: FieldName): JsonPath | undefined {
  if (field.path.length === 0) return undefined
  return { steps: field.path.map(({ key }) => key), asText: field.path.at(-1)!.asText }
}

function levelAt(top: Level, path: readonly string[]): Level {
  let level = top
  for (const name of path) {
    const embed = level.embeds.get(name)
    if (embed === undefined) throw notEmbedded(name)
    level = embed.level
  }
  return level
}

function notEmbedded(name: string) {
  return restError('PGRST108', { name }, { hint: `Verify that '${name}' is included in the 'select' query parameter.` })
}

function finish(context: ResolveContext, level: Level, limited: boolean, isToOne = false): ReadNode {
  const reads = new Map<string, ReadNode>()
  for (const { key, link, level: inner } of level.embeds.values())
    reads.set(key, finish(context, inner, true, link.cardinality === 'to_one'))
  const conditions = [
    ...level.filters.map(({ field, expression }) => conditionOf(level, reads, field, expression)),
    ...level.logic.map((tree) => logicOf(level, reads, tree)),
  ]
  const fields = level.entries.flatMap((entry): FieldNode[] => {
    if (entry.kind === 'field') return [entry.node]
    const { key, link, required, spread, hidden } = entry.embed
    const read = reads.get(key)!
    if (hidden && required) conditions.push({ kind: 'exists', link, filter: conditionOfRows(read) })
    return hidden ? [] : [{ kind: 'relation', key, link, required, spread, read }]
  })
  // A to-one row needs no limit: its key is unique.
  const limit = isToOne ? level.limit : limited ? Math.min(level.limit ?? context.rowsMax, context.rowsMax) : level.limit
  return {
    kind: 'read',
    relation: level.relation,
    fields,
    filter: conditions.length === 0 ? undefined : conditions.length === 1 ? conditions[0] : { kind: 'and', items: conditions },
    order: level.order.map((term) => orderOf(level, term)),
    limit,
    offset: level.offset === 0 ? undefined : level.offset,
  }
}

function logicOf(level: Level, reads: ReadonlyMap<string, ReadNode>, tree: LogicTree): FilterNode {
  if (tree.kind === 'filter') return conditionOf(level, reads, tree.field, tree.expression)
  const node: FilterNode = { kind: tree.kind, items: tree.items.map((item) => logicOf(level, reads, item)) }
  return tree.negated ? { kind: 'not', item: node } : node
}

function conditionOf(level: Level, reads: ReadonlyMap<string, ReadNode>, field: FieldName, expression: FilterExpression): FilterNode {
  const embed = field.path.length === 0 ? level.embeds.get(field.name) : undefined
  if (embed !== undefined) return presenceOf(embed, reads.get(embed.key)!, expression)
  const operand: Operand = { kind: 'operand', column: findColumn(level.relation, field.name), jsonPath: jsonPathOf(field) }
  const node = compareOf(operand, expression)
  return expression.negated ? { kind: 'not', item: node } : node
}

/** `rel=is.null` and `rel=not.is.null`: no related row, or one, that passes the embed's own filters. */
function presenceOf(embed: Embed, read: ReadNode, expression: FilterExpression): FilterNode {
  const what = expression.value.text.toLowerCase()
  if (expression.operator !== 'is' || (what !== 'null' && what !== 'not_null')) {
    throw restError('PGRST120', { name: embed.key }, { details: 'Only is null or not is null filters are allowed on embedded resources' })
  }
  const exists: FilterNode = { kind: 'exists', link: embed.link, filter: conditionOfRows(read) }
  return (what === 'null') === expression.negated ? exists : { kind: 'not', item: exists }
}

/** What makes a related row count: its own filter, and the rows that it must have itself. */
function conditionOfRows(read: ReadNode): FilterNode | undefined {
  const items: FilterNode[] = read.filter === undefined ? [] : [read.filter]
  for (const field of read.fields) {
    if (field.kind === 'relation' && field.required) items.push({ kind: 'exists', link: field.link, filter: conditionOfRows(field.read) })
  }
  return items.length === 0 ? undefined : { kind: 'and', items }
}

const isValues: Readonly<Record<string, Extract<FilterNode, { kind: 'is' }>['what']>> = {
  null: 'null',
  not_null: 'not_null',
  true: 'true',
  false: 'false',
  unknown: 'unknown',
}

function compareOf(operand: Operand, expression: FilterExpression): FilterNode {
  const { operator, value, quantifier, config } = expression
  if (operator === 'is') {
    const what = isValues[value.text.toLowerCase()]
    if (what === undefined) {
      const details = 'unexpected value expecting null, not_null, true, false or unknown'
      throw restError('PGRST100', { what: 'filter', text: `is.${value.text}`, column: 4 }, { details })
    }
    return { kind: 'is', operand, what }
  }
  if (operator === 'in') return { kind: 'compare', operand, operator, value: valueNode(value, (text) => arrayLiteral(listValue(text))) }
  const isPattern = operator === 'like' || operator === 'ilike'
  const node = valueNode(value, isPattern ? (text) => text.replaceAll('*', '%') : undefined)
  return { kind: 'compare', operand, operator, value: node, quantifier, config }
}

function orderOf(level: Level, term: OrderTerm): OrderNode {
  const { direction, nulls } = term
  if (term.relation === undefined) {
    return {
      operand: { kind: 'operand', column: findColumn(level.relation, term.field.name), jsonPath: jsonPathOf(term.field) },
      direction,
      nulls,
    }
  }
  const embed = level.embeds.get(term.relation)
  if (embed === undefined) throw notEmbedded(term.relation)
  if (embed.link.cardinality !== 'to_one') {
    const details = `'${level.relation.name}' and '${term.relation}' do not form a many-to-one or one-to-one relationship`
    throw restError('PGRST118', { name: term.relation }, { details })
  }
  const column = findColumn(embed.link.target, term.field.name)
  return { operand: { kind: 'operand', column, jsonPath: jsonPathOf(term.field), relatedBy: embed.link }, direction, nulls }
}
