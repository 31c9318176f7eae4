// Selections of rows and aggregates to read nodes.
import type { Column } from '#libs/catalog'
import type {
  AggregateCall,
  AggregatePart,
  AggregateReadNode,
  FieldNode,
  FilterNode,
  JsonPath,
  OrderNode,
  ReadNode,
  ValueNode,
} from '#libs/query'
import { Kind } from 'graphql'
import { validationFailed } from '../graphql.errors.ts'
import { isJson, type TableModel } from '../model/role-model.ts'
import { filterOf } from './filters.ts'
import type { Input } from './inputs.ts'
import { orderOf } from './orders.ts'
import { countText, parameter, textFor } from './parameters.ts'
import type { Planning } from './planning.ts'
import { type SelectedField, selectedFields } from './selection.ts'

/** Arguments of a field by name; variables that were not given, and nulls, count as left out. */
export function argumentsOf(planning: Planning, field: SelectedField): ReadonlyMap<string, Input> {
  const given = new Map<string, Input>()
  for (const argument of field.node.arguments ?? []) {
    const input = planning.inputs.of(argument.value)
    if (!planning.inputs.isNull(input)) given.set(argument.name.value, input)
  }
  return given
}

interface ListArguments {
  readonly filter?: FilterNode
  readonly order: readonly OrderNode[]
  readonly distinctOn?: readonly Column[]
  readonly limit?: ValueNode | number
  readonly offset?: ValueNode | number
}

/** where, order_by, limit, offset, distinct_on. */
function listArguments(planning: Planning, table: TableModel, field: SelectedField): ListArguments {
  const given = argumentsOf(planning, field)
  const at = (name: string) => `${field.location}.args.${name}`
  const where = given.get('where')
  const orderBy = given.get('order_by')
  const distinct = given.get('distinct_on')
  const order = orderBy === undefined ? [] : orderOf(planning, table, orderBy, at('order_by'))
  const distinctOn =
    distinct === undefined ? undefined : planning.inputs.items(distinct).map((item) => columnNamed(table, planning.inputs.enumValue(item)))
  if (distinctOn !== undefined && order.length > 0) checkDistinct(distinctOn, order, field.location)
  return {
    filter: where === undefined ? undefined : filterOf(planning, table, where, at('where')),
    order,
    distinctOn,
    limit: countOf(planning, given.get('limit'), at('limit'), 32),
    offset: countOf(planning, given.get('offset'), at('offset'), 64),
  }
}

/** A literal is printed, because Postgres plans by it; a variable is a parameter. */
function countOf(planning: Planning, input: Input | undefined, location: string, bits: 32 | 64): ValueNode | number | undefined {
  if (input === undefined) return undefined
  const node = parameter(planning.inputs.template(input), countText(location, bits), undefined, planning.variables)
  const literal = Number(node.value)
  return node.ref === undefined && Number.isSafeInteger(literal) ? literal : node
}

function checkDistinct(distinctOn: readonly Column[], order: readonly OrderNode[], location: string): void {
  const leading = new Set(
    order.slice(0, distinctOn.length).map(({ operand }) => (operand.relatedBy === undefined ? operand.column.name : '')),
  )
  if (distinctOn.every((column) => leading.has(column.name))) return
  throw validationFailed('"distinct_on" columns must match initial "order_by" columns', `${location}.args`)
}

function columnNamed(table: TableModel, name: string): Column {
  const column = table.columns.get(name)
  if (column === undefined)
    throw validationFailed(
      `expected one of the values ['${[...table.columns.keys()].join("', '")}'] for type '${table.name}_select_column', but found '${name}'`,
    )
  return column
}

/** `T(where: …) { … }`: an array of rows. */
export function readOf(planning: Planning, table: TableModel, field: SelectedField): ReadNode {
  const list = listArguments(planning, table, field)
  const limit = typeof list.limit === 'number' ? list.limit : undefined
  return planning.list(limit, () => ({ kind: 'read', relation: table.relation, fields: rowFields(planning, table, field), ...list }))
}

/** `T_by_pk(id: …) { … }`: one row or null. */
export function readByKeyOf(planning: Planning, table: TableModel, field: SelectedField): ReadNode {
  return {
    kind: 'read',
    relation: table.relation,
    fields: rowFields(planning, table, field),
    filter: keyFilter(planning, table, argumentsOf(planning, field), `${field.location}.args`),
    order: [],
    single: true,
  }
}

/** Every column of the primary key equals what is given. */
export function keyFilter(planning: Planning, table: TableModel, given: ReadonlyMap<string, Input>, location: string): FilterNode {
  const items = (table.primaryKey ?? []).map((column): FilterNode => {
    const input = given.get(column.name)
    if (input === undefined || planning.inputs.isNull(input)) throw validationFailed(`missing required field '${column.name}'`, location)
    const value = parameter(
      planning.inputs.template(input),
      textFor(column.type, `${location}.${column.name}`),
      column.type,
      planning.variables,
    )
    return { kind: 'compare', operand: { kind: 'operand', column }, operator: 'eq', value }
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

/** Fields of a row: columns, relationships, `__typename`. */
export function rowFields(planning: Planning, table: TableModel, field: SelectedField): FieldNode[] {
  return planning.nested(field.location, () =>
    selectedFields(planning, field.selections, field.location).map((selected) => {
      planning.spend(selected.selections.length > 0 ? 1 : 0, selected.location)
      return rowField(planning, table, selected)
    }),
  )
}

function rowField(planning: Planning, table: TableModel, field: SelectedField): FieldNode {
  const { key, name } = field
  if (name === '__typename') return { kind: 'constant', key, value: table.name }
  const column = table.columns.get(name)
  if (column !== undefined) return { kind: 'column', key, column, jsonPath: isJson(column) ? pathOf(planning, field) : undefined }
  const relationship = table.relationships.get(name)
  if (relationship !== undefined) {
    const { link, target } = relationship
    if (link.cardinality === 'to_many') return { kind: 'relation', key, link, read: readOf(planning, target, field), required: false }
    const read: ReadNode = { kind: 'read', relation: target.relation, fields: rowFields(planning, target, field), order: [] }
    return { kind: 'relation', key, link, read, required: false }
  }
  const aggregated = name.endsWith('_aggregate') ? table.relationships.get(name.slice(0, -'_aggregate'.length)) : undefined
  if (aggregated?.link.cardinality === 'to_many') {
    return { kind: 'relation_aggregate', key, link: aggregated.link, read: aggregateOf(planning, aggregated.target, field) }
  }
  throw validationFailed(`field '${name}' not found in type: '${table.name}'`, field.location)
}

/** `$.a.b[0]`, `a.b`, `["x y"]` as steps. The path is part of the plan, so an index on it can be used. */
function pathOf(planning: Planning, field: SelectedField): JsonPath | undefined {
  const node = field.node.arguments?.find((argument) => argument.name.value === 'path')?.value
  if (node === undefined) return undefined
  if (node.kind === Kind.VARIABLE) planning.literalVariables.add(node.name.value)
  const text = planning.inputs.now(planning.inputs.of(node))
  if (text === null || text === undefined) return undefined
  const steps: (string | number)[] = []
  let rest = String(text).replace(/^\$/, '')
  while (rest !== '') {
    const step = /^\.?([A-Za-z_$][\w$-]*)|^\[(\d+)\]|^\["((?:[^"\\]|\\.)*)"\]|^\['((?:[^'\\]|\\.)*)'\]/.exec(rest)
    if (step === null) throw validationFailed(`parse json path error: unexpected "${rest.slice(0, 20)}"`, `${field.location}.args.path`)
    steps.push(step[2] === undefined ? (step[1] ?? step[3] ?? step[4] ?? '').replace(/\\(.)/g, '$1') : Number(step[2]))
    rest = rest.slice(step[0].length)
  }
  return steps.length === 0 ? undefined : { steps, asText: false }
}

/** `T_aggregate { aggregate {…} nodes {…} }` */
export function aggregateOf(planning: Planning, table: TableModel, field: SelectedField): AggregateReadNode {
  const list = listArguments(planning, table, field)
  const limit = typeof list.limit === 'number' ? list.limit : undefined
  const parts = planning.nested(field.location, () =>
    selectedFields(planning, field.selections, field.location).map((part): AggregateReadNode['parts'][number] => {
      planning.spend(1, part.location)
      if (part.name === '__typename') return { kind: 'constant', key: part.key, value: `${table.name}_aggregate` }
      if (part.name === 'nodes')
        return { kind: 'nodes', key: part.key, fields: planning.list(limit, () => rowFields(planning, table, part)) }
      return { kind: 'aggregate', key: part.key, fields: aggregateFields(planning, table, part) }
    }),
  )
  return { kind: 'aggregate_read', relation: table.relation, ...list, parts }
}

function aggregateFields(planning: Planning, table: TableModel, field: SelectedField): AggregatePart[] {
  return selectedFields(planning, field.selections, field.location).map((selected): AggregatePart => {
    const { key, name } = selected
    if (name === '__typename') return { kind: 'constant', key, value: `${table.name}_aggregate_fields` }
    planning.spend(1, selected.location)
    if (name === 'count') return { kind: 'call', call: countCall(planning, table, selected) }
    const calls = selectedFields(planning, selected.selections, selected.location).map((column) => {
      if (column.name === '__typename') return { kind: 'constant' as const, key: column.key, value: `${table.name}_${name}_fields` }
      return { key: column.key, function: name as AggregateCall['function'], columns: [columnNamed(table, column.name)] }
    })
    return { kind: 'group', key, calls }
  })
}

function countCall(planning: Planning, table: TableModel, field: SelectedField): AggregateCall {
  const given = argumentsOf(planning, field)
  const columns = given.get('columns')
  const distinct = given.get('distinct')
  return {
    key: field.key,
    function: 'count',
    columns: columns === undefined ? [] : planning.inputs.items(columns).map((item) => columnNamed(table, planning.inputs.enumValue(item))),
    distinct: distinct !== undefined && planning.inputs.flag(distinct),
  }
}
