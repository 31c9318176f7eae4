// Mutation root fields: each becomes one statement (update_many: one for each of its updates).
import type { Column } from '#libs/catalog'
import {
  compileMutation,
  type FieldNode,
  type InsertNode,
  type MutationNode,
  type MutationPart,
  type Plan,
  type UpdateNode,
} from '#libs/query'
import { validationFailed } from '../graphql.errors.ts'
import { scalarName } from '../model/names.ts'
import type { RootField, TableModel } from '../model/role-model.ts'
import { filterOf } from './filters.ts'
import { type Input, jsonText } from './inputs.ts'
import type { MutationStep } from './mutation-steps.ts'
import { arrayText, parameter, plainText, textFor } from './parameters.ts'
import type { Planning } from './planning.ts'
import { argumentsOf, keyFilter, rowFields } from './reads.ts'
import { type SelectedField, selectedFields } from './selection.ts'

/** Plans a root field of mutation_root. */
export function mutationOf(planning: Planning, root: RootField, field: SelectedField): MutationStep {
  const { table } = root
  const given = argumentsOf(planning, field)
  const args = `${field.location}.args`
  planning.spend(1, field.location)
  const one = (path: string, node: MutationNode): MutationStep => ({
    key: field.key,
    kind: 'one',
    statements: [{ plan: answered(planning, table, field, node), path, answers: true }],
  })
  const row = (path: string, node: MutationNode): MutationStep => {
    const plan = compileMutation(node, { row: rowFields(planning, table, field) })
    return { key: field.key, kind: 'one', statements: [{ plan, path, answers: true }] }
  }
  switch (root.kind) {
    case 'insert':
      return one(`${args}.objects`, insertOf(planning, table, required(given, 'objects', args), given.get('on_conflict'), args))
    case 'insert_one':
      return row(`${args}.object`, insertOf(planning, table, required(given, 'object', args), given.get('on_conflict'), args))
    case 'update':
      return one(args, updateOf(planning, table, given, args, filterOf(planning, table, required(given, 'where', args), `${args}.where`)))
    case 'update_by_pk': {
      const key = new Map(
        planning.inputs.entries(required(given, 'pk_columns', args), `${table.name}_pk_columns_input`, `${args}.pk_columns`),
      )
      return row(args, updateOf(planning, table, given, args, keyFilter(planning, table, key, `${args}.pk_columns`)))
    }
    case 'update_many': {
      const statements = planning.inputs.items(required(given, 'updates', args)).map((item, i) => {
        const at = `${args}.updates[${i}]`
        planning.spend(1, at)
        const update = new Map(
          planning.inputs.entries(item, `${table.name}_updates`, at).filter(([, value]) => !planning.inputs.isNull(value)),
        )
        const filter = filterOf(planning, table, required(update, 'where', at), `${at}.where`)
        const plan = answered(planning, table, field, updateOf(planning, table, update, at, filter))
        return { plan, path: at, answers: true }
      })
      return { key: field.key, kind: 'many', statements }
    }
    case 'delete':
      return one(args, {
        kind: 'delete',
        relation: table.relation,
        filter: filterOf(planning, table, required(given, 'where', args), `${args}.where`),
        returning: null,
      })
    case 'delete_by_pk':
      return row(args, { kind: 'delete', relation: table.relation, filter: keyFilter(planning, table, given, args), returning: null })
    default:
      throw new TypeError(`${root.kind} is no mutation`)
  }
}

function required(given: ReadonlyMap<string, Input>, name: string, location: string): Input {
  const input = given.get(name)
  if (input === undefined) throw validationFailed(`missing required field '${name}'`, location)
  return input
}

/** `{affected_rows returning {…}}` */
function answered(planning: Planning, table: TableModel, field: SelectedField, node: MutationNode): Plan {
  const parts = selectedFields(planning, field.selections, field.location).map((part): MutationPart => {
    if (part.name === '__typename') return { kind: 'constant', key: part.key, value: `${table.name}_mutation_response` }
    if (part.name === 'affected_rows') return { kind: 'affected_rows', key: part.key }
    const fields: FieldNode[] = planning.list(undefined, () => rowFields(planning, table, part))
    return { kind: 'returning', key: part.key, fields }
  })
  return compileMutation(node, parts)
}

function insertOf(planning: Planning, table: TableModel, objects: Input, onConflict: Input | undefined, args: string): InsertNode {
  const { inputs } = planning
  const rows = inputs.items(objects)
  const names = new Set<string>()
  for (const row of rows) {
    for (const [key, value] of inputs.entries(row, `${table.name}_insert_input`, `${args}.objects`)) {
      if (inputs.isAbsent(value)) continue
      if (!table.insertable.has(key))
        throw validationFailed(`field '${key}' not found in type: '${table.name}_insert_input'`, `${args}.objects`)
      names.add(key)
    }
  }
  let columns = [...table.insertable.values()].filter((column) => names.has(column.name))
  // No rows: any one column will do, and none is written.
  if (rows.length === 0) columns = [...table.insertable.values()].slice(0, 1)
  const template = inputs.template(objects)
  const convert = (value: unknown) => jsonText(Array.isArray(value) ? value : [value])
  return {
    kind: 'insert',
    relation: table.relation,
    columns,
    rows: parameter(template, convert, 'json', planning.variables),
    missingAsDefault: true,
    conflict: onConflict === undefined ? undefined : conflictOf(planning, table, onConflict, `${args}.on_conflict`),
    returning: null,
  }
}

function conflictOf(planning: Planning, table: TableModel, input: Input, location: string): InsertNode['conflict'] {
  const given = new Map(
    planning.inputs.entries(input, `${table.name}_on_conflict`, location).filter(([, value]) => !planning.inputs.isNull(value)),
  )
  const key = table.constraints.get(planning.inputs.enumValue(required(given, 'constraint', location)))
  if (key === undefined) throw validationFailed(`missing required field 'constraint'`, location)
  const columns = given.get('update_columns')
  const update =
    columns === undefined
      ? []
      : planning.inputs.items(columns).map((item) => updateColumn(table, planning.inputs.enumValue(item), location))
  const where = given.get('where')
  return {
    target: key.columns,
    action: update.length === 0 ? 'ignore' : 'merge',
    update,
    filter: where === undefined ? undefined : filterOf(planning, table, where, `${location}.where`),
  }
}

function updateColumn(table: TableModel, name: string, location: string): Column {
  const column = table.updatable.get(name)
  if (column === undefined) throw validationFailed('erroneous column name', `${location}.update_columns`)
  return column
}

type SetItem = UpdateNode['set'][number]

function updateOf(
  planning: Planning,
  table: TableModel,
  given: ReadonlyMap<string, Input>,
  args: string,
  filter: UpdateNode['filter'],
): UpdateNode {
  const set: SetItem[] = []
  for (const [name, operator] of Object.entries(updateOperators)) {
    const input = given.get(name)
    if (input === undefined) continue
    for (const [key, value] of planning.inputs.entries(input, `${table.name}${name}_input`, `${args}.${name}`)) {
      const column = table.updatable.get(key)
      if (column === undefined) throw validationFailed(`field '${key}' not found in type: '${table.name}${name}_input'`, `${args}.${name}`)
      if (planning.inputs.isAbsent(value)) continue
      if (operator !== 'set' && planning.inputs.isNull(value))
        throw validationFailed(`unexpected null value for type '${scalarName(column.type)}'`, `${args}.${name}.${key}`)
      set.push(setItem(planning, column, operator, value, `${args}.${name}.${key}`))
    }
  }
  if (set.length === 0) throw validationFailed('at least one update operator must be provided', args)
  const twice = set.filter(({ column }, i) => set.findIndex((other) => other.column === column) !== i)
  if (twice.length > 0) {
    const names = [...new Set(twice.map(({ column }) => `'${column.name}'`))]
    throw validationFailed(`Column found in multiple operators: [${names.join(', ')}].`, args)
  }
  return { kind: 'update', relation: table.relation, set, filter, returning: null }
}

const updateOperators: Readonly<Record<string, NonNullable<SetItem['operator']>>> = {
  _set: 'set',
  _inc: 'inc',
  _append: 'append',
  _prepend: 'prepend',
  _delete_key: 'delete_key',
  _delete_elem: 'delete_elem',
  _delete_at_path: 'delete_at_path',
}

function setItem(planning: Planning, column: Column, operator: NonNullable<SetItem['operator']>, input: Input, location: string): SetItem {
  const template = planning.inputs.template(input)
  const convert =
    operator === 'delete_key' || operator === 'delete_elem'
      ? plainText
      : operator === 'delete_at_path'
        ? (value: unknown) => arrayText(Array.isArray(value) ? value : [value], plainText)
        : textFor(column.type, location)
  return { column, operator, value: parameter(template, convert, undefined, planning.variables) }
}
