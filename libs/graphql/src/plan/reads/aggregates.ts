// `T_aggregate { aggregate {…} nodes {…} }`
import type { AggregateCall, AggregatePart, AggregateReadNode } from '#libs/query'
import type { TableModel } from '../../model/role-model.ts'
import type { Input } from '../inputs.ts'
import { argumentsOf, columnNamed, columnsNamed, listArguments } from './list-arguments.ts'
import type { Planning } from '../planning.ts'
import type { RowFields } from './row-fields.ts'
import { nodesWithin } from './row-limit.ts'
import { type SelectedField, selectedFields } from './selection.ts'

/** The aggregate of a table's rows. */
export function aggregateOf(planning: Planning, table: TableModel, field: SelectedField, rowFields: RowFields): AggregateReadNode {
  // The aggregate is over all rows; only those that are listed beside it are limited.
  const list = listArguments(planning, table, field, Infinity)
  const limit = typeof list.limit === 'number' ? list.limit : undefined
  const parts = planning.nested(field.location, () =>
    selectedFields(planning, field.selections, field.location).map((part): AggregateReadNode['parts'][number] => {
      planning.spend(1, part.location)
      if (part.name === '__typename') return { kind: 'constant', key: part.key, value: `${table.name}_aggregate` }
      if (part.name === 'nodes')
        return {
          kind: 'nodes',
          key: part.key,
          fields: planning.list(limit, () => rowFields(planning, table, part)),
          ...nodesWithin(planning.limits.rowsMax),
        }
      return { kind: 'aggregate', key: part.key, fields: aggregateFields(planning, table, part) }
    }),
  )
  return { kind: 'aggregate_read', relation: table.relation, ...list, parts }
}

/** Fields of `T_aggregate_fields`. */
export function aggregateFields(planning: Planning, table: TableModel, field: SelectedField): AggregatePart[] {
  return selectedFields(planning, field.selections, field.location).map((selected): AggregatePart => {
    const { key, name } = selected
    if (name === '__typename') return { kind: 'constant', key, value: `${table.name}_aggregate_fields` }
    planning.spend(1, selected.location)
    if (name === 'count') {
      const given = argumentsOf(planning, selected)
      return { kind: 'call', call: countCall(planning, table, key, given.get('columns'), given.get('distinct'), selected.location) }
    }
    const calls = selectedFields(planning, selected.selections, selected.location).map((column) => {
      if (column.name === '__typename') return { kind: 'constant' as const, key: column.key, value: `${table.name}_${name}_fields` }
      return { key: column.key, function: name as AggregateCall['function'], columns: [columnNamed(table, column.name, column.location)] }
    })
    return { kind: 'group', key, calls }
  })
}

/** `count(columns: …, distinct: …)` */
export function countCall(
  planning: Planning,
  table: TableModel,
  key: string,
  columns: Input | undefined,
  distinct: Input | undefined,
  location: string,
): AggregateCall {
  return {
    key,
    function: 'count',
    columns: columns === undefined ? [] : columnsNamed(planning, table, columns, location),
    distinct: distinct !== undefined && planning.inputs.flag(distinct),
  }
}
