// One aggregate function over the rows of an alias.
import type { AggregateCall } from '../tree.ts'
import { columnOf, typeName } from './statement.ts'

const functions: ReadonlySet<string> = new Set<AggregateCall['function']>([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'stddev',
  'stddev_pop',
  'stddev_samp',
  'variance',
  'var_pop',
  'var_samp',
])

/** `count(distinct t."a")`, `sum(t."b")`, … */
export function aggregateOf(call: AggregateCall, alias: string): string {
  if (!functions.has(call.function)) throw new TypeError(`unknown aggregate ${call.function}`)
  const columns = call.columns.map((column) => columnOf(alias, column))
  const argument = columns.length === 0 ? '*' : columns.length === 1 ? columns[0]! : `(${columns.join(', ')})`
  // `count(distinct *)` does not exist: every row is distinct as a whole.
  const printed = `${call.function}(${call.distinct === true && columns.length > 0 ? 'distinct ' : ''}${argument})`
  return call.cast === undefined ? printed : `cast(${printed} as ${typeName(call.cast)})`
}
