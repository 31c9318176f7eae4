// Rows to insert, with the rows inside them: which columns and relationships occur, what contradicts itself, and the JSON
// text that the statements read. Rows in a variable may be very many, so they are walked as they are.
import type { Column } from '#libs/catalog'
import { validationFailed } from '../../graphql.errors.ts'
import { mayNestInserts, pointsAway } from '../../model/nested-writes.ts'
import { isJson as isJsonColumn, type Relationship, type TableModel } from '../../model/role-model.ts'
import { exactJson, type Input, jsonText } from '../inputs.ts'
import type { Planning } from '../planning.ts'

/** Rows of one table at one depth. */
export interface RowLevel {
  readonly table: TableModel
  /** Columns that occur in at least one row, by GraphQL name. */
  readonly columns: Map<string, Column>
  readonly nested: Map<string, NestedLevel>
  /** The first row's place. */
  readonly location: string
  rows: number
}

/** Rows inside the rows of a level. `conflicts`: each on_conflict that some of them have, by its text; '' for none. */
export interface NestedLevel extends RowLevel {
  readonly relationship: Relationship
  readonly conflicts: Map<string, Input | undefined>
}

/** Levels of rows at all depths of one insert: each is a statement. How many rows they may have shapes.ts says. */
const NESTED_LEVELS_MAX = 24
/** How deep rows may lie in rows. */
const NESTED_DEPTH_MAX = 5

/** Walks the rows of one insert. */
export class InsertedRows {
  private levels = 1

  constructor(private readonly planning: Planning) {}

  /** The rows of `objects` or `object`. */
  read(table: TableModel, objects: Input, location: string): RowLevel {
    const level: RowLevel = { table, columns: new Map(), nested: new Map(), location: `${location}[0]`, rows: 0 }
    this.addRows(level, objects, location, [], 1)
    return level
  }

  /** Rows that hang on rows which are there already: `{data on_conflict}` of a relationship. */
  readRelated(relationship: Relationship, input: Input, location: string): NestedLevel {
    const level = nestedLevel(relationship, `${location}.data`)
    this.addRelated(level, input, location, 1)
    return level
  }

  private addRows(level: RowLevel, rows: Input, location: string, determined: readonly string[], depth: number): void {
    const { inputs } = this.planning
    if (rows.kind === 'variable') {
      const items = Array.isArray(rows.value) ? (rows.value as readonly unknown[]) : [rows.value]
      items.forEach((item, i) => this.addRow(level, insideRow(item), location, i, determined, depth))
      return
    }
    inputs.items(rows).forEach((row, i) => this.addRow(level, row, location, i, determined, depth))
  }

  /** `determined`: columns that the outer row gives. */
  private addRow(level: RowLevel, row: Input, location: string, index: number, determined: readonly string[], depth: number): void {
    level.rows += 1
    const { table } = level
    const own: string[] = []
    const related: (readonly [Relationship, Input])[] = []
    this.eachField(row, `${table.name}_insert_input`, location, (key, value) => {
      const column = table.insertable.get(key)
      if (column !== undefined) {
        level.columns.set(key, column)
        if (determined.length > 0 || table.relationships.size > 0) own.push(column.name)
        return
      }
      const relationship = table.relationships.get(key)
      if (relationship === undefined || !mayNestInserts(table, relationship))
        throw validationFailed(`field '${key}' not found in type: '${table.name}_insert_input'`, `${location}[${index}]`)
      const input = value()
      if (!this.planning.inputs.isNull(input)) related.push([relationship, input])
    })
    if (determined.length === 0 && related.length === 0) return
    const at = `${location}[${index}]`
    this.checkColumns(table, own, determined, at)
    for (const [relationship, input] of related) {
      const given = [...determined, ...own]
      this.addNested(level, relationship, input, given, `${at}.${relationship.name}`, depth)
    }
  }

  private checkColumns(table: TableModel, own: readonly string[], determined: readonly string[], location: string): void {
    const twice = own.filter((name) => determined.includes(name))
    if (twice.length > 0)
      throw validationFailed(
        `cannot insert ${quotedColumns(table, twice)} columns as their values are already being determined by parent insert`,
        location,
      )
  }

  private addNested(
    level: RowLevel,
    relationship: Relationship,
    input: Input,
    given: readonly string[],
    location: string,
    depth: number,
  ): void {
    const { link, name } = relationship
    const twice = pointsAway(link) ? link.columns.filter((column) => given.includes(column)) : []
    if (twice.length > 0)
      throw validationFailed(
        `cannot insert object relationship "${name}" as ${quotedColumns(level.table, twice)} column values are already determined`,
        location,
      )
    let nested = level.nested.get(name)
    if (nested === undefined) {
      if (depth >= NESTED_DEPTH_MAX) throw validationFailed(`rows may be nested ${NESTED_DEPTH_MAX} levels deep at most`, location)
      if (++this.levels > NESTED_LEVELS_MAX)
        throw validationFailed(`an insert may have ${NESTED_LEVELS_MAX} relationships at most, at all depths together`, location)
      this.planning.spend(1, location)
      nested = nestedLevel(relationship, `${location}.data`)
      level.nested.set(name, nested)
    }
    this.addRelated(nested, input, location, depth + 1)
  }

  /** `{data on_conflict}` */
  private addRelated(nested: NestedLevel, input: Input, location: string, depth: number): void {
    const { link, target } = nested.relationship
    let conflict: Input | undefined
    this.eachField(input, `${target.name}_${link.cardinality === 'to_one' ? 'obj' : 'arr'}_rel_insert_input`, location, (key, value) => {
      const item = value()
      if (key === 'data') this.addRows(nested, item, `${location}.data`, pointsAway(link) ? [] : link.targetColumns, depth)
      else if (!this.planning.inputs.isNull(item)) conflict = item
    })
    nested.conflicts.set(conflict === undefined ? '' : conflictText(conflict), conflict)
  }

  /** Keys that are given, without making an input of each value. */
  private eachField(row: Input, typeName: string, location: string, visit: (key: string, value: () => Input) => void): void {
    const { inputs } = this.planning
    if (row.kind === 'variable' && typeof row.value === 'object' && row.value !== null && !Array.isArray(row.value)) {
      for (const [key, value] of Object.entries(row.value)) {
        if (value !== undefined) visit(key, () => insideRow(value))
      }
      return
    }
    for (const [key, value] of inputs.entries(row, typeName, location)) if (!inputs.isAbsent(value)) visit(key, () => value)
  }
}

function nestedLevel(relationship: Relationship, location: string): NestedLevel {
  return { relationship, table: relationship.target, columns: new Map(), nested: new Map(), conflicts: new Map(), location, rows: 0 }
}

/** What lies inside a variable's rows is part of the plan where it is more than a value: the shape of the variables says so. */
function insideRow(value: unknown): Input {
  return { kind: 'variable', value, path: undefined }
}

/** Equal inputs of one document have equal texts; where they have not, they count as different. */
function conflictText(input: Input): string {
  if (input.kind === 'variable') return exactJson(input.path === undefined ? [input.value] : input.path)
  const { loc } = input.node
  return loc === undefined ? JSON.stringify(input.node) : loc.source.body.slice(loc.start, loc.end)
}

function quotedColumns(table: TableModel, names: readonly string[]): string {
  return names
    .map((name) => {
      const column = table.relation.columnsByName.get(name)
      return `"${column === undefined ? name : table.nameOf(column)}"`
    })
    .join(', ')
}

/** How rows become the JSON that the statements read: columns by their name in the database, nested rows under a key of their own. */
interface RowsForm {
  readonly renamed: ReadonlyMap<string, string>
  readonly nested: ReadonlyMap<string, { readonly key: string; readonly form: RowsForm }>
}

/** The key under which a level's rows lie in the outer rows; no column has it. */
export function nestedKey(table: TableModel, relationship: Relationship): string {
  let key = relationship.name
  while (table.relation.columnsByName.has(key)) key += '_'
  return key
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

function formOf({ table, columns, nested }: RowLevel): RowsForm {
  return {
    renamed: new Map([...columns].filter(([name, column]) => name !== column.name).map(([name, column]) => [name, column.name])),
    nested: new Map([...nested].map(([name, level]) => [name, { key: nestedKey(table, level.relationship), form: formOf(level) }])),
  }
}

function formedRows(form: RowsForm, rows: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(rows) ? rows : [rows]
  return form.renamed.size === 0 && form.nested.size === 0 ? list : list.map((row) => formedRow(form, row as Record<string, unknown>))
}

function formedRow({ renamed, nested }: RowsForm, row: Record<string, unknown>): Record<string, unknown> {
  const entries: [string, unknown][] = []
  for (const [name, value] of Object.entries(row)) {
    const inner = nested.get(name)
    if (value === undefined) continue
    if (inner === undefined) entries.push([renamed.get(name) ?? name, value])
    else if (value !== null) entries.push([inner.key, formedRows(inner.form, (value as { data?: unknown }).data ?? [])])
  }
  return Object.fromEntries(entries)
}
