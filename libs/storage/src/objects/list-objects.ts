import { z } from 'zod'
import type { Caller } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { selectEntries, selectEntriesAfter } from './list-objects.sql.ts'
import { isObjectKey } from './object-key.ts'

const LIMIT_MAX = 10_000
const CURSOR_CHARACTERS_MAX = 4096
const enumMessage = 'must be equal to one of the allowed values'
const order = z.enum(['asc', 'desc'], enumMessage).optional()
const prefix = z.string('must be string').max(1024, 'must NOT have more than 1024 characters')

/** Body of POST /object/list/:bucket. */
export const listObjectsBody = z.object({
  prefix: prefix.optional(),
  limit: z.number('must be integer').int('must be integer').min(1, 'must be >= 1').max(LIMIT_MAX, `must be <= ${LIMIT_MAX}`).optional(),
  offset: z
    .number('must be integer')
    .int('must be integer')
    .min(0, 'must be >= 0')
    .max(2 ** 31, 'is too large')
    .optional(),
  search: z.string('must be string').max(1024, 'must NOT have more than 1024 characters').optional(),
  sortBy: z
    .object({ column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at'], enumMessage).optional(), order }, 'must be object')
    .optional(),
})

/** Objects and folders right below a prefix, as the text of a JSON array. What the caller may not see is not there. */
export async function listObjects(
  engine: StorageEngine,
  caller: Caller,
  bucketId: string,
  body: z.output<typeof listObjectsBody>,
): Promise<string> {
  const folder = (body.prefix ?? '').replace(/^\/+|\/+$/g, '')
  if (folder !== '' && !isObjectKey(folder)) return '[]'
  const [row] = await engine.database.read(
    caller,
    'storage.object.list',
    selectEntries({
      bucketId,
      prefix: folder === '' ? '' : `${folder}/`,
      search: body.search ?? '',
      sortColumn: body.sortBy?.column ?? 'name',
      sortOrder: body.sortBy?.order ?? 'asc',
      limit: body.limit ?? 100,
      offset: body.offset ?? 0,
    }),
  )
  return row![0]!
}

/** Body of POST /object/list-v2/:bucket. */
export const listObjectsV2Body = z.object({
  prefix: prefix.optional(),
  limit: z.number('must be integer').int('must be integer').min(1, 'must be >= 1').max(1000, 'must be <= 1000').optional(),
  cursor: z.string('must be string').max(CURSOR_CHARACTERS_MAX, 'is too long').optional(),
  with_delimiter: z.boolean('must be boolean').optional(),
  sortBy: z.object({ column: z.enum(['name', 'updated_at', 'created_at'], enumMessage).optional(), order }, 'must be object').optional(),
})

const cursorContent = z.tuple([z.string(), z.string()])

/** A page of all objects under a prefix; with a delimiter, what lies deeper is one folder. */
export async function listObjectsV2(
  engine: StorageEngine,
  caller: Caller,
  bucketId: string,
  body: z.output<typeof listObjectsV2Body>,
): Promise<object> {
  const limit = body.limit ?? 1000
  const start = body.prefix ?? ''
  // A prefix may end inside a name, so only its characters count.
  if (start !== '' && !isObjectKey(start.replace(/\/$/, ''))) return { hasNext: false, folders: [], objects: [] }
  const rows = await engine.database.read(
    caller,
    'storage.object.list_v2',
    selectEntriesAfter({
      bucketId,
      prefix: start,
      withDelimiter: body.with_delimiter ?? false,
      sortColumn: body.sortBy?.column ?? 'name',
      sortOrder: body.sortBy?.order ?? 'asc',
      limit,
      after: body.cursor === undefined || body.cursor === '' ? undefined : readCursor(body.cursor),
    }),
  )
  const page = rows.slice(0, limit)
  const entries = (isFolder: boolean) => page.filter((row) => (row[2] === 'true') === isFolder).map((row) => JSON.parse(row[3]!) as object)
  const last = page.at(-1)
  const next =
    rows.length > limit && last !== undefined
      ? { nextCursor: Buffer.from(JSON.stringify([last[1], last[0]])).toString('base64url'), nextCursorKey: last[0] }
      : {}
  return { hasNext: rows.length > limit, ...next, folders: entries(true), objects: entries(false) }
}

function readCursor(cursor: string): { value: string; key: string } {
  try {
    const [value, key] = cursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    if (!`${value}${key}`.includes('\0')) return { value, key }
  } catch {
    // Refused below, like a cursor with an impossible content.
  }
  throw storageErrors.parameter_invalid({ params: { name: 'cursor' } })
}
