// where, order_by, limit, offset and distinct_on of a list.
import type { Column } from '#libs/catalog'
import type { FilterNode, OrderNode, ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { TableModel } from '../../model/role-model.ts'
import { filterOf } from '../filters/filters.ts'
import type { Input } from '../inputs.ts'
import { orderOf } from './orders.ts'
import { countText, parameter } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { limitWithin } from './row-limit.ts'
import type { SelectedField } from './selection.ts'

/** Arguments of a field by name; variables that were not given, and nulls, count as left out. */
export function argumentsOf(planning: Planning, field: SelectedField): ReadonlyMap<string, Input> {
  const given = new Map<string, Input>()
  for (const argument of field.node.arguments ?? []) {
    const input = planning.inputs.of(argument.value)
    if (!planning.inputs.isNull(input)) given.set(argument.name.value, input)
  }
  return given
}

/** The arguments as the request tree has them. */
export interface ListArguments {
  readonly filter?: FilterNode
  readonly order: readonly OrderNode[]
  readonly distinctOn?: readonly Column[]
  readonly limit?: ValueNode | number
  readonly offset?: ValueNode | number
}

/** where, order_by, limit, offset, distinct_on; at most `rowsMax` rows. */
export function listArguments(
  planning: Planning,
  table: TableModel,
  field: SelectedField,
  rowsMax = planning.limits.rowsMax,
): ListArguments {
  const given = argumentsOf(planning, field)
  const at = (name: string) => `${field.location}.args.${name}`
  const where = given.get('where')
  const orderBy = given.get('order_by')
  const distinct = given.get('distinct_on')
  const order = orderBy === undefined ? [] : orderOf(planning, table, orderBy, at('order_by'))
  const distinctOn = distinct === undefined ? undefined : columnsNamed(planning, table, distinct, at('distinct_on'))
  if (distinctOn !== undefined && order.length > 0) checkDistinct(distinctOn, order, field.location)
  return {
    filter: where === undefined ? undefined : filterOf(planning, table, where, at('where')),
    order,
    distinctOn,
    limit: limitWithin(rowsMax, countOf(planning, given.get('limit'), at('limit'), 32)),
    offset: countOf(planning, given.get('offset'), at('offset'), 64),
  }
}

/** LIMIT or OFFSET. A literal is printed, because Postgres plans by it; a variable is a parameter. */
export function countOf(planning: Planning, input: Input | undefined, location: string, bits: 32 | 64): ValueNode | number | undefined {
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

/** A list of `T_select_column`; one value stands for a list of one. */
export function columnsNamed(planning: Planning, table: TableModel, input: Input, location: string): Column[] {
  return planning.inputs.items(input).map((item) => columnNamed(table, planning.inputs.enumValue(item), location))
}

/** A column by its name in the schema. */
export function columnNamed(table: TableModel, name: string, location: string): Column {
  const column = table.columns.get(name)
  if (column !== undefined) return column
  const names = [...table.columns.keys()].join("', '")
  throw validationFailed(`expected one of the values ['${names}'] for type '${table.name}_select_column', but found '${name}'`, location)
}
