// POST to a table or view: insert and upsert.
import type { Column, DataType, Relation } from '#libs/catalog'
import { compile, isReadFromText, primaryKeyColumns, type InsertNode, type ReadNode, baseType } from '#libs/query'
import { bodyText, type JsonBody, type MemberForm } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { findColumn, findPayloadColumn } from '../resolve/names.ts'
import { bodyNode, memberNode } from '../resolve/values.ts'
import { answerOf, guardOf, relationMedia, requireRows, type Planned, type RestRequest } from './rest-request.ts'

/** Plans an insert. */
export function planInsert(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): Planned {
  const { preferences } = request
  const body = requireRows(request)
  const columns = columnsOf(relation, query, body)
  const key = primaryKeyColumns(relation)
  const target = query.onConflict?.map((name) => findColumn(relation, name).name) ?? key
  const located = preferences.return === 'headers-only' && key.length > 0
  const media = relationMedia(context, request, relation, query)
  const answer = answerOf(context, request, 'insert', media, target.length > 0)
  const given = body.rowCount > 0 ? columns : columnsOfNoRow(relation)
  const shown = insertedRows(context, request, relation, query)
  const node: InsertNode = {
    kind: 'insert',
    relation,
    ...rowsOf(body, given, query, preferences.missing === 'default'),
    missingAsDefault: preferences.missing === 'default',
    conflict: conflictOf(preferences.resolution, target, columns),
    returning: shown?.fields ?? null,
  }
  const updated = node.conflict?.action === 'merge'
  const isNothing = body.rowCount === 0 && (given.length === 0 || node.returning === null)
  const options = { ...media.options, updated, location: located, order: shown?.order, guard: guardOf(answer) }
  return {
    statement: isNothing ? undefined : compile(node, options),
    readOnly: false,
    answer: {
      ...answer,
      merges: preferences.resolution === 'merge-duplicates',
      location: located ? { path: `/${encodeURIComponent(relation.name)}`, columns: key } : undefined,
    },
  }
}

/** One row goes in value by value; its missing columns are NULL, or not named and so have their defaults. */
function rowsOf(
  body: JsonBody,
  columns: readonly Column[],
  query: Pick<ParsedQuery, 'columns'>,
  missingAsDefault: boolean,
): Pick<InsertNode, 'columns' | 'rows'> {
  if (body.members === undefined || columns.length === 0) return { columns, rows: bodyNode(bodyText(body, 'rows')) }
  const names = [...new Set(query.columns ?? body.keys)]
  const places = names.map((name) => body.keys.indexOf(name))
  const isNamed = (i: number) => places[i] !== -1 || !missingAsDefault
  const values = columns.map((column, i) => memberNode(body, places[i]!, formOf(column)))
  return { columns: columns.filter((_, i) => isNamed(i)), rows: { kind: 'row', values: values.filter((_, i) => isNamed(i)) } }
}

function formOf({ name, type }: Column): MemberForm {
  if (!isReadFromText(type)) return { key: name }
  return isJson(type) ? 'json' : 'text'
}

function isJson(type: DataType): boolean {
  const { name } = baseType(type)
  return name === 'json' || name === 'jsonb'
}

/** The columns that the rows give: those that `columns` names, or the rows' own keys. */
export function columnsOf(relation: Relation, query: Pick<ParsedQuery, 'columns'>, body: JsonBody): readonly Column[] {
  return [...new Set(query.columns ?? body.keys)].map((name) => findPayloadColumn(relation, name))
}

/** What the answer shows of the inserted rows. Filters of the URL do not concern them; those of embedded resources do. */
export function insertedRows(context: ResolveContext, request: RestRequest, relation: Relation, query: ParsedQuery): ReadNode | undefined {
  if (request.preferences.return !== 'representation') return undefined
  const isNested = ({ path }: { readonly path: readonly string[] }) => path.length > 0
  const shown = { ...query, filters: query.filters.filter(isNested), logic: query.logic.filter(isNested) }
  return resolveRead(context, relation, shown, false)
}

function conflictOf(
  resolution: RestRequest['preferences']['resolution'],
  target: readonly string[],
  columns: readonly Column[],
): InsertNode['conflict'] {
  if (resolution === undefined || target.length === 0) return undefined
  return { target, action: resolution === 'merge-duplicates' ? 'merge' : 'ignore', update: columns }
}

/** An insert of no row names a column that takes values, for a statement without any would insert a row of defaults. */
function columnsOfNoRow(relation: Relation): readonly Column[] {
  return relation.columns.filter(({ generated }) => generated === 'no' || generated === 'identity_by_default').slice(0, 1)
}
