// Inserts of rows with rows inside them: a sequence of statements, one for each level (docs/decisions says why).
import { quoteIdentifier } from '#libs/postgres'
import { rowsBody, type BodyOptions } from './print/bodies.ts'
import { conflictOf, defaultOf, fillerOf, givenOrDefault, recordColumns } from './print/mutations.ts'
import { countKeepingKeys, countOfKeys, insertedKeys, nestedRows, type NestedPlace } from './print/nested-rows.ts'
import { columnOf, relationName, Statement } from './print/statement.ts'
import { primaryKeyColumns } from './relationships.ts'
import type { InsertNode, NestedInsert, NestedPlan, Plan, RelationshipLink } from './tree.ts'

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

/**
 * Compiles an insert with nested rows. `node.returning` is read from the outer rows when all are inserted; that needs a
 * primary key. Rows of one level go in the order of the request. Fails for levels deeper than {@link NESTED_DEPTH_MAX}
 * and for links without a foreign key: dialects refuse those first.
 */
export function compileNestedInsert(node: InsertNode, options: BodyOptions = {}): NestedPlan {
  const levels: Level[] = []
  const top = addLevel(levels, node, { rows: node.rows, path: [] }, undefined)
  return { steps: [...levels.map(insertStep), answerStep(node, top, options)] }
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
  const answered = place.path.length === 0 && node.returning !== null ? primaryKeyOf(node) : []
  const keys = [...new Set([...wanted, ...answered, ...after.flatMap(({ link }) => link.columns)])]
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
  const names = [...columns.keys()].map(quoteIdentifier).join(', ')
  const returning = keys.length === 0 ? '1' : keys.map((name) => columnOf(alias, name)).join(', ')
  const conflict = conflictOf(statement, node, alias, {})
  const rows = `select ${[...columns.values()].join(', ')} from ${from} order by e.n`
  const insert = `insert into ${relationName(node.relation)} as ${alias} (${names}) ${rows}${conflict} returning ${returning}`
  const isNeeded = keys.length > 0 || level.place.path.length === 0
  if (!isNeeded)
    return { text: `with m as (${insert}) select count(*) as rows from m`, parameters: statement.parameters, columns: ['rows'] }
  const given = `(select count(*) from (${nestedRows(statement, level.place)}) g)`
  const text = `with m as (${insert}) select ${countKeepingKeys(step)} as rows, ${given} as given from m`
  return { text, parameters: statement.parameters, columns: ['rows', 'given'] }
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
  if (columns.size === 0) {
    const filler = fillerOf(node.relation)
    if (filler === undefined) throw new TypeError('a row of defaults needs a column that has one')
    columns.set(filler.name, defaultOf(filler))
  }
  return { columns, from }
}

/** Reads the outer rows by their keys: what the others inserted is there now. */
function answerStep(node: InsertNode, { step, keys }: Level, options: BodyOptions): Plan {
  const statement = new Statement()
  if (node.returning === null || options.body === 'none') {
    return { text: `select null::text as body, ${countOfKeys(step)} as rows`, parameters: [], columns: ['body', 'rows'] }
  }
  const primaryKey = primaryKeyOf(node)
  const alias = statement.alias()
  const isKey = primaryKey.map((name) => `${columnOf(alias, name)} = k.c${keys.indexOf(name)}`).join(' and ')
  const joined = `${relationName(node.relation)} ${alias} join ${insertedKeys(node.relation, step, keys, 'k')} on ${isKey}`
  const source = { from: joined, alias, order: 'k.n' }
  const { expression, from } = rowsBody(statement, { fields: node.returning, order: [] }, node.relation, () => source, options)
  return {
    text: `select ${expression} as body, count(*) as rows from ${from}`,
    parameters: statement.parameters,
    columns: ['body', 'rows'],
  }
}
