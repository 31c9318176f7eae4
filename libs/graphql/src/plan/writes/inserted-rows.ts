// Rows to insert, with the rows inside them: which columns and relationships occur, and what contradicts itself. Rows in a variable may be very many, so they are walked as they are.
import type { Column } from '#libs/catalog'
import { GraphQLFailure, validationFailed } from '../../graphql.errors.ts'
import { mayNestInserts, pointsAway } from '../../model/nested-writes.ts'
import type { Relationship, TableModel } from '../../model/role-model.ts'
import { type Input, jsonText } from '../inputs.ts'
import type { Planning } from '../planning.ts'
import { nestedKey } from './rows-text.ts'

/** Rows of one table at one depth. */
export interface RowLevel {
  readonly table: TableModel
  /** Columns that occur in at least one row, by GraphQL name. */
  readonly columns: Map<string, Column>
  /** By relationship and on_conflict. */
  readonly nested: Map<string, NestedLevel>
  /** The first row's place. */
  readonly location: string
  rows: number
}

/** Rows inside the rows of a level that have the same on_conflict; those with another one are a level of their own. */
export interface NestedLevel extends RowLevel {
  readonly relationship: Relationship
  readonly conflict: Conflict
  /** Under which the rows lie in the JSON of the outer rows; no column of these has the name. */
  readonly key: string
}

/** `text` is the same for the same on_conflict, '' for none. When it is fixed, no request of the plan has another. */
interface Conflict {
  readonly input: Input | undefined
  readonly text: string
  readonly isFixed: boolean
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
    const level = nestedLevel(relationship, this.conflictOf(relationship, input, location), relationship.name, `${location}.data`)
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
    const conflict = this.conflictOf(relationship, input, location)
    let nested = level.nested.get(`${name} ${conflict.text}`)
    if (nested === undefined) {
      if (depth >= NESTED_DEPTH_MAX) throw validationFailed(`rows may be nested ${NESTED_DEPTH_MAX} levels deep at most`, location)
      if (++this.levels > NESTED_LEVELS_MAX)
        throw validationFailed(`an insert may have ${NESTED_LEVELS_MAX} relationships at most, at all depths together`, location)
      this.planning.spend(1, location)
      nested = nestedLevel(relationship, conflict, this.keyFor(level, relationship, conflict, location), `${location}.data`)
      level.nested.set(`${name} ${conflict.text}`, nested)
    }
    this.addRelated(nested, input, location, depth + 1)
  }

  /** Rows with different on_conflicts lie under different keys, so each request must tell which is which. */
  private keyFor({ table, nested }: RowLevel, relationship: Relationship, conflict: Conflict, location: string): string {
    const others = [...nested.values()].filter((level) => level.relationship === relationship)
    if (others.length > 0 && ![conflict, ...others.map((level) => level.conflict)].every(({ isFixed }) => isFixed)) {
      const message = 'on_conflict with variables in it must be the same for all rows of one relationship'
      throw new GraphQLFailure(message, 'not-supported', `${location}.on_conflict`)
    }
    return nestedKey(table, relationship, others.length)
  }

  private conflictOf({ link, target }: Relationship, related: Input, location: string): Conflict {
    const { inputs } = this.planning
    let input: Input | undefined
    this.eachField(related, relatedTypeName(link, target), location, (key, value) => {
      if (key !== 'on_conflict') return
      const given = value()
      if (!inputs.isNull(given)) input = given
    })
    if (input === undefined) return { input, text: '', isFixed: true }
    const template = inputs.template(input)
    return template.kind === 'constant'
      ? { input, text: jsonText(template.value), isFixed: true }
      : { input, text: writtenText(input), isFixed: false }
  }

  /** `{data on_conflict}` */
  private addRelated(nested: NestedLevel, input: Input, location: string, depth: number): void {
    const { link, target } = nested.relationship
    this.eachField(input, relatedTypeName(link, target), location, (key, value) => {
      if (key === 'data') this.addRows(nested, value(), `${location}.data`, pointsAway(link) ? [] : link.targetColumns, depth)
    })
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

function nestedLevel(relationship: Relationship, conflict: Conflict, key: string, location: string): NestedLevel {
  return { relationship, conflict, key, table: relationship.target, columns: new Map(), nested: new Map(), location, rows: 0 }
}

function relatedTypeName(link: Relationship['link'], target: TableModel): string {
  return `${target.name}_${link.cardinality === 'to_one' ? 'obj' : 'arr'}_rel_insert_input`
}

/** What lies inside a variable's rows is part of the plan where it is more than a value: the shape of the variables says so. */
function insideRow(value: unknown): Input {
  return { kind: 'variable', value, path: undefined }
}

/** Equal inputs of one document have equal texts; where they have not, they count as different. */
function writtenText(input: Input): string {
  if (input.kind === 'variable') return `$${JSON.stringify(input.path)}`
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
