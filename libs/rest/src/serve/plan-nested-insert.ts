// POST of rows that hold rows of related tables: beyond PostgREST, which knows no key that is not a column. One statement
// for each level, all in one transaction and one round trip; what a level's rows hang on is inserted before them.
import type { Relation } from '#libs/catalog'
import { compileNestedInsert, primaryKeyColumns } from '#libs/query'
import { bodyText } from '../parse/body.ts'
import type { ParsedQuery } from '../parse/syntax.ts'
import type { ResolveContext } from '../resolve/levels.ts'
import { nestsRows, resolveNestedRows, type BodyRow } from '../resolve/nested-rows.ts'
import { bodyNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { insertedRows } from './plan-insert.ts'
import { answerOf, guardOf, relationMedia, requireRows, type Planned, type RestRequest } from './rest-request.ts'

/** These bodies are parsed, which holds up other requests: they have a limit of their own. */
const NESTED_CHARS_MAX = 4_000_000

/** Plans an insert with nested rows; undefined when all keys of the body are columns. */
export function planNestedInsert(
  context: ResolveContext,
  request: RestRequest,
  relation: Relation,
  query: ParsedQuery,
): Planned | undefined {
  const { preferences } = request
  const body = requireRows(request)
  const names = query.columns ?? body.keys
  if (!nestsRows(context, relation, names)) return undefined
  if (preferences.resolution !== undefined) throw refused('An upsert takes no nested rows.')
  const media = relationMedia(context, request, relation, query)
  if (media.explain !== undefined) throw refused('An insert of nested rows is several statements, which have no plan in common.')
  const key = primaryKeyColumns(relation)
  const shown = insertedRows(context, request, relation, query)
  if (key.length === 0 && shown !== undefined) throw refused(`'${relation.name}' has no primary key to find the inserted rows by.`)
  const located = preferences.return === 'headers-only' && key.length > 0
  const text = bodyText(body, 'rows')
  if (text.length > NESTED_CHARS_MAX)
    throw restError('too_complex', { limit: NESTED_CHARS_MAX, what: 'characters in a body with nested rows' })
  const rows = JSON.parse(text) as readonly BodyRow[]
  const given = { body: bodyNode(text), missingAsDefault: preferences.missing === 'default' }
  const node = { ...resolveNestedRows(context, relation, names, rows, given), returning: shown?.fields ?? null }
  const answer = answerOf(context, request, 'insert', media, false)
  const { steps, relations } = compileNestedInsert(node, {
    ...media.options,
    location: located,
    order: shown?.order,
    guard: guardOf(answer),
  })
  return {
    statement: steps.at(-1),
    nested: { steps: steps.slice(0, -1), relations },
    readOnly: false,
    answer: { ...answer, location: located ? { path: `/${encodeURIComponent(relation.name)}`, columns: key } : undefined },
  }
}

function refused(details: string) {
  return restError('PGRST127', {}, { details })
}
