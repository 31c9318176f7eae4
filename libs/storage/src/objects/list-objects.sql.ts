// Lists of a bucket: names below a prefix, with everything up to the next slash as a folder. A prefix is one range of
// the index on (bucket_id, name), whose names sort by their bytes.
import { isoTime, likeLiteral } from '../buckets/buckets.sql.ts'
import type { Sql } from '../storage-database.ts'

/** The columns that a list may be sorted by. */
export type SortColumn = 'name' | 'created_at' | 'updated_at' | 'last_accessed_at'

/** A page of the first version of the list. */
export interface ListPage {
  readonly bucketId: string
  /** Empty, or with a slash at its end. */
  readonly prefix: string
  /** The entries' names begin with it; capital or small letters are the same. */
  readonly search: string
  readonly sortColumn: SortColumn
  readonly sortOrder: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

/** One value: the JSON array, folders first. */
export function selectEntries(page: ListPage): Sql {
  const order = page.sortColumn === 'name' ? `name ${page.sortOrder}` : `${page.sortColumn} ${page.sortOrder}, name`
  const time = (column: string) => `'${column}', ${isoTime(column)}`
  return {
    text: `WITH found AS (
        SELECT substr(name, char_length($2) + 1) AS name, id, created_at, updated_at, last_accessed_at, metadata
        FROM storage.objects WHERE bucket_id = $1 AND name >= $2 AND ($3::text IS NULL OR name < $3)
      ), entries AS (
        SELECT 1 AS kind, * FROM found WHERE strpos(name, '/') = 0
        UNION ALL
        SELECT DISTINCT 0, split_part(name, '/', 1), NULL::uuid, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, NULL::jsonb
        FROM found WHERE strpos(name, '/') > 0
      ), page AS (
        SELECT *, row_number() OVER (ORDER BY kind, ${order}) AS place FROM entries WHERE name ILIKE $4
        ORDER BY kind, ${order} LIMIT $5 OFFSET $6
      )
      SELECT coalesce(json_agg(json_build_object('name', name, 'id', id, ${time('updated_at')}, ${time('created_at')},
        ${time('last_accessed_at')}, 'metadata', metadata) ORDER BY place), '[]')::text FROM page`,
    values: [page.bucketId, page.prefix, endOfRange(page.prefix), `${likeLiteral(page.search)}%`, page.limit, page.offset],
  }
}

/** A page of the second version: keyset instead of offset. */
export interface KeysetPage {
  readonly bucketId: string
  readonly prefix: string
  readonly withDelimiter: boolean
  readonly sortColumn: 'name' | 'created_at' | 'updated_at'
  readonly sortOrder: 'asc' | 'desc'
  readonly limit: number
  /** The sort value and key of the last entry seen. */
  readonly after: { readonly value: string; readonly key: string } | undefined
}

/** One row per entry, one more than the limit when there are more: key, sort value, is it a folder, entry as JSON. */
export function selectEntriesAfter(page: KeysetPage): Sql {
  const comparison = page.sortOrder === 'asc' ? '>' : '<'
  const precise = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')`
  const value = page.sortColumn === 'name' ? 'key' : precise(page.sortColumn)
  // A folder shows the newest change below it.
  const folders = `SELECT $2 || split_part(substr(name, char_length($2) + 1), '/', 1) || '/' AS key, true AS folder, NULL::uuid AS id,
      max(created_at) AS created_at, max(updated_at) AS updated_at, NULL::timestamptz AS last_accessed_at, NULL::jsonb AS metadata
    FROM found WHERE strpos(substr(name, char_length($2) + 1), '/') > 0 GROUP BY 1`
  const files = `SELECT name AS key, false AS folder, id, created_at, updated_at, last_accessed_at, metadata FROM found`
  const entries = page.withDelimiter ? `${files} WHERE strpos(substr(name, char_length($2) + 1), '/') = 0 UNION ALL ${folders}` : files
  return {
    text: `WITH found AS (
        SELECT * FROM storage.objects WHERE bucket_id = $1 AND name >= $2 AND ($3::text IS NULL OR name < $3)
      ), entries AS (SELECT key COLLATE "C" AS key, folder, id, created_at, updated_at, last_accessed_at, metadata FROM (${entries}) AS e),
      sorted AS (SELECT *, (${value}) COLLATE "C" AS value FROM entries)
      SELECT key, value, folder::text, CASE WHEN folder THEN json_build_object('name', key, 'key', key)
        ELSE json_build_object('name', key, 'key', key, 'id', id, 'updated_at', ${isoTime('updated_at')}, 'created_at', ${isoTime('created_at')},
          'last_accessed_at', ${isoTime('last_accessed_at')}, 'metadata', metadata) END::text
      FROM sorted WHERE $4::text IS NULL OR (value, key) ${comparison} ($4, $5)
      ORDER BY value ${page.sortOrder}, key ${page.sortOrder} LIMIT $6`,
    values: [page.bucketId, page.prefix, endOfRange(page.prefix), page.after?.value, page.after?.key, page.limit + 1],
  }
}

/** The first name after all names with this prefix, in the order of bytes; keys are ASCII. */
function endOfRange(prefix: string): string | null {
  return prefix === '' ? null : prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}
