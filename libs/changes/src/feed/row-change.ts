import type { FeedPosition } from './cursor.ts'

/** A row's values as Postgres prints them; null is SQL NULL. A column that the log does not carry is missing. */
export type RowText = Readonly<Record<string, string | null | undefined>>

/** A table as it was when the change was made. */
export interface ChangedRelation {
  readonly oid: number
  /** Schema and name as one key. */
  readonly tableId: string
  readonly schema: string
  readonly name: string
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index'
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[]
}

/** One row that was inserted, updated or deleted, or one table that was truncated. Immutable. */
export interface RowChange {
  readonly type: 'insert' | 'update' | 'delete' | 'truncate'
  readonly position: FeedPosition
  /** `epoch:commit_lsn:seq`; stable over restarts, so it is the change's id too. */
  readonly cursor: string
  /** Unix milliseconds. */
  readonly commitTimeMs: number
  /** The transaction's id, its lower 32 bits. */
  readonly xid: number
  readonly relation: ChangedRelation
  /** The row after an insert or update. */
  readonly new: RowText | null
  /** The whole row before an update or delete; null unless the table has REPLICA IDENTITY FULL. */
  readonly old: RowText | null
  /** The key of the row before a delete, or before an update that changed the key; null under FULL. */
  readonly key: RowText | null
  /** About how much memory it holds. */
  readonly bytes: number
}

/** A logical message (`pg_logical_emit_message`). */
export interface FeedMessage {
  readonly prefix: string
  readonly content: Uint8Array
}

/** `schema.table` in a form that no name can imitate. */
export function tableIdOf(schema: string, table: string): string {
  return JSON.stringify([schema, table])
}
