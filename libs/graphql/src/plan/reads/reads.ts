// Selections of rows to read nodes.
import type { FieldNode, FilterNode, ReadNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { type FunctionModel, isJson, type TableModel } from '../../model/role-model.ts'
import { aggregateOf } from './aggregates.ts'
import { computedColumnOf, computedLinkOf, functionArguments, rowIsThere } from './functions.ts'
import { groupsOf } from './groups.ts'
import type { Input } from '../inputs.ts'
import { jsonPathOf } from '../filters/json-path.ts'
import { argumentsOf, listArguments } from './list-arguments.ts'
import { isSpatial, parameter, textFor } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { limitWithin } from './row-limit.ts'
import { connectionOf, globalIdField } from '../relay/relay.ts'
import { type SelectedField, selectedFields } from './selection.ts'

export { argumentsOf } from './list-arguments.ts'

/** `T(where: …) { … }`: an array of rows. */
export function readOf(planning: Planning, table: TableModel, field: SelectedField): ReadNode {
  const list = listArguments(planning, table, field)
  const limit = typeof list.limit === 'number' ? list.limit : undefined
  return planning.list(limit, () => ({ kind: 'read', relation: table.relation, fields: rowFields(planning, table, field), ...list }))
}

/** `T_by_pk(id: …) { … }`: one row or null. */
export function readByKeyOf(planning: Planning, table: TableModel, field: SelectedField): ReadNode {
  const filter = keyFilter(planning, table, argumentsOf(planning, field), `${field.location}.args`)
  return { ...rowOf(planning, table, field), filter, single: true }
}

/** One row of a table, without a condition. */
export function rowOf(planning: Planning, table: TableModel, field: SelectedField): ReadNode {
  return { kind: 'read', relation: table.relation, fields: rowFields(planning, table, field), order: [] }
}

/** Every column of the primary key equals what is given. */
export function keyFilter(planning: Planning, table: TableModel, given: ReadonlyMap<string, Input>, location: string): FilterNode {
  const items = (table.primaryKey ?? []).map((column): FilterNode => {
    const name = table.nameOf(column)
    const input = given.get(name)
    if (input === undefined || planning.inputs.isNull(input)) throw validationFailed(`missing required field '${name}'`, location)
    const value = parameter(planning.inputs.template(input), textFor(column.type, `${location}.${name}`), column.type, planning.variables)
    return { kind: 'compare', operand: { kind: 'operand', column }, operator: 'eq', value }
  })
  return items.length === 1 ? items[0]! : { kind: 'and', items }
}

/** Fields of a row: columns, computed fields, relationships, `__typename`. */
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
  const globalId = name === 'id' && planning.model.relay ? globalIdField(table, key) : undefined
  if (globalId !== undefined) return globalId
  const column = table.columns.get(name)
  if (column !== undefined) {
    if (isSpatial(column.type)) return { kind: 'column', key, column, geoJson: true }
    return { kind: 'column', key, column, jsonPath: isJson(column) ? jsonPathOf(planning, field) : undefined }
  }
  const computed = table.computed.get(name)
  if (computed !== undefined) return computedField(planning, table, computed, field)
  return relatedField(planning, table, field)
}

function relatedField(planning: Planning, table: TableModel, field: SelectedField): FieldNode {
  const { key, name } = field
  const relationship = table.relationships.get(name)
  if (relationship !== undefined) {
    const { link, target } = relationship
    const read = link.cardinality === 'to_many' ? readOf(planning, target, field) : rowOf(planning, target, field)
    return { kind: 'relation', key, link, read, required: false }
  }
  const toMany = (ending: string) => {
    const found = name.endsWith(ending) ? table.relationships.get(name.slice(0, -ending.length)) : undefined
    return found?.link.cardinality === 'to_many' ? found : undefined
  }
  const aggregated = toMany('_aggregate')
  if (aggregated !== undefined)
    return { kind: 'relation_aggregate', key, link: aggregated.link, read: aggregateOf(planning, aggregated.target, field, rowFields) }
  const connected = planning.model.relay ? toMany('_connection') : undefined
  if (connected !== undefined)
    return { kind: 'relation_connection', key, link: connected.link, read: connectionOf(planning, connected.target, field, rowFields) }
  const grouped = toMany('_group_by')
  if (grouped !== undefined)
    return { kind: 'relation_groups', key, link: grouped.link, read: groupsOf(planning, grouped.target, field, rowFields) }
  throw validationFailed(`field '${name}' not found in type: '${table.name}'`, field.location)
}

/** A function of the row: a scalar, or rows like those of a relationship. */
function computedField(planning: Planning, table: TableModel, model: FunctionModel, field: SelectedField): FieldNode {
  const { key } = field
  planning.spend(1, field.location)
  const input = argumentsOf(planning, field).get('args')
  const given = functionArguments(planning, model, input, `${model.name}_${table.name}_args`, `${field.location}.args.args`)
  if (model.target === null) {
    const { returnType } = model.function
    const jsonPath = ['json', 'jsonb'].includes(returnType.name) ? jsonPathOf(planning, field) : undefined
    const geoJson = isSpatial(returnType)
    const valuesMax = model.isSet ? limitWithin(planning.limits.rowsMax, undefined) : undefined
    if (model.isSet) return { kind: 'computed', key, function: model.function, arguments: given, geoJson, valuesMax }
    if (given.length === 0) return { kind: 'column', key, column: computedColumnOf(model), jsonPath, geoJson }
    return { kind: 'computed', key, function: model.function, arguments: given, jsonPath, geoJson }
  }
  const link = computedLinkOf(table, model, model.target, given)
  const read = model.isSet
    ? readOf(planning, model.target, field)
    : { ...rowOf(planning, model.target, field), filter: rowIsThere(model.target.relation) }
  return { kind: 'relation', key, link, read, required: false }
}
