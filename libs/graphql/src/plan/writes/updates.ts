// Updates: the operators over columns (contract graphql.md section 6).
import type { Column } from '#libs/catalog'
import type { UpdateNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { scalarName } from '../../model/names.ts'
import type { TableModel } from '../../model/role-model.ts'
import type { Input } from '../inputs.ts'
import { arrayText, asItems, parameter, plainText, textFor } from '../parameters.ts'
import type { Planning } from '../planning.ts'

/** One column with what happens to it. */
export type SetItem = UpdateNode['set'][number]

type SetOperator = NonNullable<SetItem['operator']>

const updateOperators: Readonly<Record<string, SetOperator>> = {
  _set: 'set',
  _inc: 'inc',
  _append: 'append',
  _prepend: 'prepend',
  _delete_key: 'delete_key',
  _delete_elem: 'delete_elem',
  _delete_at_path: 'delete_at_path',
}

/** What the operators among `given` set; a column may be in one of them only. */
export function setOf(planning: Planning, table: TableModel, given: ReadonlyMap<string, Input>, location: string): SetItem[] {
  const set: SetItem[] = []
  for (const [name, operator] of Object.entries(updateOperators)) {
    const input = given.get(name)
    if (input === undefined) continue
    const typeName = `${table.name}${name}_input`
    for (const [key, value] of planning.inputs.entries(input, typeName, `${location}.${name}`)) {
      const column = table.updatable.get(key)
      if (column === undefined) throw validationFailed(`field '${key}' not found in type: '${typeName}'`, `${location}.${name}`)
      if (planning.inputs.isAbsent(value)) continue
      if (operator !== 'set' && planning.inputs.isNull(value))
        throw validationFailed(`unexpected null value for type '${scalarName(column.type)}'`, `${location}.${name}.${key}`)
      set.push(setItem(planning, column, operator, value, `${location}.${name}.${key}`))
    }
  }
  const twice = set.filter(({ column }, i) => set.findIndex((other) => other.column === column) !== i)
  if (twice.length > 0) {
    const names = [...new Set(twice.map(({ column }) => `'${table.nameOf(column)}'`))]
    throw validationFailed(`Column found in multiple operators: [${names.join(', ')}].`, location)
  }
  return set
}

/** An update that would change nothing is taken for a mistake. */
export function requireOperator(set: readonly SetItem[], location: string): void {
  if (set.length === 0) throw validationFailed('at least one update operator must be provided', location)
}

function setItem(planning: Planning, column: Column, operator: SetOperator, input: Input, location: string): SetItem {
  const template = planning.inputs.template(input)
  const convert =
    operator === 'delete_key' || operator === 'delete_elem'
      ? plainText
      : operator === 'delete_at_path'
        ? (value: unknown) => arrayText(asItems(value), plainText)
        : textFor(column.type, location)
  return { column, operator, value: parameter(template, convert, undefined, planning.variables) }
}
