// Which parts of the dialect the random documents exercised, and with at least one row in the answer: a part that never came
// up, or only ever found nothing, is a fault of the generator.
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import { columnTypes, floatAggregates, floatPredicates, type TypeName } from './column-types.ts'
import {
  type AggregatePart,
  directions,
  type Filter,
  type Groups,
  type Having,
  type MutationField,
  type Operation,
  type OrderTerm,
  type QueryField,
  type RelatedChange,
  type Row,
  type Selected,
  type Slice,
} from './model.ts'
import { type Page, pageFacts } from './relay-model.ts'

const operators = Object.entries(columnTypes).flatMap(([type, facts]) => facts.operators.map((operator) => `where ${type} ${operator}`))

const words = (text: string): string[] => text.split(', ')

/** What a run of queries has to exercise. */
export const expectedOfQueries: readonly string[] = [
  ...operators,
  ...Object.keys(columnTypes).map((type) => `where ${type} _is_null`),
  ...Object.keys(columnTypes).map((type) => `column ${type}`),
  ...directions.flatMap((direction) => [`order_by ${direction}`, `distinct_on ${direction}`]),
  ...['count', 'min', 'max', 'sum', ...floatAggregates].flatMap((call) => [`aggregate ${call}`, `order_by aggregate ${call}`]),
  ...words(
    'root group_by, group_by several, group_by where, group_by ordered by count, group_by ordered by aggregate, group_by order_by, group_by limit',
  ),
  ...words(
    'group_by key, group_by nodes, group_by aggregate, function rows, function aggregate, function one, function rows nested, function one nested',
  ),
  ...words('nested group_by, nested group_by where, nested group_by order_by, nested group_by limit, nested having'),
  ...words('nested group_by key, nested group_by nodes, nested group_by aggregate'),
  ...['count', 'count of columns', 'count distinct', 'min', 'max', 'sum', ...floatAggregates].map((call) => `having ${call}`),
  ...words('having and, having or, having not, having _is_null'),
  ...words('root scalar, root rows, root by_pk, root aggregate, several roots, view, view by_pk, __typename, alias, json path'),
  ...words('where and, where or, where not, where object, where to-one, where to-many, where aggregate count, where aggregate bool'),
  ...floatPredicates.map((call) => `where aggregate ${call}`),
  ...words('nested to-one, nested to-many, nested aggregate, nested in nested, nested self, nodes, nested filter, nested order'),
  ...words('computed, computed with arguments, computed rows, computed row, where computed, where computed rows, order_by computed'),
  ...words('order_by nested, limit, offset, distinct_on, nested limit, nested distinct_on, count of columns, count distinct'),
]

/** What a run at Relay's endpoint has to exercise. */
export const expectedOfRelay: readonly string[] = [
  ...words('connection, nested connection, root node, hidden node, several roots, view, global id, computed, where computed'),
  ...['', 'nested '].flatMap((prefix) =>
    words('all, first, last').flatMap((cut) => ['', ' after', ' before'].map((side) => `${prefix}page ${cut}${side}`)),
  ),
  ...words('page filter, page order, page distinct_on, nested page filter, nested page order, nested page distinct_on'),
  ...directions.map((direction) => `cursor ${direction}`),
  ...words('cursor related, cursor count, cursor aggregate, cursor nullable, cursor distinct_on'),
  ...words('walk forwards, walk backwards, walk distinct_on, edges cursor, edges node, edges typename'),
  ...pageFacts.map((fact) => `page_info ${fact}`),
  ...words('nested to-one, nested to-many, nested aggregate, nested group_by, nested in nested, nodes'),
]

const kinds = ['insert', 'insert_one', 'update', 'update_many', 'update_by_pk', 'delete', 'delete_by_pk', 'call'] as const
export const expectedOfMutations: readonly string[] = [
  ...kinds,
  ...words('_set, _inc, _append, _prepend, _delete_key, _delete_elem, _delete_at_path, on_conflict update, on_conflict ignore'),
  ...words('on_conflict where, nested insert to-one, nested insert to-many, nested insert in nested, several roots, affected_rows'),
  ...words('view insert, view update, view delete, computed, where computed'),
  ...words('related delete, related update, related insert to-one, related insert to-many, related in related'),
  ...words('returning, refused permission-error, refused constraint-violation, refused data-exception, nested to-one, nested to-many'),
]

export class Coverage {
  private readonly counts = new Map<string, number>()

  constructor(private readonly expected: readonly string[]) {}

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  /** An operation and the `data` that it gave. */
  answered({ kind, fields }: Operation, data: JsonObject): void {
    let rows = 0
    for (const field of fields) {
      if (field.kind === 'connection' ? !hasEdges(data[field.key]!) : !hasRows(data[field.key]!)) continue
      rows += 1
      if (kind === 'mutation') this.addMutation(field as MutationField)
      else this.addQuery(field as QueryField)
    }
    if (rows > 1) this.add('several roots')
  }

  missing(): string[] {
    return this.expected.filter((name) => !this.counts.has(name))
  }

  table(): string {
    const rare = this.expected.map((name) => [name, this.counts.get(name) ?? 0] as const).toSorted(([, a], [, b]) => a - b)
    const list = rare.slice(0, 12).map(([name, count]) => `${name} ${count}`)
    return `${this.counts.size} parts with rows; the rarest of those that have to come up: ${list.join(', ')}`
  }

  private addQuery(field: QueryField): void {
    this.add(`root ${field.kind}`)
    if (field.kind === 'scalar') return
    if (field.relation.kind === 'view') this.add(field.kind === 'by_pk' ? 'view by_pk' : 'view')
    if (field.kind === 'group_by') return this.addGroups(field, 0)
    if ('call' in field && field.call !== undefined) {
      this.add(`function ${field.kind}`)
      if ('selected' in field && field.selected.some((each) => 'link' in each)) this.add(`function ${field.kind} nested`)
    }
    if (field.kind === 'connection') return this.addPage(field.page, 0)
    if ('slice' in field) this.addSlice(field.slice, '')
    if (field.kind === 'aggregate') this.addParts(field.parts, 0)
    else this.addSelected(field.selected, 0)
  }

  private addGroups({ filter, by, having, first, order, limit, parts }: Groups, depth: number): void {
    const prefix = depth === 0 ? '' : 'nested '
    this.add(`${prefix}group_by`)
    if (by.length > 1) this.add('group_by several')
    if (filter !== undefined) this.add(`${prefix}group_by where`)
    if (having !== undefined) this.addHaving(having, prefix)
    if (first !== undefined) this.add(first.call === 'count' ? 'group_by ordered by count' : 'group_by ordered by aggregate')
    if (order.length > 0) this.add(`${prefix}group_by order_by`)
    if (limit !== undefined) this.add(`${prefix}group_by limit`)
    for (const part of parts) {
      this.add(`${prefix}group_by ${part.kind}`)
      if (depth > 0 && part.kind !== 'key') this.addParts([part], depth)
    }
  }

  private addHaving(having: Having, prefix: string): void {
    this.add(`${prefix}having`)
    if (having.kind === 'count') {
      const { columns, distinct } = having.count
      return this.add(`having count${distinct ? ' distinct' : columns.length > 0 ? ' of columns' : ''}`)
    }
    if (having.kind === 'call') return this.add(having.operator === '_is_null' ? 'having _is_null' : `having ${having.call}`)
    this.add(`having ${having.kind}`)
    for (const item of having.kind === 'not' ? [having.item] : having.items) this.addHaving(item, prefix)
  }

  private addMutation(field: MutationField): void {
    this.add(field.kind)
    if (field.relation.kind === 'view') this.add(`view ${field.kind.split('_')[0]}`)
    if ('answer' in field) {
      for (const part of field.answer.parts) {
        this.add(part.kind)
        if ('selected' in part) this.addSelected(part.selected, 0)
      }
    } else this.addSelected(field.selected, 0)
    if ('changes' in field) for (const { operator } of field.changes) this.add(operator)
    if ('updates' in field) for (const { changes } of field.updates) for (const { operator } of changes) this.add(operator)
    if ('related' in field) this.addRelated(field.related, 0)
    if ('updates' in field) for (const { related } of field.updates) this.addRelated(related, 0)
    if (!('rows' in field)) return
    if (field.conflict !== undefined) this.add(field.conflict.update.length > 0 ? 'on_conflict update' : 'on_conflict ignore')
    if (field.conflict?.filter !== undefined) this.add('on_conflict where')
    this.addNested(field.rows, 0)
  }

  private addRelated(related: readonly RelatedChange[], depth: number): void {
    for (const { link, delete: deleted, updates, insert } of related) {
      if (deleted !== undefined) this.add('related delete')
      if (updates.length > 0) this.add('related update')
      if (insert !== undefined) this.add(`related insert ${link.toOne ? 'to-one' : 'to-many'}`)
      if (depth > 0) this.add('related in related')
      for (const update of updates) this.addRelated(update.related, depth + 1)
    }
  }

  private addNested(rows: readonly Row[], depth: number): void {
    for (const { nested } of rows) {
      for (const { link, rows: inner } of nested) {
        if (inner.length === 0) continue
        this.add(`nested insert ${link.toOne ? 'to-one' : 'to-many'}`)
        if (depth > 0) this.add('nested insert in nested')
        this.addNested(inner, depth + 1)
      }
    }
  }

  private addSelected(selected: readonly Selected[], depth: number): void {
    for (const each of selected) {
      if (each.kind === 'typename') this.add('__typename')
      else if (each.kind === 'global_id') this.add('global id')
      else if (each.kind === 'column') {
        this.add(`column ${each.column.type}`)
        if (each.column.computed !== undefined) this.add(each.column.computed.args.length > 0 ? 'computed with arguments' : 'computed')
        if (each.path !== undefined) this.add('json path')
        if (each.key !== each.column.name) this.add('alias')
      } else {
        const { link } = each
        if (link.computed !== undefined) this.add(`computed ${each.kind}`)
        this.add(each.kind === 'row' ? 'nested to-one' : each.kind === 'rows' ? 'nested to-many' : 'nested aggregate')
        if (depth > 0) this.add('nested in nested')
        if (each.kind === 'group_by') {
          this.addGroups(each, depth + 1)
          continue
        }
        if (each.kind === 'connection') {
          this.addPage(each.page, depth + 1)
          continue
        }
        if (link.source === link.target) this.add('nested self')
        if (each.kind !== 'row') this.addSlice(each.slice, 'nested ')
        if (each.kind === 'aggregate') this.addParts(each.parts, depth + 1)
        else this.addSelected(each.selected, depth + 1)
      }
    }
  }

  private addPage(page: Page, depth: number): void {
    const { size, fromEnd, cursor, parts } = page
    const prefix = depth === 0 ? '' : 'nested '
    this.add(`${prefix}connection`)
    const cut = size === undefined ? 'all' : fromEnd ? 'last' : 'first'
    this.add(`${prefix}page ${cut}${cursor?.found === undefined ? '' : ` ${cursor.side}`}`)
    this.addSlice(page, `${prefix}page `)
    if (cursor?.found !== undefined) for (const term of page.order) this.addCursor(term, page)
    for (const part of parts) {
      if (part.kind === 'typename') this.add('__typename')
      else for (const each of part.parts) this.add(`${part.kind} ${each.kind}`)
      for (const each of part.kind === 'edges' ? part.parts : []) if (each.kind === 'node') this.addSelected(each.selected, depth)
    }
  }

  /** What a cursor has values of. */
  private addCursor({ path, aggregate, column, direction }: OrderTerm, { distinct }: Page): void {
    this.add(`cursor ${direction}`)
    if (path.length > 0) this.add('cursor related')
    if (aggregate !== undefined) this.add(aggregate.call === 'count' ? 'cursor count' : 'cursor aggregate')
    if (column?.nullable === true) this.add('cursor nullable')
    if (distinct.length > 0) this.add('cursor distinct_on')
  }

  private addParts(parts: readonly AggregatePart[], depth: number): void {
    for (const part of parts) {
      this.add(part.kind === 'typename' ? '__typename' : part.kind)
      if (part.kind === 'nodes') this.addSelected(part.selected, depth)
      for (const field of part.kind === 'aggregate' ? part.fields : []) {
        if (field.kind === 'call') this.add(`aggregate ${field.call}`)
        if (field.kind !== 'count') continue
        this.add('aggregate count')
        if (field.columns.length > 0) this.add(field.distinct ? 'count distinct' : 'count of columns')
      }
    }
  }

  private addSlice({ filter, order, distinct, limit, offset }: Slice, prefix: string): void {
    if (filter !== undefined) {
      this.addFilter(filter)
      this.add(`${prefix}filter`)
    }
    if (order.length > 0) this.add(`${prefix}order`)
    if (distinct.length > 0) this.add(`${prefix}distinct_on`)
    for (const { direction } of order.slice(0, distinct.length)) this.add(`distinct_on ${direction}`)
    if (limit !== undefined) this.add(`${prefix}limit`)
    if (offset !== undefined) this.add(`${prefix}offset`)
    for (const term of order) this.addTerm(term)
  }

  private addTerm({ path, aggregate, column, direction }: OrderTerm): void {
    if (column?.computed !== undefined) this.add('order_by computed')
    this.add(`order_by ${direction}`)
    if (path.length > 0) this.add('order_by nested')
    if (aggregate !== undefined) this.add(`order_by aggregate ${aggregate.call}`)
  }

  private addFilter(filter: Filter): void {
    switch (filter.kind) {
      case 'and':
      case 'or':
      case 'object':
        this.add(`where ${filter.kind}`)
        for (const item of filter.items) this.addFilter(item)
        return
      case 'not':
        this.add('where not')
        return this.addFilter(filter.item)
      case 'compare':
        if (filter.column.computed !== undefined) this.add('where computed')
        return this.add(whereName(filter.column.type, filter.operator))
      case 'is_null':
        return this.add(whereName(filter.column.type, '_is_null'))
      case 'related':
        if (filter.link.computed !== undefined) this.add('where computed rows')
        else this.add(filter.link.toOne ? 'where to-one' : 'where to-many')
        return this.addFilter(filter.filter)
      case 'related_count':
        return this.add('where aggregate count')
      case 'related_bool':
        return this.add('where aggregate bool')
      case 'related_float':
        return this.add(`where aggregate ${filter.test.call}`)
    }
  }
}

const whereName = (type: TypeName, operator: string): string => `where ${type} ${operator.startsWith('_cast') ? '_cast' : operator}`

/** Is there a row, or a count of rows, anywhere in a root field's value? */
function hasRows(value: Json): boolean {
  if (value === null) return false
  if (Array.isArray(value))
    return value.some((item) => typeof item !== 'object' || hasRows(item) || (item !== null && !('affected_rows' in item)))
  if (typeof value !== 'object') return false
  const { nodes, aggregate, returning, affected_rows: affected } = value as Record<string, Json | undefined>
  if (returning !== undefined || affected !== undefined)
    return affected === undefined ? Array.isArray(returning) && returning.length > 0 : affected !== '\u00010'
  if (Array.isArray(nodes)) return nodes.length > 0
  if (aggregate !== null && typeof aggregate === 'object' && !Array.isArray(aggregate)) return holdsSomething(aggregate)
  return Object.keys(value).length > 0
}

/** A page without edges says by its cursors whether there are rows. */
const hasEdges = (value: Json): boolean => Object.values(value as JsonObject).some(isFilled)

function isFilled(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => each !== '' && each !== false)
}

function holdsSomething(value: Json): boolean {
  if (value === null || value === '\u00010') return false
  if (typeof value !== 'object') return true
  return Object.values(value).some(holdsSomething)
}
