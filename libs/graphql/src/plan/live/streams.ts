// `T_stream`: rows in the order of one column, in batches, from a value on. A batch is read in two statements that share
// their conditions: the first finds the value that it ends with, the second its rows, and all those that are equal there.
import type { Column, Relation } from '#libs/catalog'
import { compileQueryDocument, type FilterNode, type Plan, type ReadNode, type ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { TableModel } from '../../model/role-model.ts'
import { textType } from '../built-in-types.ts'
import { filterOf } from '../filters/filters.ts'
import type { Input, Variables } from '../inputs.ts'
import { argumentsOf } from '../reads/list-arguments.ts'
import { countText, parameter, type Recipe, textFor } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { rowFields } from '../reads/reads.ts'
import { limitWithin } from '../reads/row-limit.ts'
import type { SelectedField } from '../reads/selection.ts'
import { readsOfTree, type TreeReads } from '../reads/tree-reads.ts'

/** A stream of rows. */
export interface StreamPlan {
  readonly kind: 'subscription'
  readonly mode: 'stream'
  /** The cursor's values of the next batch in their order: `{"cursor": [{"cursor": "…"}]}`. */
  readonly plan: Plan
  /** The rows up to such a value. */
  readonly batch: Plan
  readonly reads: TreeReads
  readonly relation: Relation
  /** The value that the stream begins after. */
  readonly initial: ValueNode
}

/** Rows of a batch at most, whatever is asked for: the next one follows at once. */
const BATCH_ROWS_MAX = 10_000
// Names that no variable of a document can have.
const AFTER = ' after'
const UNTIL = ' until'

/** The variables of a batch after (and until) a value of the cursor. */
export function streamVariables(variables: Variables, after: string, until?: string): Variables {
  return { ...variables, [AFTER]: after, [UNTIL]: until }
}

/** Plans the one root field of a stream. */
export function streamPlanOf(planning: Planning, table: TableModel, field: SelectedField): StreamPlan {
  const at = `${field.location}.args`
  const given = argumentsOf(planning, field)
  const where = given.get('where')
  const filter = where === undefined ? undefined : filterOf(planning, table, where, `${at}.where`)
  const { column, initial, direction } = cursorOf(planning, table, given.get('cursor'), `${at}.cursor`)
  const operand = { kind: 'operand', column } as const
  const bound = (operator: 'gt' | 'lt' | 'gte' | 'lte', name: string): FilterNode => {
    const ref: Recipe = (variables) => (variables[name] as string | undefined) ?? null
    return { kind: 'compare', operand, operator, value: { kind: 'value', value: null, type: column.type, ref } }
  }
  const after = bound(direction === 'asc' ? 'gt' : 'lt', AFTER)
  const until = bound(direction === 'asc' ? 'lte' : 'gte', UNTIL)
  const order = [{ operand, direction }] as const
  const fields = planning.list(undefined, () => rowFields(planning, table, field))
  const items = filter === undefined ? [after] : [filter, after]
  const common = { kind: 'read', relation: table.relation, order } as const
  const probe: ReadNode = {
    ...common,
    fields: [{ kind: 'column', key: 'cursor', column, cast: textType }],
    filter: { kind: 'and', items },
    limit: limitWithin(Math.min(planning.limits.rowsMax, BATCH_ROWS_MAX), batchSize(planning, given.get('batch_size'), `${at}.batch_size`)),
  }
  const batch: ReadNode = { ...common, fields, filter: { kind: 'and', items: [...items, until] } }
  return {
    kind: 'subscription',
    mode: 'stream',
    plan: compileQueryDocument([{ key: 'cursor', node: probe }]),
    batch: compileQueryDocument([{ key: field.key, node: batch }]),
    reads: readsOfTree([batch]),
    relation: table.relation,
    initial,
  }
}

function batchSize(planning: Planning, input: Input | undefined, location: string): ValueNode {
  if (input === undefined) throw validationFailed("missing required field 'batch_size'", location)
  return parameter(planning.inputs.template(input), countText(location, 32), undefined, planning.variables)
}

function cursorOf(
  planning: Planning,
  table: TableModel,
  input: Input | undefined,
  location: string,
): { readonly column: Column; readonly initial: ValueNode; readonly direction: 'asc' | 'desc' } {
  const items = input === undefined ? [] : planning.inputs.items(input).filter((item) => !planning.inputs.isNull(item))
  if (items.length > 1) throw validationFailed('multiple column cursors are not supported yet', location)
  const entries = new Map(items.length === 0 ? [] : planning.inputs.entries(items[0]!, `${table.name}_stream_cursor_input`, location))
  const value = entries.get('initial_value')
  const columns = value === undefined ? [] : planning.inputs.entries(value, `${table.name}_stream_cursor_value_input`, location)
  if (columns.length > 1) throw validationFailed('multiple column cursors are not supported yet', location)
  const [entry] = columns
  const column = entry === undefined ? undefined : table.columns.get(entry[0])
  if (entry === undefined || column === undefined) throw validationFailed('one streaming column field is expected', location)
  const place = `${location}.initial_value.${entry[0]}`
  if (planning.inputs.isNull(entry[1])) throw validationFailed('unexpected null value for the cursor of a stream', place)
  const ordering = entries.get('ordering')
  const isDescending = ordering !== undefined && planning.inputs.enumValue(ordering) === 'DESC'
  return {
    column,
    initial: parameter(planning.inputs.template(entry[1]), textFor(column.type, place), column.type, planning.variables),
    direction: isDescending ? 'desc' : 'asc',
  }
}
