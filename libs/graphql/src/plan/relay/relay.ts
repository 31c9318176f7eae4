// The Relay endpoint's fields of tables: connections and global ids (contract graphql.md section 13).
import type { Column, DataType } from '#libs/catalog'
import type { ConnectionReadNode, FieldNode, Operand, OrderNode, ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { TableModel } from '../../model/role-model.ts'
import type { Input } from '../inputs.ts'
import { argumentsOf, countOf, listArguments } from '../reads/list-arguments.ts'
import { parameter } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { cursorValue } from './relay-ids.ts'
import type { RowFields } from '../reads/row-fields.ts'
import { limitWithin } from '../reads/row-limit.ts'
import { type SelectedField, selectedFields } from '../reads/selection.ts'

type ConnectionPart = ConnectionReadNode['parts'][number]
type NamedOrder = ConnectionReadNode['order'][number]

/** `T_connection(first: …, after: …) { edges {…} pageInfo {…} }` */
export function connectionOf(planning: Planning, table: TableModel, field: SelectedField, rowFields: RowFields): ConnectionReadNode {
  const given = argumentsOf(planning, field)
  const at = `${field.location}.args`
  const [first, last, after, before] = ['first', 'last', 'after', 'before'].map((name) => given.get(name))
  if (first !== undefined && last !== undefined) throw validationFailed('"first" and "last" are not allowed at once', at)
  if (after !== undefined && before !== undefined) throw validationFailed('"after" and "before" are not allowed at once', at)
  const list = listArguments(planning, table, field, Infinity)
  const order = cursorOrder(table, list.order, list.distinctOn)
  const fromEnd = last !== undefined
  const size = limitWithin(planning.limits.rowsMax, countOf(planning, first ?? last, `${at}.${fromEnd ? 'last' : 'first'}`, 32))
  const keys = list.distinctOn === undefined ? order : order.slice(0, list.distinctOn.length)
  const side = (cursor: Input | undefined, name: string) =>
    cursor === undefined ? undefined : keys.map((key) => cursorKey(planning, cursor, key, order, `${at}.${name}`))
  return {
    kind: 'connection_read',
    relation: table.relation,
    filter: list.filter,
    distinctOn: list.distinctOn,
    order,
    after: side(after, 'after'),
    before: side(before, 'before'),
    size,
    fromEnd,
    parts: planning.list(typeof size === 'number' ? size : undefined, () => partsOf(planning, table, field, rowFields)),
  }
}

function partsOf(planning: Planning, table: TableModel, field: SelectedField, rowFields: RowFields): ConnectionPart[] {
  return planning.nested(field.location, () =>
    selectedFields(planning, field.selections, field.location).map((part): ConnectionPart => {
      const { key, name } = part
      if (name === '__typename') return { kind: 'constant', key, value: `${table.name}Connection` }
      const inner = selectedFields(planning, part.selections, part.location)
      planning.spend(1, part.location)
      if (name === 'edges')
        return planning.nested(part.location, () => ({
          kind: 'edges',
          key,
          parts: inner.map((each) => edgePart(planning, table, each, rowFields)),
        }))
      return { kind: 'page_info', key, parts: inner.map((each) => pageInfoPart(each)) }
    }),
  )
}

type EdgePart = Extract<ConnectionPart, { kind: 'edges' }>['parts'][number]
type PageInfoPart = Extract<ConnectionPart, { kind: 'page_info' }>['parts'][number]

function edgePart(planning: Planning, table: TableModel, field: SelectedField, rowFields: RowFields): EdgePart {
  const { key, name } = field
  if (name === '__typename') return { kind: 'constant', key, value: `${table.name}Edge` }
  return name === 'cursor' ? { kind: 'cursor', key } : { kind: 'node', key, fields: rowFields(planning, table, field) }
}

const pageInfoKinds = {
  startCursor: 'start_cursor',
  endCursor: 'end_cursor',
  hasNextPage: 'has_next_page',
  hasPreviousPage: 'has_previous_page',
} as const

function pageInfoPart({ key, name }: SelectedField): PageInfoPart {
  if (name === '__typename') return { kind: 'constant', key, value: 'PageInfo' }
  return { kind: pageInfoKinds[name as keyof typeof pageInfoKinds], key }
}

/** What was asked for, else the columns that are distinct, and the primary key behind it: then no two rows have one place. */
function cursorOrder(table: TableModel, asked: readonly OrderNode[], distinctOn: readonly Column[] = []): NamedOrder[] {
  const ascending = (column: Column): OrderNode => ({ operand: { kind: 'operand', column }, direction: 'asc' })
  const start = asked.length > 0 ? asked : distinctOn.map(ascending)
  const order = new Map<string, NamedOrder>()
  for (const key of [...start, ...(table.primaryKey ?? []).map(ascending)]) {
    const name = nameOf(table, key.operand)
    if (!order.has(name)) order.set(name, { ...key, name })
  }
  return [...order.values()]
}

function nameOf(table: TableModel, { column, relatedBy, aggregate }: Operand): string {
  if (relatedBy === undefined) return 'kind' in column ? column.name : table.nameOf(column)
  const links = 'source' in relatedBy ? [relatedBy] : relatedBy
  const path = links.map(({ cardinality, columns, target, targetColumns }) =>
    cardinality === 'to_one' ? columns.join('_') : [target.name, ...targetColumns].join('_'),
  )
  return [...path, ...(aggregate === undefined ? [] : [aggregate.function]), column.name].join('.')
}

function cursorKey(planning: Planning, cursor: Input, key: NamedOrder, order: readonly NamedOrder[], location: string): ValueNode {
  const names = order.map(({ name }) => name)
  return parameter(
    planning.inputs.template(cursor),
    (value) => cursorValue(value, key.name, names, location),
    keyType(key.operand),
    planning.variables,
  )
}

function keyType({ column, aggregate }: Operand): DataType | string {
  if (aggregate === undefined || aggregate.function === 'max' || aggregate.function === 'min') return column.type
  return aggregate.function === 'count' ? 'int8' : 'numeric'
}

/** The global id of a row; undefined for a table whose rows have none. */
export function globalIdField(table: TableModel, key: string): FieldNode | undefined {
  if (table.primaryKey === null) return undefined
  return { kind: 'global_id', key, relation: table.relation, columns: table.primaryKey.map(({ name }) => name) }
}
