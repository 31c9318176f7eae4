// Fields of query_root and subscription_root that read from the database.
import type { CallNode, QueryRoot } from '#libs/query'
import type { FunctionModel, RootField } from '../model/role-model.ts'
import { aggregateOf } from './reads/aggregates.ts'
import { callOf, functionArguments, rowIsThere } from './reads/functions.ts'
import { groupsOf } from './reads/groups.ts'
import { argumentsOf } from './reads/list-arguments.ts'
import type { Planning } from './planning.ts'
import { readByKeyOf, readOf, rowFields, rowOf } from './reads/reads.ts'
import { connectionOf } from './relay/relay.ts'
import { limitWithin } from './reads/row-limit.ts'
import type { SelectedField } from './reads/selection.ts'

/** The request tree of a root field that reads. */
export function rootReadOf(planning: Planning, root: RootField, field: SelectedField): QueryRoot['node'] {
  planning.spend(1, field.location)
  switch (root.kind) {
    case 'select':
      return readOf(planning, root.table, field)
    case 'select_by_pk':
      return readByKeyOf(planning, root.table, field)
    case 'select_aggregate':
      return aggregateOf(planning, root.table, field, rowFields)
    case 'connection':
      return connectionOf(planning, root.table, field, rowFields)
    case 'select_group_by':
      return groupsOf(planning, root.table, field, rowFields)
    case 'function':
      return functionOf(planning, root.function, field)
    case 'function_aggregate':
      return aggregateOfFunction(planning, root, field)
    default:
      throw new TypeError(`${root.kind} is not read by a query`)
  }
}

/** `fn(args: …) { … }`: rows, one row, or a scalar. */
export function functionOf(planning: Planning, model: FunctionModel, field: SelectedField): CallNode {
  const given = argumentsGiven(planning, model, field)
  if (model.target === null) return callOf(model, given, null, limitWithin(planning.limits.rowsMax, undefined))
  const read = model.isSet
    ? readOf(planning, model.target, field)
    : { ...rowOf(planning, model.target, field), filter: rowIsThere(model.target.relation), single: true }
  return callOf(model, given, read)
}

function aggregateOfFunction(
  planning: Planning,
  root: Extract<RootField, { kind: 'function' | 'function_aggregate' }>,
  field: SelectedField,
): CallNode {
  const { function: model, table } = root
  if (table === null) throw new TypeError('a scalar function has no aggregate')
  return callOf(model, argumentsGiven(planning, model, field), aggregateOf(planning, table, field, rowFields))
}

function argumentsGiven(planning: Planning, model: FunctionModel, field: SelectedField) {
  const input = argumentsOf(planning, field).get('args')
  return functionArguments(planning, model, input, `${model.name}_args`, `${field.location}.args.args`)
}
