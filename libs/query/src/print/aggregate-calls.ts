// One aggregate function over the rows of an alias.
import type { AggregateCall } from '../tree.ts'
import { jsonPathOf } from './json-paths.ts'
import { readableOf, typeName, type Statement } from './statement.ts'

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
  'bool_and',
  'bool_or',
  'corr',
  'covar_samp',
])

/** Aggregates of several arguments; the others take several columns as one row. */
const ofPairs: ReadonlySet<string> = new Set<AggregateCall['function']>(['corr', 'covar_samp'])

/** `count(distinct t."a")`, `sum(t."b")`, … */
export function aggregateOf(statement: Statement, call: AggregateCall, alias: string): string {
  return aggregated(call, argumentsOf(statement, call, alias))
}

/** What the call is over: its columns, with path and cast. */
export function argumentsOf(statement: Statement, call: AggregateCall, alias: string): readonly string[] {
  return call.columns.map((column) => {
    const value = jsonPathOf(readableOf(statement, alias, column), column.type, call.jsonPath)
    return call.argumentCast === undefined ? value : `cast(${value} as ${typeName(call.argumentCast)})`
  })
}

/** The call over arguments that are printed already; none of them is `count(*)`. */
export function aggregated(call: AggregateCall, values: readonly string[]): string {
  if (!functions.has(call.function)) throw new TypeError(`unknown aggregate ${call.function}`)
  const list = values.join(', ')
  const argument = values.length === 0 ? '*' : values.length === 1 || ofPairs.has(call.function) ? list : `(${list})`
  // `count(distinct *)` does not exist: every row is distinct as a whole.
  const printed = `${call.function}(${call.distinct === true && values.length > 0 ? 'distinct ' : ''}${argument})`
  return call.cast === undefined ? printed : `cast(${printed} as ${typeName(call.cast)})`
}
