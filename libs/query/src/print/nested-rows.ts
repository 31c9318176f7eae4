// Rows inside rows of one JSON parameter, and the keys that earlier statements of the transaction got for them. Rows are
// told apart by their place in the request, never by value: `n` numbers a level's rows, `pn` is the outer row's number.
import { quoteLiteral } from '#libs/postgres'
import type { Column, Relation } from '#libs/catalog'
import type { ValueNode } from '../tree.ts'
import { recordColumns } from './mutations.ts'
import type { Statement } from './statement.ts'

/**
 * Where a level's rows are in the request: the keys on the way down from the outermost rows. `over`: the outermost rows hang on
 * rows that are there already, and go in once for each of them (`forEach`), or once if there is any.
 */
export interface NestedPlace {
  readonly rows: ValueNode
  readonly path: readonly string[]
  readonly over?: { readonly keys: string; readonly forEach: boolean }
}

/** `select n, pn, v`: a level's rows with their numbers. */
export function nestedRows(statement: Statement, place: NestedPlace): string {
  const top = outermostRows(statement.value(place.rows, 'json'), place.over)
  return place.path.reduce((outer, key) => {
    const value = `p.v -> ${quoteLiteral(key)}::text`
    // One object counts as a list of one; null, or nothing, as an empty one.
    const list = `case json_typeof(${value}) when 'array' then ${value} when 'object' then json_build_array(${value}) else '[]' end`
    const number = 'row_number() over (order by p.n, c.n)'
    return `select ${number} as n, p.n as pn, c.v from (${outer}) p, json_array_elements(${list}) with ordinality c(v, n)`
  }, top)
}

function outermostRows(rows: string, over: NestedPlace['over']): string {
  const given = `json_array_elements(${rows}) with ordinality e(v, n)`
  if (over === undefined) return `select e.n, null::bigint as pn, e.v from ${given}`
  if (!over.forEach) return `select e.n, null::bigint as pn, e.v from ${given} where exists (select from ${over.keys})`
  return `select row_number() over (order by k.n, e.n) as n, k.n as pn, e.v from ${over.keys}, ${given}`
}

/**
 * The rows that a step inserted, by number: a FROM item whose columns are `c0`, `c1`, … for `names`, and `n`. `number`: the kept
 * column that has it, where rows may have been left out.
 */
export function insertedKeys(relation: Relation, step: number, names: readonly string[], alias: string, number?: string): string {
  const columns = names.map((name) => columnNamed(relation, name))
  if (number !== undefined) {
    const rows = `json_to_recordset(current_setting('${keysSetting(step)}')::json) as (${recordColumns(columns)}, ${number} int8)`
    return `(select * from ${rows}) ${alias}(${names.map((_, i) => `c${i}, `).join('')}n)`
  }
  const set = `json_to_recordset(current_setting('${keysSetting(step)}')::json) as (${recordColumns(columns)})`
  return `rows from (${set}) with ordinality ${alias}(${names.map((_, i) => `c${i}, `).join('')}n)`
}

/**
 * `count` once all of `done` are, which are done in passing. With `isMatched` the inserted rows have the numbers of the given
 * ones, so none may be skipped and none may stand for two: any other count than `g` has fails ({@link unmatchedRows}).
 */
export function countWhen(step: number, isMatched: boolean, done: readonly string[], count = 'count(*)'): string {
  const unmatched = `when ${count} <> (select n from g) then ('${MARK}${step},' || (select n from g) || ',' || ${count})::int8 `
  if (!isMatched && done.length === 0) return count
  return `case ${isMatched ? unmatched : ''}${done.length === 0 ? 'else' : `when ${done.join(' and ')} then`} ${count} end`
}

/** Keeps the rows of `from` for the statements that follow; true. */
export function keepRows(step: number, from: string): string {
  return `set_config('${keysSetting(step)}', coalesce(json_agg(${from}.*), '[]')::text, true) is not null`
}

const AFFECTED = 'plinth.affected'

/** Adds to the count of affected rows, which the first statement begins; true. */
export function addAffected(isFirst: boolean, count = 'count(*)'): string {
  return `set_config('${AFFECTED}', (${isFirst ? '' : `${affectedRows} + `}${count})::text, true) is not null`
}

/** How many rows the statements so far have affected. */
export const affectedRows = `current_setting('${AFFECTED}')::int8`

/** `g`: how many rows a level has. */
export function countOfGiven(statement: Statement, place: NestedPlace): string {
  return `g as (select count(*) as n from (${nestedRows(statement, place)}) e)`
}

/** Begins the text that is no number when rows are unmatched. */
export const MARK = 'plinth.unmatched='
const marked = /"plinth\.unmatched=(\d+),(\d+),(\d+)"/

/**
 * Which step of a nested insert was given how many rows and inserted another number, when that is why it failed; undefined
 * for any other error. A value of a request may look like the mark, so the caller asks only about nested inserts.
 */
export function unmatchedRows(error: { readonly sqlstate: string; readonly message: string }) {
  const found = error.sqlstate === '22P02' ? marked.exec(error.message) : null
  return found === null ? undefined : { step: Number(found[1]), given: Number(found[2]), rows: Number(found[3]) }
}

/** How many rows a step inserted. */
export function countOfKeys(step: number): string {
  return `json_array_length(current_setting('${keysSetting(step)}')::json)`
}

/** The setting in which a step's rows are kept. */
export function keysSetting(step: number): string {
  return `plinth.nested_${step}`
}

function columnNamed(relation: Relation, name: string): Column {
  const column = relation.columnsByName.get(name)
  if (column === undefined) throw new TypeError(`the relation has no column "${name}"`)
  return column
}
