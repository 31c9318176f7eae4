// Inserts of rows with rows inside them: a sequence of statements, one for each level (docs/decisions says why).
import { quoteIdentifier } from '#libs/postgres'
import type { CompileOptions } from './compile.ts'
import { rowsBody } from './print/bodies.ts'
import { conflictOf, givenOrDefault, recordColumns } from './print/mutations.ts'
import { countKeepingKeys, countOfGiven, countOfKeys, insertedKeys, nestedRows, type NestedPlace } from './print/nested-rows.ts'
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
  /** The outer rows, when they give these their key. */
  readonly outer: { readonly link: RelationshipLink; readonly level: Level } | undefined
  /** Inner rows that were inserted first. */
  readonly before: readonly { readonly link: RelationshipLink; readonly level: Level }[]
}

/** What of {@link CompileOptions} a nested insert has. */
export type NestedOptions = Pick<CompileOptions, 'body' | 'stripNulls' | 'geoJsonSchema' | 'location' | 'order' | 'guard'>

/**
 * Compiles an insert with nested rows. `node.returning` and `location` are read from the outer rows when all are inserted;
 * that needs a primary key. Rows of one level go in the order of the request. Fails for levels deeper than
 * {@link NESTED_DEPTH_MAX} and for links without a foreign key: dialects refuse those first.
 */
export function compileNestedInsert(node: InsertNode, options: NestedOptions = {}): NestedPlan {
  const levels: Level[] = []
  const answered = node.returning !== null || options.location === true ? primaryKeyOf(node) : []
  const top = addLevel(levels, node, { rows: node.rows, path: [] }, undefined, answered)
  return { steps: [...levels.map(insertStep), answerStep(node, top, options)], relations: levels.map((level) => level.node.relation) }
}

/** Adds a level and those inside it to the sequence, in the order in which they have to run. */
function addLevel(levels: Level[], node: InsertNode, place: NestedPlace, outer: Level['outer'], wanted: readonly string[] = []): Level {
  if (place.path.length >= NESTED_DEPTH_MAX) throw new TypeError('rows are nested too deeply')
  const nested = node.nested ?? []
  const inside = (item: NestedInsert): NestedPlace => ({ rows: place.rows, path: [...place.path, item.key] })
  const before = nested.filter(goesFirst).map((item) => ({
    link: item.link,
    level: addLevel(levels, item.node, inside(item), undefined, item.link.targetColumns),
  }))
  const after = nested.filter((item) => !goesFirst(item))
  const keys = [...new Set([...wanted, ...after.flatMap(({ link }) => link.columns)])]
  const level: Level = { node, place, step: levels.length, keys, outer, before }
  levels.push(level)
  for (const item of after) addLevel(levels, item.node, inside(item), { link: item.link, level })
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

function insertStep(level: Level): Plan {
  const { node, keys, step } = level
  const statement = new Statement()
  const alias = statement.alias()
  const { columns, from } = insertedColumns(statement, level)
  const names = columns.size === 0 ? '' : ` (${[...columns.keys()].map(quoteIdentifier).join(', ')})`
  const returning = keys.length === 0 ? '1' : keys.map((name) => columnOf(alias, name)).join(', ')
  const conflict = conflictOf(statement, node, alias, {})
  // Without columns every one of them has its default.
  const rows = `select ${[...columns.values()].join(', ')} from ${from} order by e.n`
  const insert = `insert into ${relationName(node.relation)} as ${alias}${names} ${rows}${conflict} returning ${returning}`
  const isNeeded = keys.length > 0 || level.place.path.length === 0
  const given = isNeeded ? `, ${countOfGiven(statement, level.place)}` : ''
  const text = `with m as (${insert})${given} select ${isNeeded ? countKeepingKeys(step) : 'count(*)'} as rows from m`
  return { text, parameters: statement.parameters, columns: ['rows'] }
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
