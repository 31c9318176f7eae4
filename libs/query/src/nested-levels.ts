// The levels of an insert with rows inside rows: in which order they go, and the statement of each.
import { quoteIdentifier } from '#libs/postgres'
import type { Relation } from '#libs/catalog'
import type { InsertNode, NestedInsert } from './mutation-tree.ts'
import type { Plan } from './plan.ts'
import { keptList } from './print/kept-rows.ts'
import { conflictOf, givenColumns, givenOrDefault } from './print/mutations.ts'
import { needsList, type Needs } from './print/needs.ts'
import { countUnlessHung, hasRowsUnder, numberColumn, skippingCtes } from './print/skipped-rows.ts'
import { addAffected, countOfGiven, countWhen, insertedKeys, keepRows, nestedRows, type NestedPlace } from './print/nested-rows.ts'
import { columnOf, relationName, Statement } from './print/statement.ts'
import type { RelationshipLink, ValueNode } from './tree.ts'

/** How deep rows may lie in rows; the outermost are the first level. */
export const NESTED_DEPTH_MAX = 5

/** Columns of rows that an earlier step has kept under its number. */
export interface KeptKeys {
  readonly relation: Relation
  readonly step: number
  readonly names: readonly string[]
  /** The kept column with the number of the given row; without it the place among the kept rows is the number. */
  readonly number?: string
}

/** A level on the way to becoming a statement. */
export interface Level {
  readonly node: InsertNode
  readonly place: NestedPlace
  /** Where its statement stands in the sequence; inner rows that go first have smaller numbers. */
  readonly step: number
  /** Columns whose values later statements ask for. */
  readonly keys: readonly string[]
  /** Others hang on its rows by their numbers: none may be skipped. */
  readonly isMatched: boolean
  /** Those that nothing hangs on may be skipped by on_conflict: its columns, by which the others are told. */
  readonly skipsBy: readonly string[] | undefined
  /** Keys of rows inside that go in afterwards. */
  readonly after: readonly string[]
  /** The last statement counts its rows, so they are kept even if nobody asks for a column. */
  readonly isCounted: boolean
  /** What the answer reads of the outermost rows, where it is read from the rows themselves. */
  readonly answered: Needs | undefined
  /** The outer rows, when they give these their key. */
  readonly outer: { readonly link: RelationshipLink; readonly keys: KeptKeys } | undefined
  /** Inner rows that were inserted first. */
  readonly before: readonly { readonly link: RelationshipLink; readonly level: Level }[]
}

/** What is asked of a level's rows beyond what its place demands. */
export interface Wanted {
  readonly columns: readonly string[]
  readonly answered?: Needs
  readonly isMatched?: boolean
  readonly isCounted?: boolean
}

/** Adds a level and those inside it to the sequence, in the order in which they have to run; steps count from `firstStep`. */
export function addLevel(
  levels: Level[],
  node: InsertNode,
  place: NestedPlace,
  outer: Level['outer'],
  wanted: Wanted,
  firstStep = 0,
): Level {
  if (place.path.length >= NESTED_DEPTH_MAX) throw new TypeError('rows are nested too deeply')
  const nested = node.nested ?? []
  const inside = (item: NestedInsert): NestedPlace => ({ ...place, path: [...place.path, item.key] })
  const before = nested.filter(goesFirst).map((item) => ({
    link: item.link,
    level: addLevel(levels, item.node, inside(item), undefined, { columns: item.link.targetColumns, isMatched: true }, firstStep),
  }))
  const after = nested.filter((item) => !goesFirst(item))
  const keys = [...new Set([...wanted.columns, ...after.flatMap(({ link }) => link.columns)])]
  // Without on_conflict no outermost row may be missing either: whoever reads the answer counts on it.
  const isMatched =
    wanted.isMatched === true || after.length > 0 || keys.length > 0 || (place.path.length === 0 && node.conflict === undefined)
  const level: Level = {
    node,
    place,
    step: firstStep + levels.length,
    keys,
    isMatched,
    skipsBy: wanted.isMatched === true || keys.length === 0 ? undefined : skippedBy(node, place, outer, before),
    after: after.map(({ key }) => key),
    isCounted: wanted.isCounted === true,
    answered: wanted.answered,
    outer,
    before,
  }
  levels.push(level)
  const own = keptKeys(level)
  for (const item of after) addLevel(levels, item.node, inside(item), { link: item.link, keys: own }, { columns: [] }, firstStep)
  return level
}

/** What later statements find of a level's rows. */
export function keptKeys({ node, step, keys, skipsBy }: Level): KeptKeys {
  return { relation: node.relation, step, names: keys, number: skipsBy === undefined ? undefined : numberColumn(node.relation) }
}

/** The columns of on_conflict, when the insert gives them all. Rows that hang on others which are there already are not told apart so. */
function skippedBy(
  { conflict, columns }: InsertNode,
  place: NestedPlace,
  outer: Level['outer'],
  before: Level['before'],
): readonly string[] | undefined {
  if (conflict === undefined || conflict.target.length === 0 || place.over !== undefined) return undefined
  const given = new Set(columns.map(({ name }) => name))
  for (const { link } of before) for (const name of link.columns) given.add(name)
  for (const name of outer?.link.targetColumns ?? []) given.add(name)
  return conflict.target.every((name) => given.has(name)) ? conflict.target : undefined
}

/** The rows, with which those inside them come. */
export function rowsInJson({ rows }: InsertNode): ValueNode {
  if (rows.kind === 'row') throw new TypeError('rows with rows inside them are given as JSON')
  return rows
}

/** Is the link a foreign key of the outer table? */
function goesFirst({ link }: NestedInsert): boolean {
  if (link.foreignKey === undefined || link.through !== undefined) throw new TypeError('rows are nested over foreign keys only')
  const { source, columns } = link.foreignKey
  // Of a table that points to itself only the columns tell the direction.
  return source.oid === link.source.oid && columns.length === link.columns.length && columns.every((name, i) => name === link.columns[i])
}

/** The statement of a level. `counting`: it begins the count of affected rows, or adds to it. */
export function insertStep(level: Level, counting?: 'begin' | 'add'): Plan {
  const { node, step, isMatched, answered } = level
  const statement = new Statement()
  const alias = statement.alias()
  const needs: Needs = { columns: new Set([...level.keys, ...(answered?.columns ?? [])]), row: answered?.row === true }
  if (level.skipsBy !== undefined) return skippingStep(statement, level, level.skipsBy, needs, counting)
  const { ctes, isMerged } = insertedRows(statement, level, alias, needsList(needs, alias, node.relation).join(', ') || '1')
  const isKept = level.isCounted || needs.row || needs.columns.size > 0
  // What is kept of merged rows is one for each given row, so they are counted apart.
  const count = isMerged && isKept ? '(select count(*) from m)' : 'count(*)'
  const from = isKept ? keptFrom(level, needs, isMerged) : 'm'
  const done = [
    ...(isKept ? [keepRows(step, from === 'm' ? 'm' : 'k')] : []),
    ...(counting === undefined ? [] : [addAffected(counting === 'begin', count)]),
  ]
  const given = isMatched
    ? `, ${isMerged ? 'g as (select count(*) as n from u where u.r = u.n)' : countOfGiven(statement, level.place)}`
    : ''
  const text = `with ${ctes}${given} select ${countWhen(step, isMatched, done, count)} as rows from ${from}`
  return { text, parameters: statement.parameters, columns: ['rows'] }
}

/** The same where on_conflict may leave rows out. */
function skippingStep(
  statement: Statement,
  level: Level,
  target: readonly string[],
  needs: Needs,
  counting: 'begin' | 'add' | undefined,
): Plan {
  const { node, step } = level
  const alias = statement.alias()
  const { columns, from } = insertedColumns(statement, level)
  const names = [...columns.keys()]
  const values = [...columns.values()].map((value, i) => `${value} as c${i}`)
  const given = `select ${['e.n', `${hasRowsUnder(level.after)} as h`, ...values].join(', ')} from ${from}`
  const returned: Needs = { columns: new Set([...needs.columns, ...target]), row: needs.row }
  const insert =
    `insert into ${relationName(node.relation)} as ${alias} (${names.map(quoteIdentifier).join(', ')})` +
    ` select ${names.map((_, i) => `u.c${i}`).join(', ')} from u where u.r = u.n order by u.n${conflictOf(statement, node, alias, {})}` +
    ` returning ${needsList(returned, alias, node.relation).join(', ')}`
  const ctes = skippingCtes({
    relation: node.relation,
    given: `select s.*, ${representative(level, names)} as r from (${given}) s`,
    insert,
    key: target.map((name) => ({ name, place: names.indexOf(name) })),
    needs,
  })
  const done = [keepRows(step, 'k'), ...(counting === undefined ? [] : [addAffected(counting === 'begin', '(select count(*) from m)')])]
  return { text: `with ${ctes} select ${countUnlessHung(step, done)} as rows from k`, parameters: statement.parameters, columns: ['rows'] }
}

/** Which of the rows of one key goes in. */
function representative(level: Level, names: readonly string[]): string {
  const key = mergedBy(level, names)
  if (key === undefined) return 's.n'
  const own = `case when ${key.map((name) => `s.${name} is null`).join(' or ')} then s.n end`
  return `max(s.n) over (partition by ${key.map((name) => `s.${name}`).join(', ')}, ${own})`
}

/** `m`: what was inserted, in that order. */
function insertedRows(statement: Statement, level: Level, alias: string, returning: string): { ctes: string; isMerged: boolean } {
  const { node } = level
  const { columns, from } = insertedColumns(statement, level)
  const names = columns.size === 0 ? '' : ` (${[...columns.keys()].map(quoteIdentifier).join(', ')})`
  const into = `insert into ${relationName(node.relation)} as ${alias}${names}`
  const key = mergedBy(level, [...columns.keys()])
  const values = [...columns.values()]
  if (key === undefined) {
    const conflict = conflictOf(statement, node, alias, {})
    // Without columns every one of them has its default.
    const rows = `select ${values.join(', ')} from ${from} order by e.n`
    return { ctes: `m as (${into} ${rows}${conflict} returning ${returning})`, isMerged: false }
  }
  const given = `s as (select ${['e.n', ...values.map((value, i) => `${value} as c${i}`)].join(', ')} from ${from})`
  const last = `u as (select s.*, ${representative(level, [...columns.keys()])} as r from s)`
  const conflict = conflictOf(statement, node, alias, {})
  const rows = `select ${values.map((_, i) => `u.c${i}`).join(', ')} from u where u.r = u.n order by u.n`
  return { ctes: `${given}, ${last}, m as (${into} ${rows}${conflict} returning ${returning})`, isMerged: true }
}

/**
 * Rows inside several others may have the same key, such as one author given with each article. ON CONFLICT DO UPDATE refuses
 * to touch a row twice, so those of one key go in as one, the last of them (`u.r`), and all of them have its keys.
 */
function mergedBy({ node, place }: Level, names: readonly string[]): readonly string[] | undefined {
  const { conflict } = node
  const isInside = place.path.length > 0 || place.over !== undefined
  if (!isInside || conflict === undefined || conflict.action === 'ignore' || conflict.target.length === 0) return undefined
  const key = conflict.target.map((name) => names.indexOf(name))
  return key.includes(-1) ? undefined : key.map((i) => `c${i}`)
}

/** The rows to keep, one for each given row. The rows of `m` come in the order in which they were inserted. */
function keptFrom({ node, answered }: Level, needs: Needs, isMerged: boolean): string {
  if (isMerged) {
    const list = [...needs.columns].map((name) => columnOf('i', name)).join(', ')
    const inserted = '(select m.*, row_number() over () as "row number" from m) i'
    const given = '(select u.n, dense_rank() over (order by u.r) as i from u) w'
    return `(select ${list} from ${given} join ${inserted} on i."row number" = w.i order by w.n) k`
  }
  return answered === undefined ? 'm' : `(select ${keptList(node.relation, needs, 'm')} from m) k`
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
    from += ` join ${insertedKeys(outer.keys.relation, outer.keys.step, outer.keys.names, keys, outer.keys.number)} on ${keys}.n = e.pn`
    outer.link.targetColumns.forEach((name, i) => columns.set(name, `${keys}.c${outer.keys.names.indexOf(outer.link.columns[i]!)}`))
  }
  if (node.columns.length > 0) from += ` cross join lateral json_to_record(e.v) b(${givenColumns(node.columns)})`
  return { columns, from }
}
