// The words between the dialects and the database: what a request asks for, and what it gets.

/** A row as text, in the order of the statement's columns; null is SQL NULL. */
export type TextRow = readonly (string | null)[]

/** A column of a result: its name and the OID of its type. */
export interface ResultColumn {
  readonly name: string
  readonly typeOid: number
}

/** What a statement gave. `rowCount`: rows returned, or touched by a write. */
export interface StatementResult {
  readonly rows: readonly TextRow[]
  readonly rowCount: number
  readonly columns: readonly ResultColumn[]
  /** Rows of the statements in {@link Statement.after}, in their order. */
  readonly after?: readonly (readonly TextRow[])[]
}

/**
 * One SQL statement with its values as `$1…`. Equal text is prepared once per connection (bounded). Values are sent as
 * text, null or, for a Buffer, as the type's binary form (for bytea: the bytes themselves).
 */
export interface Statement {
  readonly text: string
  readonly values: readonly (string | null | Buffer)[]
  /** Statements that follow in the same transaction and round trip, such as a look at settings that this one made. */
  readonly after?: readonly Omit<Statement, 'after'>[]
}

/** Under whose rights a request runs. All of it is local to the request's transaction. */
export interface RequestContext {
  readonly role: string
  /** The token's claims as JSON text: `request.jwt.claims`. */
  readonly claimsJson: string
  readonly readOnly: boolean
  /** Time limit in milliseconds, of the statement or of the whole explicit transaction; 0 = none. Default: the database's. */
  readonly timeoutMs?: number
  /** Further LOCAL settings: request.method, search_path, timezone … */
  readonly settings?: readonly (readonly [name: string, value: string])[]
  /** Isolation level of an explicit transaction; `run` is always on Postgres' default level. */
  readonly isolation?: 'repeatable read' | 'serializable'
  /** A statement without values that runs once in the transaction, after the settings and in the same round trip; its error is the answer. */
  readonly preamble?: string
  /** Whoever waits for the answer. Once they have gone, a statement that takes long is given up: `postgres/aborted`. */
  readonly recipient?: Recipient
}

/** Somebody who can go away, such as a socket of Node. */
export interface Recipient {
  /** Once true, true for good. */
  readonly destroyed: boolean
}
