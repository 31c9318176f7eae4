// Inserts of rows with rows inside them: a sequence of statements, one for each level (docs/decisions says why).
import { quoteIdentifier } from '#libs/postgres'
import type { CompileOptions } from './compile.ts'
import { rowsBody } from './print/bodies.ts'
import { keptList, keptRows } from './print/kept-rows.ts'
import { answerBody, answeredFields, type MutationAnswer } from './print/mutation-answers.ts'
import { conflictOf, givenOrDefault, recordColumns } from './print/mutations.ts'
import { needsList, needsOf, type Needs } from './print/needs.ts'
import {
  addAffected,
  affectedRows,
  countOfGiven,
  countOfKeys,
  countWhen,
  insertedKeys,
  keepRows,
  keysSetting,
  nestedRows,
  type NestedPlace,
} from './print/nested-rows.ts'
import { rowCount } from './print/row-guard.ts'
import { columnOf, relationName, Statement } from './print/statement.ts'
import { primaryKeyColumns } from './relationships.ts'
import type { NestedPlan, Plan, PlanColumn } from './plan.ts'
import type { InsertNode, NestedInsert } from './mutation-tree.ts'
import type { RelationshipLink } from './tree.ts'

/** How deep rows may lie in rows; the outermost are the first level. */
export const NESTED_DEPTH_MAX = 5

/** A level on the way to becoming a statement. */
interface Level {
  readonly node: InsertNode
  readonly place: NestedPlace
  /** Where its statement stands in the sequence; inner rows that go first have smaller numbers. */
  readonly step: number
  /** Columns whose values later statements ask for. */
  readonly keys: readonly string[]
  /** Others hang on its rows by their numbers: none may be skipped. */
  readonly isMatched: boolean
  /** What the answer reads of the outermost rows, where it is read from the rows themselves. */
  readonly answered: Needs | undefined
  /** The outer rows, when they give these their key. */
  readonly outer: { readonly link: RelationshipLink; readonly level: Level } | undefined
  /** Inner rows that were inserted first. */
  readonly before: readonly { readonly link: RelationshipLink; readonly level: Level }[]
}

/** What of {@link CompileOptions} a nested insert has. */
export type NestedOptions = Pick<CompileOptions, 'body' | 'stripNulls' | 'geoJsonSchema' | 'location' | 'order' | 'guard'> & {
  /** GraphQL's answer instead of all these: `affected_rows` counts the rows of all levels. No primary key is needed. */
  readonly answer?: MutationAnswer
}

/**
 * Compiles an insert with nested rows. `node.returning` and `location` are read from the outer rows when all are inserted;
 * that needs a primary key. Rows of one level go in the order of the request. Fails for levels deeper than
 * {@link NESTED_DEPTH_MAX} and for links without a foreign key: dialects refuse those first.
 */
export function compileNestedInsert(node: InsertNode, options: NestedOptions = {}): NestedPlan {
  const levels: Level[] = []
  const { answer } = options
  const isRead = answer === undefined && (node.returning !== null || options.location === true)
  const top = addLevel(levels, node, { rows: node.rows, path: [] }, undefined, {
    columns: isRead ? primaryKeyOf(node) : [],
    answered: answer === undefined ? undefined : needsOf(answeredFields(answer)),
  })
  const last = answer === undefined ? answerStep(node, top, options) : answerOfRows(top, answer)
  const isCounted = answer !== undefined && countsAffected(answer)
  return {
    steps: [...levels.map((level) => insertStep(level, isCounted)), last],
    nodes: levels.map((level) => level.node),
    relations: levels.map((level) => level.node.relation),
  }
}

/** What is asked of a level's rows beyond what its place demands. */
interface Wanted {
  readonly columns: readonly string[]
  readonly answered?: Needs
  readonly isMatched?: boolean
}

/** Adds a level and those inside it to the sequence, in the order in which they have to run. */
function addLevel(levels: Level[], node: InsertNode, place: NestedPlace, outer: Level['outer'], wanted: Wanted): Level {
  if (place.path.length >= NESTED_DEPTH_MAX) throw new TypeError('rows are nested too deeply')
  const nested = node.nested ?? []
  const inside = (item: NestedInsert): NestedPlace => ({ rows: place.rows, path: [...place.path, item.key] })
  const before = nested.filter(goesFirst).map((item) => ({
    link: item.link,
    level: addLevel(levels, item.node, inside(item), undefined, { columns: item.link.targetColumns, isMatched: true }),
  }))
  const after = nested.filter((item) => !goesFirst(item))
  const keys = [...new Set([...wanted.columns, ...after.flatMap(({ link }) => link.columns)])]
  // Without on_conflict no outermost row may be missing either: whoever reads the answer counts on it.
  const isMatched =
    wanted.isMatched === true || after.length > 0 || keys.length > 0 || (place.path.length === 0 && node.conflict === undefined)
  const level: Level = { node, place, step: levels.length, keys, isMatched, answered: wanted.answered, outer, before }
  levels.push(level)
  for (const item of after) addLevel(levels, item.node, inside(item), { link: item.link, level }, { columns: [] })
  return level
}

/** Is the link a foreign key of the outer table? */
function goesFirst({ link }: NestedInsert): boolean {
  if (link.foreignKey === undefined || link.through !== undefined) throw new TypeError('rows are nested over foreign keys only')
  const { source, columns } = link.foreignKey
  // Of a table that points to itself only the columns tell the direction.
  return source.oid === link.source.oid && columns.length === link.columns.length && columns.every((name, i) => name === link.columns[i])
}

function primaryKeyOf(node: InsertNode): readonly string[] {
  const key = primaryKeyColumns(node.relation)
  if (key.length === 0) throw new TypeError('rows without a primary key cannot be read again')
  return key
}

function insertStep(level: Level, isCounted: boolean): Plan {
  const { node, step, isMatched, answered } = level
  const statement = new Statement()
  const alias = statement.alias()
  const needs: Needs = { columns: new Set([...level.keys, ...(answered?.columns ?? [])]), row: answered?.row === true }
  const insert = insertedRows(statement, level, alias, needsList(needs, alias, node.relation).join(', ') || '1')
  const isKept = needs.row || needs.columns.size > 0
  const done = [...(isKept ? [keepRows(step, answered === undefined ? 'm' : 'k')] : []), ...(isCounted ? [addAffected(step === 0)] : [])]
  const given = isMatched ? `, ${countOfGiven(statement, level.place)}` : ''
  // The rows of `m` come in the order in which they were inserted.
  const from = answered === undefined || !isKept ? 'm' : `(select ${keptList(node.relation, needs, 'm')} from m) k`
  const text = `with m as (${insert})${given} select ${countWhen(step, isMatched, done)} as rows from ${from}`
  return { text, parameters: statement.parameters, columns: ['rows'] }
}

/** `insert into … select … returning …` */
function insertedRows(statement: Statement, level: Level, alias: string, returning: string): string {
  const { node } = level
  const { columns, from } = insertedColumns(statement, level)
  const names = columns.size === 0 ? '' : ` (${[...columns.keys()].map(quoteIdentifier).join(', ')})`
  const conflict = conflictOf(statement, node, alias, {})
  // Without columns every one of them has its default.
  const rows = `select ${[...columns.values()].join(', ')} from ${from} order by e.n`
  return `insert into ${relationName(node.relation)} as ${alias}${names} ${rows}${conflict} returning ${returning}`
}

/** The columns of an insert with their values, and the FROM clause these are over. */
function insertedColumns(statement: Statement, { node, place, outer, before }: Level): { columns: Map<string, string>; from: string } {
  const columns = new Map<string, string>()
  let from = `(${nestedRows(statement, place)}) e`
  for (const column of node.columns) columns.set(column.name, node.missingAsDefault ? givenOrDefault(column, 'e.v') : columnOf('b', column))
  for (const { link, level } of before) {
    const [rows, keys] = [statement.alias('f'), statement.alias('k')]
    from += ` left join (${nestedRows(statement, level.place)}) ${rows} on ${rows}.pn = e.n`
    from += ` left join ${insertedKeys(level.node.relation, level.step, level.keys, keys)} on ${keys}.n = ${rows}.n`
    link.columns.forEach((name, i) => {
      const key = `${keys}.c${level.keys.indexOf(link.targetColumns[i]!)}`
      const own = columns.get(name)
      columns.set(name, own === undefined ? key : `case when ${rows}.n is null then ${own} else ${key} end`)
    })
  }
  if (outer !== undefined) {
    const keys = statement.alias('k')
    from += ` join ${insertedKeys(outer.level.node.relation, outer.level.step, outer.level.keys, keys)} on ${keys}.n = e.pn`
    outer.link.targetColumns.forEach((name, i) => columns.set(name, `${keys}.c${outer.level.keys.indexOf(outer.link.columns[i]!)}`))
  }
  if (node.columns.length > 0) from += ` cross join lateral json_to_record(e.v) b(${recordColumns(node.columns)})`
  return { columns, from }
}

/** Reads the outer rows by their keys: what the others inserted is there now. */
function answerStep(node: InsertNode, { step, keys }: Level, options: NestedOptions): Plan {
  const statement = new Statement()
  const keysOf = (names: readonly string[]) => names.map((name) => `k.c${keys.indexOf(name)}`)
  const rows = insertedKeys(node.relation, step, keys, 'k')
  const columns: PlanColumn[] = ['body', 'rows']
  let extra = ''
  if (options.location === true) {
    columns.push('location')
    extra = `, (select json_build_array(${keysOf(primaryKeyOf(node)).join(', ')})::text from ${rows} where k.n = 1) as location`
  }
  if (node.returning === null || options.body === 'none')
    return { text: `select null::text as body, ${rowCount(options.guard, countOfKeys(step))} as rows${extra}`, parameters: [], columns }
  const primaryKey = primaryKeyOf(node)
  const alias = statement.alias()
  const values = keysOf(primaryKey)
  const isKey = primaryKey.map((name, i) => `${columnOf(alias, name)} = ${values[i]!}`).join(' and ')
  const source = { from: `${relationName(node.relation)} ${alias} join ${rows} on ${isKey}`, alias, order: 'k.n' }
  const read = { fields: node.returning, order: options.order ?? [] }
  const { expression, from } = rowsBody(statement, read, node.relation, () => source, options)
  return {
    text: `select ${expression} as body, ${rowCount(options.guard)} as rows${extra} from ${from}`,
    parameters: statement.parameters,
    columns,
  }
}

/** GraphQL's answer over the outermost rows as they were inserted; what it reads of other tables is there now. */
function answerOfRows({ node, step, keys, answered }: Level, answer: MutationAnswer): Plan {
  const statement = new Statement()
  const body = answerBody(statement, node, answer, affectedRows)
  const needs: Needs = { columns: new Set([...keys, ...(answered?.columns ?? [])]), row: answered?.row === true }
  const isKept = needs.row || needs.columns.size > 0
  const rows = isKept ? `with m as materialized (${keptRows(node.relation, needs, keysSetting(step))}) ` : ''
  return { text: `${rows}select ${body} as body`, parameters: statement.parameters, columns: ['body'] }
}

function countsAffected(answer: MutationAnswer): boolean {
  return !('row' in answer) && answer.some((part) => part.kind === 'affected_rows')
}
