// The selection as levels: one for the request's relation and one for each embedded resource. Filters, orders and limits
// find their level by its path of aliases; then each level becomes a read node, the inner ones first.
import type { Catalog, Relation } from '#libs/catalog'
import { relatedRowsExist, type FieldNode, type FilterNode, type OrderNode, type ReadNode, type RelationshipLink } from '#libs/query'
import type { CountValue, FieldName, FilterExpression, LogicTree, OrderTerm, ParsedQuery, SelectItem } from '../parse/syntax.ts'
import { restError } from '../rest.errors.ts'
import { compareOf, jsonPathOf, operandOf } from './conditions.ts'
import { findLink } from './embedding.ts'
import { findReadable, findType } from './names.ts'
import { countNode } from './values.ts'

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
  /** What errors call the relation by: the alias that PostgREST's statement has. */
  readonly alias: string
  readonly entries: Entry[]
  /** By key, the first of equal ones: it is what a path or a filter means. */
  readonly embeds: Map<string, Embed>
  readonly filters: { readonly field: FieldName; readonly expression: FilterExpression }[]
  readonly logic: LogicTree[]
  readonly order: OrderTerm[]
  limit: CountValue | undefined
  offset: CountValue | undefined
}

/** What resolving needs beside the query. */
export interface ResolveContext {
  readonly catalog: Catalog
  /** Schema of the request. */
  readonly schema: string
  /** Rows of any level are limited to this. */
  readonly rowsMax: number
  /** May `select` use aggregate functions? Default no (PGRST123). */
  readonly aggregates?: boolean
}

const everything: readonly SelectItem[] = [{ kind: 'star' }]

/** Resolves a parsed query over a relation to a read node. `limited` false leaves the top level without a row limit (mutations). */
export function resolveRead(context: ResolveContext, relation: Relation, query: ParsedQuery, limited = true): ReadNode {
  const top = buildLevel(context, relation, relation.name, query.select ?? everything, 0)
  for (const { path, field, expression } of query.filters) levelAt(top, path).filters.push({ field, expression })
  for (const { path, tree } of query.logic) levelAt(top, path).logic.push(tree)
  for (const { path, terms } of query.order) levelAt(top, path).order.push(...terms)
  for (const { path, kind, value, make } of query.limits) levelAt(top, path)[kind] = { value, make }
  return finish(context, top, limited)
}

function buildLevel(context: ResolveContext, relation: Relation, alias: string, items: readonly SelectItem[], depth: number): Level {
  const level: Level = {
    relation,
    alias,
    entries: [],
    embeds: new Map(),
    filters: [],
    logic: [],
    order: [],
    limit: undefined,
    offset: undefined,
  }
  for (const item of items) {
    if (item.kind === 'star') {
      for (const column of relation.columns) level.entries.push({ kind: 'field', node: { kind: 'column', key: column.name, column } })
    } else if (item.kind === 'embed') addEmbed(level, embedOf(context, relation, item, depth + 1), depth + 1)
    else
      level.entries.push({ kind: 'field', node: item.kind === 'field' ? fieldOf(context, level, item) : aggregateOf(context, level, item) })
  }
  return level
}

function addEmbed(level: Level, embed: Embed, depth: number): void {
  const known = level.embeds.get(embed.key)
  if (known === undefined) level.embeds.set(embed.key, embed)
  // Two objects under one key: neither answer nor filters could tell them apart.
  else if (!embed.spread && !known.spread) throw restError('duplicate_embed', { name: `${level.relation.name}_${embed.key}_${depth}` })
  level.entries.push({ kind: 'embed', embed })
}

function embedOf(context: ResolveContext, relation: Relation, item: Extract<SelectItem, { kind: 'embed' }>, depth: number): Embed {
  const link = findLink(context.catalog, relation, item.name, item.hint)
  const alias = link.through === undefined ? `${link.target.name}_${depth}` : link.target.name
  const level = buildLevel(context, link.target, alias, item.items, depth)
  if (item.spread && link.cardinality === 'to_many' && hasAggregates(item.items)) {
    throw restError('PGRST127', {}, { details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.' })
  }
  return {
    key: item.alias ?? item.name,
    link,
    required: item.join === 'inner',
    spread: item.spread,
    hidden: level.entries.every((entry) => entry.kind === 'embed' && entry.embed.hidden),
    level,
  }
}

/** Aggregates of the level, and of the rows that are spread into it. */
function hasAggregates(items: readonly SelectItem[]): boolean {
  return items.some((item) => item.kind === 'aggregate' || (item.kind === 'embed' && item.spread && hasAggregates(item.items)))
}

function fieldOf(context: ResolveContext, level: Level, item: Extract<SelectItem, { kind: 'field' }>): FieldNode {
  if (isRowCount(level.relation, item.field)) return countOf(context, item)
  const column = findReadable(level.relation, item.field.name, level.alias)
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

/** `rel(count)`, older than aggregates and always allowed: Postgres reads `rel.count` as `count(rel)` when it is no column. */
function isRowCount(relation: Relation, { name, path }: FieldName): boolean {
  return name === 'count' && path.length === 0 && !relation.columnsByName.has(name) && !relation.computedColumns.has(name)
}

function countOf(context: ResolveContext, item: Extract<SelectItem, { kind: 'field' }>): FieldNode {
  const cast = item.cast === undefined ? undefined : findType(context.catalog, context.schema, item.cast)
  return { kind: 'aggregate', call: { key: item.alias ?? 'count', function: 'count', columns: [], cast } }
}

function aggregateOf(context: ResolveContext, level: Level, item: Extract<SelectItem, { kind: 'aggregate' }>): FieldNode {
  if (context.aggregates !== true) throw restError('PGRST123')
  const typeOf = (name: string | undefined) => (name === undefined ? undefined : findType(context.catalog, context.schema, name))
  return {
    kind: 'aggregate',
    call: {
      key: item.alias ?? item.function,
      function: item.function,
      columns: item.field === undefined ? [] : [findReadable(level.relation, item.field.name, level.alias)],
      jsonPath: item.field === undefined ? undefined : jsonPathOf(item.field),
      argumentCast: typeOf(item.cast),
      cast: typeOf(item.resultCast),
    },
  }
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

/** Read nodes of a level's embeds. */
type Reads = Map<Embed, ReadNode>

function finish(context: ResolveContext, level: Level, limited: boolean, isToOne = false): ReadNode {
  const reads: Reads = new Map()
  for (const entry of level.entries) {
    if (entry.kind === 'embed') reads.set(entry.embed, finish(context, entry.embed.level, true, entry.embed.link.cardinality === 'to_one'))
  }
  const conditions = [
    ...level.filters.map(({ field, expression }) => conditionOf(level, reads, field, expression)),
    ...level.logic.map((tree) => logicOf(level, reads, tree)),
  ]
  const fields = level.entries.flatMap((entry): FieldNode[] => {
    if (entry.kind === 'field') return [entry.node]
    const { key, link, required, spread, hidden } = entry.embed
    const read = reads.get(entry.embed)!
    if (hidden && required) conditions.push(relatedRowsExist(link, read))
    return hidden ? [] : [{ kind: 'relation', key, link, required, spread, read }]
  })
  return {
    kind: 'read',
    relation: level.relation,
    fields,
    filter: conditions.length === 0 ? undefined : conditions.length === 1 ? conditions[0] : { kind: 'and', items: conditions },
    order: level.order.map((term) => orderOf(level, reads, term)),
    // A to-one row needs no limit: its key is unique, and the compiler takes one of those that a view repeats.
    limit: countNode(level.limit, limited && !isToOne ? context.rowsMax : undefined),
    offset: level.offset?.make === undefined && level.offset?.value === 0 ? undefined : countNode(level.offset),
  }
}

function logicOf(level: Level, reads: Reads, tree: LogicTree): FilterNode {
  if (tree.kind === 'filter') return conditionOf(level, reads, tree.field, tree.expression)
  const node: FilterNode = { kind: tree.kind, items: tree.items.map((item) => logicOf(level, reads, item)) }
  return tree.negated ? { kind: 'not', item: node } : node
}

function conditionOf(level: Level, reads: Reads, field: FieldName, expression: FilterExpression): FilterNode {
  const embed = field.path.length === 0 ? level.embeds.get(field.name) : undefined
  if (embed !== undefined && (isPresence(expression) || !level.relation.columnsByName.has(field.name))) {
    return presenceOf(embed, reads.get(embed)!, expression)
  }
  const node = compareOf(operandOf(level.relation, field, level.alias), expression)
  return expression.negated ? { kind: 'not', item: node } : node
}

function isPresence({ operator, value }: FilterExpression): boolean {
  return operator === 'is' && (value.text === 'null' || value.text === 'not_null')
}

/** `rel=is.null` and `rel=not.is.null`: no related row, or one, that passes the embed's own filters. */
function presenceOf(embed: Embed, read: ReadNode, expression: FilterExpression): FilterNode {
  if (!isPresence(expression)) {
    throw restError('PGRST120', { name: embed.key }, { details: 'Only is null or not is null filters are allowed on embedded resources' })
  }
  const exists = relatedRowsExist(embed.link, read)
  return (expression.value.text === 'null') === expression.negated ? exists : { kind: 'not', item: exists }
}

function orderOf(level: Level, reads: Reads, term: OrderTerm): OrderNode {
  const { direction, nulls } = term
  if (term.relation === undefined) return { operand: operandOf(level.relation, term.field, level.alias), direction, nulls }
  const embed = level.embeds.get(term.relation)
  if (embed === undefined) throw notEmbedded(term.relation)
  if (embed.link.cardinality !== 'to_one') {
    const details = `'${level.relation.name}' and '${term.relation}' do not form a many-to-one or one-to-one relationship`
    throw restError('PGRST118', { name: term.relation }, { details })
  }
  // The row that is shown decides; where there has to be one, the parent's own condition says so.
  const relatedFilter = embed.required ? undefined : relatedRowsExist(embed.link, reads.get(embed)!).filter
  const operand = operandOf(embed.link.target, term.field, embed.level.alias)
  return { operand: { ...operand, relatedBy: embed.link, relatedFilter }, direction, nulls }
}
