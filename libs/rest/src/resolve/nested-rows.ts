// Rows that hold rows of related tables: a key of a row is a column, or it names a relationship as an embed would, and its
// value is what to insert there. Only names become part of the statements; the values stay in the body's text.
import type { Column, Relation } from '#libs/catalog'
import { NESTED_DEPTH_MAX, type InsertNode, type NestedInsert, type RelationshipLink, type ValueNode } from '#libs/query'
import { restError } from '../rest.errors.ts'
import { searchLink } from './embedding.ts'
import type { ResolveContext } from './levels.ts'
import { findPayloadColumn } from './names.ts'

/** Limits of one body with nested rows: `rows` at all levels together, `levels` as many statements. */
export const NESTED_LIMITS = { rows: 10_000, levels: 24 } as const

/** A row of the body. */
export type BodyRow = Readonly<Record<string, unknown>>

/** What all levels of one body have in common. */
interface Nesting {
  readonly context: ResolveContext
  readonly body: ValueNode
  readonly missingAsDefault: boolean
  rows: number
  levels: number
}

type Level = Pick<InsertNode, 'kind' | 'relation' | 'columns' | 'rows' | 'missingAsDefault' | 'nested'>

/** Do these names, columns or relationships of `relation`, mean nested rows? A name that is neither is PGRST204. */
export function nestsRows(context: ResolveContext, relation: Relation, names: readonly string[]): boolean {
  return names.some((name) => meaningOf(context, relation, name).kind === 'link')
}

/** The levels of `rows`, whose keys are `names`; `body` is their text. */
export function resolveNestedRows(
  context: ResolveContext,
  relation: Relation,
  names: readonly string[],
  rows: readonly BodyRow[],
  { body, missingAsDefault }: { readonly body: ValueNode; readonly missingAsDefault: boolean },
): Level {
  return levelOf({ context, body, missingAsDefault, rows: 0, levels: 0 }, relation, names, rows, 1)
}

function levelOf(nesting: Nesting, relation: Relation, names: readonly string[], rows: readonly BodyRow[], depth: number): Level {
  const { context, body, missingAsDefault } = nesting
  checkSize(nesting, rows.length, depth)
  const columns: Column[] = []
  const nested: NestedInsert[] = []
  const keys = new Map<RelationshipLink, string>()
  for (const name of new Set(names)) {
    const meaning = meaningOf(context, relation, name)
    if (meaning.kind === 'column') {
      columns.push(meaning.column)
      continue
    }
    const { link } = meaning
    const known = keys.get(link)
    if (known !== undefined) throw invalid(`'${known}' and '${name}' are the same relationship`)
    keys.set(link, name)
    checkLink(link, name)
    const inside = rows.flatMap((row) => (Object.hasOwn(row, name) ? rowsIn(row[name], link, name) : []))
    if (inside.length > 0) nested.push({ link, key: name, node: nodeOf(nesting, link.target, inside, depth + 1) })
  }
  return { kind: 'insert', relation, columns, rows: body, missingAsDefault, nested }
}

/** Nested rows may have different keys: what one of them lacks is NULL there, or the column's default. */
function nodeOf(nesting: Nesting, relation: Relation, rows: readonly BodyRow[], depth: number): InsertNode {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return { ...levelOf(nesting, relation, [...names], rows, depth), returning: null }
}

function checkSize(nesting: Nesting, rows: number, depth: number): void {
  if (depth > NESTED_DEPTH_MAX) throw restError('too_complex', { limit: NESTED_DEPTH_MAX, what: 'levels of nested rows' })
  if (++nesting.levels > NESTED_LIMITS.levels) throw restError('too_complex', { limit: NESTED_LIMITS.levels, what: 'nested relationships' })
  if ((nesting.rows += rows) > NESTED_LIMITS.rows)
    throw restError('too_complex', { limit: NESTED_LIMITS.rows, what: 'rows, counted with nested ones' })
}

type Meaning = { readonly kind: 'column'; readonly column: Column } | { readonly kind: 'link'; readonly link: RelationshipLink }

/** `column`, `relationship` or `relationship!hint`. Columns go first. */
function meaningOf({ catalog }: ResolveContext, relation: Relation, name: string): Meaning {
  const column = relation.columnsByName.get(name)
  if (column !== undefined) return { kind: 'column', column }
  const mark = name.indexOf('!')
  const link = searchLink(catalog, relation, mark === -1 ? name : name.slice(0, mark), mark === -1 ? undefined : name.slice(mark + 1))
  return link === undefined ? { kind: 'column', column: findPayloadColumn(relation, name) } : { kind: 'link', link }
}

/** Nested rows need a foreign key between two tables. */
function checkLink({ source, target, through, function: fn }: RelationshipLink, name: string): void {
  if (fn !== undefined) throw impossible(`'${name}' is a function: its rows cannot be inserted.`)
  if (through !== undefined) {
    const junction = through.relation.name
    const hint = `Nest rows of the junction, and in each the row it points to: {"${junction}": [{"${target.name}": {…}}]}`
    throw impossible(`'${name}' is reached through '${junction}', and rows are nested over one foreign key at a time.`, hint)
  }
  const view = [source, target].find(({ kind }) => kind === 'view' || kind === 'materialized_view')
  if (view !== undefined) throw impossible(`Rows are nested between tables only, and '${view.name}' is a view.`)
}

/** The rows under a key: an object, an array of objects, or nothing. */
function rowsIn(value: unknown, { cardinality }: RelationshipLink, name: string): readonly BodyRow[] {
  if (value === null) return []
  if (isRow(value)) return [value]
  if (cardinality === 'to_one') throw invalid(`'${name}' takes one row: an object or null`)
  if (!Array.isArray(value) || !value.every(isRow)) throw invalid(`'${name}' takes rows: an object, an array of objects or null`)
  return value
}

function isRow(value: unknown): value is BodyRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(reason: string) {
  return restError('PGRST102', { reason })
}

function impossible(details: string, hint?: string) {
  return restError('PGRST127', {}, { details, hint })
}
