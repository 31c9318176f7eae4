// The statements on storage.objects, except the lists. Every value is a parameter; RLS decides which rows there are.
import { isoTime, uuidOrNull } from '../buckets/buckets.sql.ts'
import type { Sql } from '../storage-database.ts'

/** What a row says about its bytes, in the names that the dialect uses inside `metadata`. */
export interface ObjectMetadata {
  /** With quotes. */
  readonly eTag: string
  readonly size: number
  readonly mimetype: string
  readonly cacheControl: string
  /** ISO 8601. */
  readonly lastModified: string
  readonly contentLength: number
  readonly httpStatusCode: 200
  /** Hex. */
  readonly sha256: string
}

/** A row to be written. */
export interface NewObject {
  readonly id: string
  readonly bucketId: string
  readonly name: string
  readonly ownerId: string | undefined
  readonly version: string
  /** A probe knows only a part of it. */
  readonly metadata: Partial<ObjectMetadata>
  readonly userMetadataJson: string | null
}

const newRow = `$1::uuid, $2, $3, ${uuidOrNull('$4')}, $4, $5, $6::jsonb, $7::jsonb`
const newColumns = '(id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)'

function valuesOf(object: NewObject): Sql['values'] {
  const { id, bucketId, name, ownerId, version, metadata, userMetadataJson } = object
  return [id, bucketId, name, ownerId, version, JSON.stringify(metadata), userMetadataJson]
}

/** Without RETURNING, which would ask for the right to read as well: an upload needs INSERT only. */
export function insertObject(object: NewObject): Sql {
  return { text: `INSERT INTO storage.objects ${newColumns} VALUES (${newRow})`, values: valuesOf(object) }
}

/**
 * Inserts or replaces; two columns: the row's id, and the version that was replaced. The old row is locked before it is
 * replaced. When two first uploads meet, the second does not learn the first one's version: the sweep removes its bytes.
 */
export function upsertObject(object: NewObject): Sql {
  return {
    text: `WITH old AS (SELECT version FROM storage.objects WHERE bucket_id = $2 AND name = $3 FOR UPDATE)
      INSERT INTO storage.objects AS o ${newColumns} SELECT ${newRow} FROM (VALUES (1)) AS one LEFT JOIN old ON true
      ON CONFLICT (bucket_id, name) DO UPDATE SET owner = excluded.owner, owner_id = excluded.owner_id, version = excluded.version,
        metadata = excluded.metadata, user_metadata = excluded.user_metadata, updated_at = now()
      RETURNING o.id::text, (SELECT version FROM old)`,
    values: valuesOf(object),
  }
}

/** Columns of a row that is served or described; read them through {@link readStoredObject}. */
const storedColumns = `o.id::text, o.name, o.bucket_id, o.version, o.metadata::text, o.user_metadata::text, ${isoTime('o.created_at')}, ${isoTime('o.updated_at')}`

/** One object that the caller may see. */
export function selectObject(bucketId: string, name: string): Sql {
  return { text: `SELECT ${storedColumns} FROM storage.objects o WHERE o.bucket_id = $1 AND o.name = $2`, values: [bucketId, name] }
}

/** No row: no such public bucket. A row whose first column is null: no such object in it. */
export function selectPublicObject(bucketId: string, name: string): Sql {
  return {
    text: `SELECT ${storedColumns} FROM storage.buckets b LEFT JOIN storage.objects o ON o.bucket_id = b.id AND o.name = $2
      WHERE b.id = $1 AND b.public`,
    values: [bucketId, name],
  }
}

/** Which of the names exist for the caller. */
export function selectExistingNames(bucketId: string, names: readonly string[]): Sql {
  return {
    text: `SELECT o.name FROM storage.objects o WHERE o.bucket_id = $1 AND o.name = ANY (ARRAY(SELECT json_array_elements_text($2::json)))`,
    values: [bucketId, JSON.stringify(names)],
  }
}

/** A whole row as the dialect shows it. */
export const objectJson = (o: string) => `json_build_object('id', ${o}.id, 'name', ${o}.name, 'bucket_id', ${o}.bucket_id,
  'owner', ${o}.owner, 'owner_id', ${o}.owner_id, 'version', ${o}.version, 'created_at', ${isoTime(`${o}.created_at`)},
  'updated_at', ${isoTime(`${o}.updated_at`)}, 'last_accessed_at', ${isoTime(`${o}.last_accessed_at`)},
  'metadata', ${o}.metadata, 'user_metadata', ${o}.user_metadata)`

export function selectObjectJson(bucketId: string, name: string): Sql {
  return {
    text: `SELECT ${objectJson('o')}::text FROM storage.objects o WHERE o.bucket_id = $1 AND o.name = $2`,
    values: [bucketId, name],
  }
}

/** Deletes the named objects that the caller may delete; two columns: version, row as JSON. */
export function deleteNamedObjects(bucketId: string, names: readonly string[]): Sql {
  return {
    text: `DELETE FROM storage.objects o WHERE o.bucket_id = $1 AND o.name = ANY (ARRAY(SELECT json_array_elements_text($2::json)))
      RETURNING o.version, ${objectJson('o')}::text`,
    values: [bucketId, JSON.stringify(names)],
  }
}

/** Deletes up to `count` objects of a bucket; one column: version. */
export function deleteSomeObjects(bucketId: string, count: number): Sql {
  return {
    text: `DELETE FROM storage.objects WHERE bucket_id = $1 AND name IN (SELECT name FROM storage.objects WHERE bucket_id = $1 ORDER BY name LIMIT $2)
      RETURNING version`,
    values: [bucketId, count],
  }
}

/** Gives an object another name or bucket; one column: its id. The bytes stay where they are. */
export function renameObject(from: { bucketId: string; name: string }, to: { bucketId: string; name: string }): Sql {
  return {
    text: `UPDATE storage.objects SET bucket_id = $3, name = $4, updated_at = now() WHERE bucket_id = $1 AND name = $2 RETURNING id::text`,
    values: [from.bucketId, from.name, to.bucketId, to.name],
  }
}

/** Which of the versions have a row. */
export function selectLivingVersions(versions: readonly string[]): Sql {
  return {
    text: 'SELECT version FROM storage.objects WHERE version = ANY (ARRAY(SELECT json_array_elements_text($1::json)))',
    values: [JSON.stringify(versions)],
  }
}
