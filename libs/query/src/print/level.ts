// The fields of one level as output columns: what stands between SELECT and GROUP BY. Related rows are scalar sub-selects
// among the fields; a spread of several columns is a lateral join, so that it is looked up once, unless the rows are
// sorted and cut first. A level with aggregates is grouped by its other fields: there embeds are joined too, because
// GROUP BY needs their value.
import { baseType } from '../base-type.ts'
import { quoteLiteral } from '#libs/postgres'
import type { DataType, Relation } from '#libs/catalog'
import type { AggregateCall, FieldNode, Operand, ReadNode } from '../tree.ts'
import { aggregated, argumentsOf } from './aggregate-calls.ts'
import { aggregateObject } from './aggregate-object.ts'
import { orderOf, sliceOf, whereOf, type RowSource } from './clauses.ts'
import { connectionObject, globalIdOf } from './connections.ts'
import { callOfRow } from './function-arguments.ts'
import { groupsArray } from './groups.ts'
import { jsonPathOf } from './json-paths.ts'
import { mayRepeat, reach } from './links.ts'
import { geoJsonOf } from './spatial.ts'
import { readableOf, typeName, type Statement } from './statement.ts'

/** One output column. */
export interface Output {
  readonly key: string
  readonly expression: string
  /** The expression is a column of the same name, so it needs no `as`. */
  readonly plain?: boolean
}

/** A sub-select of rows and how one of its rows, under an alias, becomes a JSON object. */
export interface RowSelect {
  readonly text: string
  /** Output names in order. */
  readonly keys: readonly string[]
  /** One row as an object. */
  readonly json: (alias: string) => string
  /** All rows as an array, null when there are none. */
  readonly array: (alias: string) => string
  /** There is one row, whatever is in the tables. */
  readonly one?: boolean
}

/** Prints rows within rows: `selectRows` of rows.ts, handed down because that builds on this file. */
export type PrintRows = (statement: Statement, node: Omit<ReadNode, 'kind' | 'relation'>, source: RowSource) => RowSelect

/** The fields of a level, and what follows them: ` from … where … group by … order by … limit …`. */
export interface Level {
  readonly outputs: readonly Output[]
  readonly tail: string
  readonly grouped: boolean
  /** There is one row, whatever is in the tables. */
  readonly one?: boolean
}

type Rows = Pick<ReadNode, 'fields' | 'filter' | 'order' | 'limit' | 'offset' | 'distinctOn'> & { readonly relation?: Relation }
type RelationField = Extract<FieldNode, { kind: 'relation' }>

/** A field as it is before grouping. */
interface Item extends Output {
  /** The expressions are then the arguments of this call, which belongs to the grouped level around. */
  readonly call?: AggregateCall
  readonly values?: readonly string[]
  readonly constant?: boolean
  /** What an order may call it by. */
  readonly operand?: Operand
  /** The expression is a JSON array, of which this is the element. */
  readonly pick?: number
}

/** How the fields of a level are printed, and the joins that they ask for. */
interface Scope {
  /** Values have to be comparable, since some level groups by them. */
  readonly comparable: boolean
  /** Embeds are joined: the level itself is grouped. */
  readonly joined: boolean
  /** Spreads may be joined; otherwise they are scalar sub-selects, which Postgres leaves until rows are sorted and cut. */
  readonly lateral: boolean
  readonly joins: string[]
  readonly printRows: PrintRows
}

/** Prints a level over its source. */
export function levelOf(statement: Statement, node: Rows, source: RowSource, printRows: PrintRows): Level {
  const grouped = hasAggregates(node.fields)
  const scope: Scope = { comparable: grouped, joined: grouped, lateral: grouped || !isSortedAndCut(node), joins: [], printRows }
  const items = node.fields.flatMap((field) => itemsOf(statement, field, source.alias, scope))
  const from = `${source.from === '' ? '' : `from ${source.from}`}${scope.joins.join('')}${whereOf(statement, node, source)}`
  if (!grouped) {
    const tail = `${from}${orderWithin(statement, node, source)}${sliceOf(statement, node)}`
    return items.some(({ pick }) => pick !== undefined) ? pickedLevel(statement, items, tail) : { outputs: items, tail, grouped }
  }
  const keys = items.filter(({ call, constant }) => call === undefined && constant !== true).map(({ expression }) => expression)
  const group = keys.length === 0 ? '' : ` group by ${keys.join(', ')}`
  const known = (wanted: Operand) => items.find(({ operand }) => operand !== undefined && isSame(operand, wanted))?.expression
  // Without keys all rows are one group: the server's own limit cuts nothing off.
  const one =
    keys.length === 0 && node.offset === undefined && (node.limit === undefined || (typeof node.limit === 'number' && node.limit > 0))
  return {
    outputs: items.map((item) => {
      return item.call === undefined ? item : { key: item.key, expression: aggregated(item.call, item.values ?? []) }
    }),
    tail: `${from}${group}${orderOf(statement, node.order, source.alias, known)}${one ? '' : sliceOf(statement, node)}`,
    grouped,
    one,
  }
}

/** ` order by …`: the order that was asked for, or the source's own. */
export function orderWithin(statement: Statement, node: Pick<Rows, 'order'>, source: RowSource): string {
  if (node.order.length > 0 || source.order === undefined) return orderOf(statement, node.order, source.alias)
  return ` order by ${source.order}`
}

/** Are many rows sorted of which few are answered? Not when a unique key has them in order already. */
function isSortedAndCut({ order, limit, distinctOn, relation }: Rows): boolean {
  const [first] = order
  if (first === undefined || limit === undefined || distinctOn !== undefined) return false
  const { column, jsonPath, relatedBy, aggregate } = first.operand
  if (jsonPath !== undefined || relatedBy !== undefined || aggregate !== undefined || 'kind' in column) return true
  return relation?.uniqueKeys.some(({ columns }) => columns[0] === column.name) !== true
}

/** JSON arrays are made once for a row, in a sub-select, and taken apart around it. */
function pickedLevel(statement: Statement, items: readonly Item[], tail: string): Level {
  const rows = statement.alias('p')
  const made = [...new Set(items.map(({ expression }) => expression))]
  const list = made.map((expression, i) => `${expression} as c${i}`).join(', ')
  const outputs = items.map(({ key, expression, pick }) => {
    return { key, expression: `${rows}.c${made.indexOf(expression)}${pick === undefined ? '' : `->${pick}`}` }
  })
  return { outputs, tail: `from (select ${list} ${tail}) ${rows}`, grouped: false }
}

/** Is a row of the level a group, or all rows at once? */
export function isGrouped({ fields, distinctOn }: Pick<Rows, 'fields' | 'distinctOn'>): boolean {
  return distinctOn !== undefined || hasAggregates(fields)
}

/** Aggregates of the level itself and of the to-one rows that are spread into it. */
function hasAggregates(fields: readonly FieldNode[]): boolean {
  return fields.some((field) => field.kind === 'aggregate' || (isSpread(field) && isToOne(field) && hasAggregates(field.read.fields)))
}

function isSpread(field: FieldNode): field is RelationField {
  return field.kind === 'relation' && field.spread === true
}

function isToOne(field: RelationField): boolean {
  return field.link.cardinality === 'to_one'
}

function isSame(a: Operand, b: Operand): boolean {
  return a.column === b.column && a.relatedBy === b.relatedBy && JSON.stringify(a.jsonPath) === JSON.stringify(b.jsonPath)
}

function itemsOf(statement: Statement, field: FieldNode, alias: string, scope: Scope): Item[] {
  switch (field.kind) {
    case 'column':
      return [columnItem(statement, field, alias, scope)]
    case 'computed':
      return [computedItem(statement, field, alias, scope)]
    case 'constant':
      return [{ key: field.key, expression: constantOf(field.value), constant: true }]
    case 'aggregate':
      return [{ key: field.call.key, expression: '', call: field.call, values: argumentsOf(statement, field.call, alias) }]
    case 'relation':
      if (field.spread !== true) return [{ key: field.key, expression: embedOf(statement, field, alias, scope) }]
      return isToOne(field) ? spreadOne(statement, field, alias, scope) : spreadMany(statement, field, alias, scope)
    case 'relation_aggregate': {
      const target = statement.alias()
      const source = { ...reach(statement, field.link, alias, target), alias: target }
      return [{ key: field.key, expression: `(${aggregateObject(statement, field.read, source, scope.printRows)})` }]
    }
    case 'relation_groups': {
      const target = statement.alias()
      const source = { ...reach(statement, field.link, alias, target), alias: target }
      return [{ key: field.key, expression: groupsArray(statement, field.read, source, scope.printRows) }]
    }
    case 'relation_connection': {
      const sourceOf = (): RowSource => {
        const target = statement.alias()
        return { ...reach(statement, field.link, alias, target), alias: target }
      }
      return [{ key: field.key, expression: connectionObject(statement, field.read, sourceOf, scope.printRows) }]
    }
    case 'global_id':
      return [{ key: field.key, expression: globalIdOf(field.relation, field.columns, alias) }]
  }
}

function columnItem(statement: Statement, field: Extract<FieldNode, { kind: 'column' }>, alias: string, scope: Scope): Item {
  const { key, column, jsonPath, cast } = field
  const bare = readableOf(statement, alias, column)
  const path = jsonPathOf(bare, column.type, jsonPath)
  if (field.geoJson === true) return { key, expression: comparableJson(geoJsonOf(path, column.type), scope) }
  const value = cast === undefined ? path : `cast(${path} as ${typeName(cast)})`
  // json has no equality, jsonb has.
  const isJson = cast === undefined ? isJsonType(column.type) && jsonPath?.asText !== true : isJsonType(cast)
  const expression = scope.comparable && isJson ? `(${value})::jsonb` : value
  return {
    key,
    expression,
    plain: expression === bare && !('kind' in column) && key === column.name,
    operand: cast === undefined ? { kind: 'operand', column, jsonPath } : undefined,
  }
}

function computedItem(statement: Statement, field: Extract<FieldNode, { kind: 'computed' }>, alias: string, scope: Scope): Item {
  const { key, function: fn, jsonPath, cast } = field
  if (fn.returnsSet) return { key, expression: comparableJson(valuesOf(statement, field, alias), scope) }
  const path = jsonPathOf(callOfRow(statement, fn, field.arguments, alias), fn.returnType, jsonPath)
  if (field.geoJson === true) return { key, expression: comparableJson(geoJsonOf(path, fn.returnType), scope) }
  const value = cast === undefined ? path : `cast(${path} as ${typeName(cast)})`
  const isJson = cast === undefined ? isJsonType(fn.returnType) && jsonPath?.asText !== true : isJsonType(cast)
  return { key, expression: isJson ? comparableJson(value, scope) : value }
}

/** A set of scalars as an array. */
function valuesOf(statement: Statement, field: Extract<FieldNode, { kind: 'computed' }>, alias: string): string {
  const { function: fn, valuesMax, geoJson } = field
  const values = statement.alias('v')
  const value = geoJson === true ? geoJsonOf(`${values}.v`, fn.returnType) : `${values}.v`
  const call = callOfRow(statement, fn, field.arguments, alias)
  return `(select coalesce(json_agg(${value}), '[]') from (select f as v from ${call} f${sliceOf(statement, { limit: valuesMax })}) ${values})`
}

/** json has no equality, jsonb has. */
function comparableJson(value: string, scope: Scope): string {
  return scope.comparable ? `(${value})::jsonb` : value
}

function isJsonType(type: DataType): boolean {
  return typeName(baseType(type)) === '"pg_catalog"."json"'
}

function constantOf(value: string | number | boolean | null): string {
  if (value === null) return 'null::text'
  if (typeof value === 'string') return `${quoteLiteral(value)}::text`
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('a constant must be finite')
  return String(value)
}

/** To-one: an object or null. To-many: an array, empty when nothing is there. */
function embedOf(statement: Statement, field: RelationField, alias: string, scope: Scope): string {
  const rows = statement.alias('r')
  const target = statement.alias()
  const source = { ...reach(statement, field.link, alias, target), alias: target }
  const select = scope.printRows(statement, relatedRows(field), source)
  const value = isToOne(field)
    ? `(select ${select.json(rows)} from (${select.text}) ${rows})`
    : `(select coalesce(${select.array(rows)}, '[]') from (${select.text}) ${rows})`
  if (!scope.joined) return scope.comparable ? `${value}::jsonb` : value
  const join = statement.alias('e')
  scope.joins.push(` left join lateral (select ${value}::jsonb as v) ${join} on true`)
  return `${join}.v`
}

/** To-one is one row at most, whatever limit was asked for. */
function relatedRows({ link, read }: RelationField): ReadNode {
  if (!mayRepeat(link)) return read
  return { ...read, limit: typeof read.limit === 'number' ? Math.min(read.limit, 1) : (read.limit ?? 1) }
}

/** `...rel(a, b)` over a to-one link: the related row's fields become fields of this row. */
function spreadOne(statement: Statement, field: RelationField, alias: string, scope: Scope): Item[] {
  const target = statement.alias()
  const source = { ...reach(statement, field.link, alias, target), alias: target }
  const inner: Scope = { ...scope, joined: false, joins: [] }
  const read = relatedRows(field)
  const items = read.fields.flatMap((child) => itemsOf(statement, child, target, inner))
  const tail = `from ${source.from}${inner.joins.join('')}${whereOf(statement, read, source)}${orderOf(statement, read.order, target)}${sliceOf(statement, read)}`
  if (items.length === 0) return []
  if (!scope.lateral || (items.length === 1 && items[0]!.call === undefined && !scope.joined)) {
    return items.map(({ key, expression, pick }) => ({ key, expression: `(select ${expression} as v ${tail})`, pick }))
  }
  const join = statement.alias('s')
  const columns: string[] = []
  const take = (expression: string) => `${join}.c${columns.push(expression) - 1}`
  const taken = items.map((item): Item => {
    const { key, call, values = [], operand } = item
    if (call === undefined) {
      return { key, expression: take(item.expression), constant: item.constant, operand: operandThrough(field, operand) }
    }
    // `count(*)` counts the rows that have a related one.
    return { key, expression: '', call, values: (values.length === 0 ? ['true'] : values).map(take) }
  })
  const list = columns.map((expression, i) => `${expression} as c${i}`).join(', ')
  scope.joins.push(` left join lateral (select ${list} ${tail}) ${join} on true`)
  return taken
}

function operandThrough(field: RelationField, operand: Operand | undefined): Operand | undefined {
  return operand === undefined || operand.relatedBy !== undefined ? undefined : { ...operand, relatedBy: field.link }
}

/** `...rel(a, b)` over a to-many link: each of the related rows' fields becomes an array, all in one order. */
function spreadMany(statement: Statement, field: RelationField, alias: string, scope: Scope): Item[] {
  const target = statement.alias()
  const { outputs, tail } = levelOf(
    statement,
    field.read,
    { ...reach(statement, field.link, alias, target), alias: target },
    scope.printRows,
  )
  const cast = scope.comparable ? '::jsonb' : ''
  const [only] = outputs
  if (only === undefined) return []
  if (outputs.length === 1 && !scope.joined) {
    return [{ key: only.key, expression: `(select coalesce(json_agg(s.v), '[]')${cast} from (select ${only.expression} as v ${tail}) s)` }]
  }
  const list = outputs.map(({ expression }, i) => `${expression} as c${i}`).join(', ')
  const arrays = outputs.map((_, i) => `coalesce(json_agg(s.c${i}), '[]')${cast}`)
  if (!scope.lateral) {
    // Not json_build_array: functions take at most 100 arguments.
    const expression = `(select to_json(array[${arrays.join(', ')}]) from (select ${list} ${tail}) s)`
    return outputs.map(({ key }, pick) => ({ key, expression, pick }))
  }
  const join = statement.alias('s')
  const columns = arrays.map((array, i) => `${array} as c${i}`).join(', ')
  scope.joins.push(` left join lateral (select ${columns} from (select ${list} ${tail}) s) ${join} on true`)
  return outputs.map(({ key }, i) => ({ key, expression: `${join}.c${i}` }))
}
