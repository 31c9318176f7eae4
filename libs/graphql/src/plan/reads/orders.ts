// `order_by`: a list of objects; an object with several keys is applied in the order they were written.
import type { AggregateCall, OrderNode, RelationshipLink } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { TableModel } from '../../model/role-model.ts'
import { computedColumnOf } from './functions.ts'
import type { Input } from '../inputs.ts'
import type { Planning } from '../planning.ts'

/** The order of an order_by argument. */
export function orderOf(planning: Planning, table: TableModel, input: Input, location: string): OrderNode[] {
  return planning.inputs.items(input).flatMap((item, i) => objectOf(planning, table, item, [], `${location}[${i}]`))
}

function objectOf(planning: Planning, table: TableModel, input: Input, links: readonly RelationshipLink[], location: string): OrderNode[] {
  return planning.inputs.entries(input, `${table.name}_order_by`, location).flatMap(([key, value]): OrderNode[] => {
    const at = `${location}.${key}`
    if (planning.inputs.isNull(value)) return []
    const column = table.columns.get(key)
    if (column !== undefined) {
      return [{ operand: { kind: 'operand', column, relatedBy: links.length === 0 ? undefined : links }, ...directionOf(planning, value) }]
    }
    planning.spend(1, at)
    const computed = table.computed.get(key)
    if (computed?.target === null && !computed.isSet) {
      const operand = { kind: 'operand' as const, column: computedColumnOf(computed), relatedBy: links.length === 0 ? undefined : links }
      return [{ operand, ...directionOf(planning, value) }]
    }
    const relationship = table.relationships.get(key)
    if (relationship?.link.cardinality === 'to_one')
      return objectOf(planning, relationship.target, value, [...links, relationship.link], at)
    const aggregated = key.endsWith('_aggregate') ? table.relationships.get(key.slice(0, -'_aggregate'.length)) : undefined
    if (aggregated?.link.cardinality === 'to_many')
      return aggregateOrders(planning, aggregated.target, value, [...links, aggregated.link], at)
    throw validationFailed(`field '${key}' not found in type: '${table.name}_order_by'`, at)
  })
}

/** `{count: desc, max: {id: asc}}` over the related rows; without links over the rows of a group. */
export function aggregateOrders(
  planning: Planning,
  table: TableModel,
  input: Input,
  links: readonly RelationshipLink[],
  location: string,
): OrderNode[] {
  const order = (call: Omit<AggregateCall, 'key'>, value: Input): OrderNode => ({
    operand: {
      kind: 'operand',
      column: call.columns[0] ?? table.columns.values().next().value!,
      relatedBy: links.length === 0 ? undefined : links,
      aggregate: { key: '', ...call },
    },
    ...directionOf(planning, value),
  })
  return planning.inputs.entries(input, `${table.name}_aggregate_order_by`, location).flatMap(([key, value]): OrderNode[] => {
    if (planning.inputs.isNull(value)) return []
    if (key === 'count') return [order({ function: 'count', columns: [] }, value)]
    return planning.inputs.entries(value, `${table.name}_${key}_order_by`, `${location}.${key}`).flatMap(([name, direction]) => {
      const column = table.columns.get(name)
      if (column === undefined)
        throw validationFailed(`field '${name}' not found in type: '${table.name}_${key}_order_by'`, `${location}.${key}.${name}`)
      return planning.inputs.isNull(direction) ? [] : [order({ function: key as AggregateCall['function'], columns: [column] }, direction)]
    })
  })
}

/** `desc_nulls_last` and the like; Postgres' defaults are Hasura's. */
export function directionOf(planning: Planning, input: Input): Pick<OrderNode, 'direction' | 'nulls'> {
  const match = /^(asc|desc)(?:_nulls_(first|last))?$/.exec(planning.inputs.enumValue(input))
  return { direction: match?.[1] === 'desc' ? 'desc' : 'asc', nulls: match?.[2] as 'first' | 'last' | undefined }
}
