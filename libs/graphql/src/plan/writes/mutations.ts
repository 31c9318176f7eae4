// Root fields of a mutation: each becomes statements that run one after another in the operation's transaction.
import {
  compileCallSteps,
  compileMutationSteps,
  type FieldNode,
  type FilterNode,
  type MutationAnswer,
  type MutationNode,
  type MutationPart,
} from '#libs/query'
import type { FunctionRoot, RootField, TableModel } from '../../model/role-model.ts'
import { filterOf } from '../filters/filters.ts'
import { insertOf } from './inserts.ts'
import type { Input } from '../inputs.ts'
import type { MutationStatement, MutationStep } from './mutation-steps.ts'
import { nestedInsertStatements } from './nested-inserts.ts'
import { RelatedUpdates } from './nested-updates.ts'
import type { Planning } from '../planning.ts'
import { argumentsOf, keyFilter, rowFields } from '../reads/reads.ts'
import { required } from './required-inputs.ts'
import { rootReadOf } from '../roots.ts'
import { type SelectedField, selectedFields } from '../reads/selection.ts'
import { requireOperator, setOf } from './updates.ts'

/** Plans a root field of mutation_root. */
export function mutationOf(planning: Planning, root: RootField, field: SelectedField): MutationStep {
  if (root.kind === 'function' || root.kind === 'function_aggregate') return callOf(planning, root, field)
  planning.spend(1, field.location)
  const { table, kind } = root
  const given = argumentsOf(planning, field)
  const args = `${field.location}.args`
  const one = (statements: readonly MutationStatement[]): MutationStep => ({ key: field.key, kind: 'one', statements })
  switch (kind) {
    case 'insert':
      return one(insertStatements(planning, table, given, args, 'objects', responseOf(planning, table, field)))
    case 'insert_one':
      return one(insertStatements(planning, table, given, args, 'object', { row: rowFields(planning, table, field) }))
    case 'update': {
      const filter = filterOf(planning, table, required(given, 'where', args), `${args}.where`)
      return one(updateStatements(planning, table, given, filter, args, responseOf(planning, table, field)))
    }
    case 'update_by_pk': {
      const columns = required(given, 'pk_columns', args)
      const key = new Map(planning.inputs.entries(columns, `${table.name}_pk_columns_input`, `${args}.pk_columns`))
      const filter = keyFilter(planning, table, key, `${args}.pk_columns`)
      return one(updateStatements(planning, table, given, filter, args, { row: rowFields(planning, table, field) }))
    }
    case 'update_many':
      return updateMany(planning, table, required(given, 'updates', args), field)
    case 'delete': {
      const filter = filterOf(planning, table, required(given, 'where', args), `${args}.where`)
      const node: MutationNode = { kind: 'delete', relation: table.relation, filter, returning: null }
      return one(statementsOf(node, responseOf(planning, table, field), args))
    }
    case 'delete_by_pk': {
      const filter = keyFilter(planning, table, given, args)
      const node: MutationNode = { kind: 'delete', relation: table.relation, filter, returning: null }
      return one(statementsOf(node, { row: rowFields(planning, table, field) }, args))
    }
    default:
      throw new TypeError(`${kind} is no mutation`)
  }
}

/** A function that may change rows. */
function callOf(planning: Planning, root: FunctionRoot, field: SelectedField): MutationStep {
  const node = rootReadOf(planning, root, field)
  if (node.kind !== 'call') throw new TypeError(`${root.name} is no function`)
  const plans = compileCallSteps(node)
  const statements = plans.map((plan, i) => ({ plan, path: field.location, answers: i === plans.length - 1 }))
  return { key: field.key, kind: 'one', statements }
}

/** One statement, or two where the answer looks at other rows than the changed ones. */
function statementsOf(node: MutationNode, answer: MutationAnswer, path: string): MutationStatement[] {
  const plans = compileMutationSteps(node, answer)
  return plans.map((plan, i) => ({ plan, path, answers: i === plans.length - 1 }))
}

/** `{affected_rows returning {…}}` */
function responseOf(planning: Planning, table: TableModel, field: SelectedField): MutationPart[] {
  return selectedFields(planning, field.selections, field.location).map((part): MutationPart => {
    if (part.name === '__typename') return { kind: 'constant', key: part.key, value: `${table.name}_mutation_response` }
    if (part.name === 'affected_rows') return { kind: 'affected_rows', key: part.key }
    const fields: FieldNode[] = planning.list(undefined, () => rowFields(planning, table, part))
    return { kind: 'returning', key: part.key, fields }
  })
}

function insertStatements(
  planning: Planning,
  table: TableModel,
  given: ReadonlyMap<string, Input>,
  args: string,
  name: 'objects' | 'object',
  answer: MutationAnswer,
): readonly MutationStatement[] {
  const insert = insertOf(planning, table, required(given, name, args), given.get('on_conflict'), args, name)
  const path = `${args}.${name}`
  return insert.node.nested === undefined ? statementsOf(insert.node, answer, path) : nestedInsertStatements(insert, answer, path)
}

function updateStatements(
  planning: Planning,
  table: TableModel,
  given: ReadonlyMap<string, Input>,
  filter: FilterNode,
  location: string,
  answer: MutationAnswer,
): readonly MutationStatement[] {
  const set = setOf(planning, table, given, location)
  const related = given.get('_related')
  if (related !== undefined)
    return new RelatedUpdates(planning).statements(table, { relation: table.relation, set, filter }, related, location, answer)
  requireOperator(set, location)
  return statementsOf({ kind: 'update', relation: table.relation, set, filter, returning: null }, answer, location)
}

/** Each of the updates has an answer of its own. */
function updateMany(planning: Planning, table: TableModel, updates: Input, field: SelectedField): MutationStep {
  const { inputs } = planning
  const statements = inputs.items(updates).flatMap((item, i) => {
    const at = `${field.location}.args.updates[${i}]`
    planning.spend(1, at)
    const update = new Map(inputs.entries(item, `${table.name}_updates`, at).filter(([, value]) => !inputs.isNull(value)))
    const filter = filterOf(planning, table, required(update, 'where', at), `${at}.where`)
    return updateStatements(planning, table, update, filter, at, responseOf(planning, table, field))
  })
  return { key: field.key, kind: 'many', statements }
}
