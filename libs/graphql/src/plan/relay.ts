// The Relay endpoint's own fields: connections, global ids and `node` (contract graphql.md section 13).
import { type SelectionNode, type SelectionSetNode, Kind } from 'graphql'
import type { Column, DataType } from '#libs/catalog'
import type { ConnectionReadNode, FieldNode, FilterNode, Operand, OrderNode, ReadNode, ValueNode } from '#libs/query'
import { validationFailed } from '../graphql.errors.ts'
import type { TableModel } from '../model/role-model.ts'
import type { Input } from './inputs.ts'
import { argumentsOf, countOf, listArguments } from './list-arguments.ts'
import { parameter } from './parameters.ts'
import type { Planning } from './planning.ts'
import { cursorValue, decodeGlobalId } from './relay-ids.ts'
import { rowFields, rowOf } from './reads.ts'
import { limitWithin } from './row-limit.ts'
import { type SelectedField, selectedFields } from './selection.ts'

type ConnectionPart = ConnectionReadNode['parts'][number]
type NamedOrder = ConnectionReadNode['order'][number]

/** `T_connection(first: …, after: …) { edges {…} pageInfo {…} }` */
export function connectionOf(planning: Planning, table: TableModel, field: SelectedField): ConnectionReadNode {
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
    parts: planning.list(typeof size === 'number' ? size : undefined, () => partsOf(planning, table, field)),
  }
}

function partsOf(planning: Planning, table: TableModel, field: SelectedField): ConnectionPart[] {
  return planning.nested(field.location, () =>
    selectedFields(planning, field.selections, field.location).map((part): ConnectionPart => {
      const { key, name } = part
      if (name === '__typename') return { kind: 'constant', key, value: `${table.name}Connection` }
      const inner = selectedFields(planning, part.selections, part.location)
      planning.spend(1, part.location)
      if (name === 'edges')
        return planning.nested(part.location, () => ({ kind: 'edges', key, parts: inner.map((each) => edgePart(planning, table, each)) }))
      return { kind: 'page_info', key, parts: inner.map((each) => pageInfoPart(each)) }
    }),
  )
}

type EdgePart = Extract<ConnectionPart, { kind: 'edges' }>['parts'][number]
type PageInfoPart = Extract<ConnectionPart, { kind: 'page_info' }>['parts'][number]

function edgePart(planning: Planning, table: TableModel, field: SelectedField): EdgePart {
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

/** `node(id: …) { id ... on T {…} }`: the row, or null where the caller may not see it. The id decides the plan. */
export function nodeOf(planning: Planning, field: SelectedField): ReadNode {
  const location = `${field.location}.args.id`
  const input = argumentsOf(planning, field).get('id')
  if (input === undefined) throw validationFailed("missing required field 'id'", `${field.location}.args`)
  if (input.kind === 'variable' && input.path !== undefined) planning.literalVariables.add(String(input.path[0]))
  const id = decodeGlobalId(planning.inputs.now(input), location)
  const table = tableOf(planning, id.schema, id.table)
  const columns = table?.primaryKey
  // A table that is hidden and one that is not there look the same.
  if (table === undefined || !columns || columns.length !== id.key.length) throw validationFailed('invalid node id', location)
  const items = columns.map((column, i): FilterNode => {
    const value: ValueNode = { kind: 'value', value: id.key[i]!, type: column.type }
    return { kind: 'compare', operand: { kind: 'operand', column }, operator: 'eq', value }
  })
  const filter: FilterNode = items.length === 1 ? items[0]! : { kind: 'and', items }
  const selections = field.selections.map((set) => selectionsOn(planning, set, table.name))
  return { ...rowOf(planning, table, { ...field, selections }), filter, single: true }
}

function tableOf(planning: Planning, schema: string, name: string): TableModel | undefined {
  const relation = planning.model.catalog.findRelation(schema, name)
  return relation === undefined ? undefined : planning.model.tableOf(relation)
}

/** The selections that hold for a type: those of other types are left out. */
function selectionsOn(planning: Planning, set: SelectionSetNode, type: string): SelectionSetNode {
  const holds = (condition: string | undefined) => condition === undefined || condition === 'Node' || condition === type
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return [selection]
    const { condition, inner } =
      selection.kind === Kind.INLINE_FRAGMENT
        ? { condition: selection.typeCondition?.name.value, inner: selection.selectionSet }
        : {
            condition: planning.fragments.get(selection.name.value)?.typeCondition.name.value,
            inner: planning.fragments.get(selection.name.value)?.selectionSet,
          }
    if (inner === undefined || !holds(condition)) return []
    return [{ kind: Kind.INLINE_FRAGMENT, directives: selection.directives, selectionSet: selectionsOn(planning, inner, type) }]
  })
  return { ...set, selections }
}
