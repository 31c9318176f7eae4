// `T_group_by(by: …) { key {…} aggregate {…} nodes {…} }`
import { baseType } from '#libs/query'
import type { DataType } from '#libs/catalog'
import type { AggregateCall, FilterNode, GroupReadNode, OrderNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { isNumeric, type TableModel } from '../../model/role-model.ts'
import { aggregateFields, countCall } from './aggregates.ts'
import { bigintType, numericType } from '../built-in-types.ts'
import { comparand, type Comparand } from '../filters/comparand.ts'
import { comparisonOf } from '../filters/comparisons.ts'
import { filterOf, junctionOf } from '../filters/filters.ts'
import type { Input } from '../inputs.ts'
import { argumentsOf, columnNamed, columnsNamed, countOf } from './list-arguments.ts'
import { aggregateOrders, directionOf } from './orders.ts'
import { isSpatial } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import type { RowFields } from './row-fields.ts'
import { limitWithin, nodesWithin } from './row-limit.ts'
import { type SelectedField, selectedFields } from './selection.ts'

type GroupPart = GroupReadNode['parts'][number]

/** Groups of a table's rows. */
export function groupsOf(planning: Planning, table: TableModel, field: SelectedField, rowFields: RowFields): GroupReadNode {
  const given = argumentsOf(planning, field)
  const at = (name: string) => `${field.location}.args.${name}`
  const names = given.get('by')
  if (names === undefined) throw validationFailed("missing required field 'by'", `${field.location}.args`)
  const by = [...new Set(columnsNamed(planning, table, names, at('by')))]
  if (by.length === 0) throw validationFailed('at least one column to group by must be given', at('by'))
  for (const column of by)
    if (baseType(column.type).name === 'json')
      throw validationFailed(`rows cannot be grouped by '${table.nameOf(column)}': values of type json have no equality`, at('by'))
  const where = given.get('where')
  const having = given.get('having')
  const orderBy = given.get('order_by')
  const limit = limitWithin(planning.limits.rowsMax, countOf(planning, given.get('limit'), at('limit'), 32))
  return {
    kind: 'group_read',
    relation: table.relation,
    ...(where === undefined ? {} : { filter: filterOf(planning, table, where, at('where')) }),
    by,
    ...(having === undefined ? {} : { having: havingOf(planning, table, having, at('having')) }),
    order: orderBy === undefined ? [] : ordersOf(planning, table, by, orderBy, at('order_by')),
    ...(limit === undefined ? {} : { limit }),
    offset: countOf(planning, given.get('offset'), at('offset'), 64),
    parts: planning.list(typeof limit === 'number' ? limit : undefined, () => partsOf(planning, table, by, field, rowFields)),
  }
}

function partsOf(planning: Planning, table: TableModel, by: GroupReadNode['by'], field: SelectedField, rowFields: RowFields): GroupPart[] {
  return planning.nested(field.location, () =>
    selectedFields(planning, field.selections, field.location).map((part): GroupPart => {
      const { key } = part
      planning.spend(1, part.location)
      if (part.name === '__typename') return { kind: 'constant', key, value: table.groupName }
      if (part.name === 'aggregate') return { kind: 'aggregate', key, fields: aggregateFields(planning, table, part) }
      if (part.name === 'nodes') {
        const fields = planning.list(undefined, () => rowFields(planning, table, part))
        return { kind: 'nodes', key, fields, ...nodesWithin(planning.limits.rowsMax) }
      }
      const fields = selectedFields(planning, part.selections, part.location).map((selected) => {
        if (selected.name === '__typename') return { kind: 'constant' as const, key: selected.key, value: `${table.groupName}_key` }
        const column = columnNamed(table, selected.name, selected.location)
        mustBeGrouped(by, column, selected.name, selected.location)
        return { kind: 'column' as const, key: selected.key, column, geoJson: isSpatial(column.type) }
      })
      return { kind: 'key', key, fields }
    }),
  )
}

function mustBeGrouped(by: GroupReadNode['by'], column: GroupReadNode['by'][number], name: string, location: string): void {
  if (!by.includes(column)) throw validationFailed(`the column '${name}' is not in the argument 'by'`, location)
}

/** `T_group_order_by` */
function ordersOf(planning: Planning, table: TableModel, by: GroupReadNode['by'], input: Input, location: string): OrderNode[] {
  const { inputs } = planning
  return inputs.items(input).flatMap((item, i) => {
    const at = `${location}[${i}]`
    return inputs.entries(item, `${table.groupName}_order_by`, at).flatMap(([name, value]): OrderNode[] => {
      if (inputs.isNull(value)) return []
      if (name === 'aggregate') return aggregateOrders(planning, table, value, [], `${at}.aggregate`)
      return inputs.entries(value, `${table.groupName}_key_order_by`, `${at}.key`).flatMap(([key, direction]): OrderNode[] => {
        if (inputs.isNull(direction)) return []
        const column = columnNamed(table, key, `${at}.key.${key}`)
        mustBeGrouped(by, column, key, `${at}.key.${key}`)
        return [{ operand: { kind: 'operand', column }, ...directionOf(planning, direction) }]
      })
    })
  })
}

/** `T_having_exp`: conditions on aggregates of a group. */
function havingOf(planning: Planning, table: TableModel, input: Input, location: string): FilterNode {
  const { inputs } = planning
  return junctionOf(planning, `${table.name}_having_exp`, input, location, (name, value, at): FilterNode => {
    planning.spend(1, at)
    if (name === 'count') {
      const parts = new Map(inputs.entries(value, `${table.name}_count_having`, at).filter(([, part]) => !inputs.isNull(part)))
      const predicate = parts.get('predicate')
      if (predicate === undefined) throw validationFailed(`missing required field 'predicate'`, at)
      const call = countCall(planning, table, '', parts.get('arguments'), parts.get('distinct'), `${at}.arguments`)
      return comparisonOf(planning, aggregated(table, call, bigintType), predicate, `${at}.predicate`)
    }
    const items = inputs.entries(value, `${table.name}_${name}_having`, at).map(([key, comparison]) => {
      const column = columnNamed(table, key, `${at}.${key}`)
      const call: AggregateCall = { key: '', function: name as AggregateCall['function'], columns: [column] }
      // Numeric beside sums and averages: whatever the column is, nothing of the value is lost.
      const isSelf = name === 'min' || name === 'max' || !isNumeric(column) || baseType(column.type).name === 'money'
      return comparisonOf(planning, aggregated(table, call, isSelf ? column.type : numericType), comparison, `${at}.${key}`)
    })
    return items.length === 1 ? items[0]! : { kind: 'and', items }
  })
}

/** The aggregate as the left side of comparisons. */
function aggregated(table: TableModel, call: AggregateCall, type: DataType): Comparand {
  const column = call.columns[0] ?? table.columns.values().next().value!
  return comparand({ kind: 'operand', column, aggregate: call }, type)
}
