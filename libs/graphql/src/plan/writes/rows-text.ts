// The JSON text of an insert's rows, which its statements read.
import { isJson as isJsonColumn, type Relationship, type TableModel } from '../../model/role-model.ts'
import { exactJson, jsonText } from '../inputs.ts'
import { asItems, jsonValueFor } from '../parameters.ts'
import type { RowLevel } from './inserted-rows.ts'

/** The key under which rows lie in the outer rows; no column has it. `place`: among those of the relationship, by on_conflict. */
export function nestedKey({ relation }: TableModel, { name }: Relationship, place: number): string {
  // No relationship's name has a blank in it.
  let key = place === 0 ? name : `${name} ${place + 1}`
  while (relation.columnsByName.has(key)) key += '_'
  return key
}

/** How rows become the JSON that the statements read: columns by their name in the database, nested rows under a key of their own. */
interface RowsForm {
  readonly renamed: ReadonlyMap<string, string>
  /** Columns whose values are not written as they came. */
  readonly written: ReadonlyMap<string, (value: unknown) => unknown>
  /** By relationship; several when their on_conflicts differ. */
  readonly nested: ReadonlyMap<string, readonly NestedForm[]>
}

interface NestedForm {
  readonly conflict: string
  readonly key: string
  readonly form: RowsForm
}

/**
 * Makes the JSON text of the level's rows. Rows of plain columns go out as they came in. `isJson`: they come from a variable, so
 * few numbers are text; then, without documents inside whose depth would have to be looked at, JSON's own printer is the fastest.
 */
export function rowsText(level: RowLevel, isJson: boolean): (value: unknown) => string {
  const form = formOf(level)
  const print = isJson && !hasDocuments(level) ? exactJson : (rows: unknown) => jsonText(rows)
  return (value) => print(formedRows(form, value))
}

function hasDocuments({ columns, nested }: RowLevel): boolean {
  return [...columns.values()].some(isJsonColumn) || [...nested.values()].some(hasDocuments)
}

function formOf({ columns, nested, location }: RowLevel): RowsForm {
  const forms = new Map<string, NestedForm[]>()
  for (const level of nested.values()) {
    const form = { conflict: level.conflict.text, key: level.key, form: formOf(level) }
    const known = forms.get(level.relationship.name)
    if (known === undefined) forms.set(level.relationship.name, [form])
    else known.push(form)
  }
  const written = new Map<string, (value: unknown) => unknown>()
  for (const [name, { type }] of columns) {
    // Rows of a variable are many: which one is meant is not told.
    const write = jsonValueFor(type, location.replace(/\[0\]$/, ''))
    if (write !== undefined) written.set(name, write)
  }
  return {
    written,
    renamed: new Map([...columns].filter(([name, column]) => name !== column.name).map(([name, column]) => [name, column.name])),
    nested: forms,
  }
}

function formedRows(form: RowsForm, rows: unknown): readonly unknown[] {
  const list = asItems(rows)
  const isPlain = form.renamed.size === 0 && form.nested.size === 0 && form.written.size === 0
  return isPlain ? list : list.map((row) => formedRow(form, row as Record<string, unknown>))
}

function formedRow({ renamed, nested, written }: RowsForm, row: Record<string, unknown>): Record<string, unknown> {
  const entries: [string, unknown][] = []
  for (const [name, value] of Object.entries(row)) {
    const forms = nested.get(name)
    if (value === undefined) continue
    if (forms === undefined) {
      const write = written.get(name)
      entries.push([renamed.get(name) ?? name, write === undefined ? value : write(value)])
    } else if (value !== null) {
      const related = value as { data?: unknown; on_conflict?: unknown }
      const { key, form } = formFor(forms, related.on_conflict)
      entries.push([key, formedRows(form, related.data ?? [])])
    }
  }
  return Object.fromEntries(entries)
}

function formFor(forms: readonly NestedForm[], given: unknown): NestedForm {
  const [only] = forms
  if (forms.length === 1 && only !== undefined) return only
  const text = given === undefined || given === null ? '' : jsonText(given)
  const found = forms.find(({ conflict }) => conflict === text)
  if (found === undefined) throw new TypeError('the plan was made for rows with other on_conflicts')
  return found
}
