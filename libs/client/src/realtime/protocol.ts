// The messages of libs/realtime/PROTOCOL.md.

/** Which changes of a table to follow. */
export type ChangeEvent = 'insert' | 'update' | 'delete' | '*'

/** One subscription to a table's changes, as it travels. */
export interface WireBinding {
  readonly event: ChangeEvent
  readonly schema: string
  readonly table: string
  readonly filter?: { readonly column: string; readonly value: string | number | boolean | null }
}

/** A change as it arrives. */
export interface WireChange<Row = Record<string, unknown>> {
  readonly channel: string
  readonly ids: readonly number[]
  readonly cursor: string
  readonly schema: string
  readonly table: string
  readonly type: 'insert' | 'update' | 'delete'
  readonly commitTimestamp: string
  readonly record: Row | null
  readonly old: Partial<Row> | null
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** Answer to every event that the client sends. */
export type Ack<T = unknown> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly hint?: string } }

/** Answer to `join`. */
export interface Joined {
  readonly changes: readonly { readonly id: number }[]
  readonly cursor: string | null
}

/** Changes may have been missed: read the data again. */
export interface Resync {
  readonly channel: string
  readonly reason: 'gap' | 'epoch_changed' | 'overflow' | 'rights_changed'
  readonly cursor: string
}

/** Something the server has to say about the connection or a channel. */
export interface SystemMessage {
  readonly channel?: string
  readonly code: string
  readonly message: string
}
