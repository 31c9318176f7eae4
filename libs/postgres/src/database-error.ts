// Postgres's own answer to a statement that it refused. Dialect renderers turn it into their error body.
import pg from 'pg'

/** A statement that Postgres refused: its SQLSTATE, words and position. Everything here may be shown to the caller. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  /** Five characters, for example `23505`. */
  readonly sqlstate: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly schema: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined
  readonly dataType: string | undefined
  readonly constraint: string | undefined
  /** 1-based character position in the statement's text. */
  readonly position: number | undefined
  readonly where: string | undefined
  /** Which statement of an exchange was refused: 0 the statement itself, 1 the first that follows it; undefined for COMMIT and what goes before. */
  readonly statement: number | undefined

  constructor(fields: DatabaseErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.sqlstate = fields.sqlstate
    this.detail = fields.detail
    this.hint = fields.hint
    this.schema = fields.schema
    this.table = fields.table
    this.column = fields.column
    this.dataType = fields.dataType
    this.constraint = fields.constraint
    this.position = fields.position
    this.where = fields.where
    this.statement = fields.statement
  }
}

/** Input of a {@link DatabaseError}. */
export interface DatabaseErrorFields {
  readonly sqlstate: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly dataType?: string
  readonly constraint?: string
  readonly position?: number
  readonly where?: string
  readonly statement?: number
  readonly cause?: unknown
}

/** True for an error message that a Postgres server sent, as node-postgres gives it. */
export function isServerError(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && typeof error.code === 'string'
}

/**
 * The driver's error as a DatabaseError; `statement` says which of an exchange it was. `keepRows` false strips the detail of not-null and check violations (of views too), which
 * prints the refused row, with columns that the caller may not be allowed to read.
 */
export function toDatabaseError(error: pg.DatabaseError, keepRows: boolean, statement?: number): DatabaseError {
  const sqlstate = error.code ?? 'XX000'
  const printsRow = sqlstate === '23502' || sqlstate === '23514' || sqlstate === '44000'
  return new DatabaseError({
    sqlstate,
    message: error.message,
    detail: printsRow && !keepRows ? undefined : error.detail,
    hint: error.hint,
    schema: error.schema,
    table: error.table,
    column: error.column,
    dataType: error.dataType,
    constraint: error.constraint,
    position: error.position === undefined ? undefined : Number(error.position),
    where: error.where,
    statement,
  })
}

/** The error of a transaction whose COMMIT became a ROLLBACK, because a failed statement in it was not thrown on. */
export function transactionFailed(): DatabaseError {
  return new DatabaseError({ sqlstate: '25P02', message: 'the transaction was rolled back, because a statement in it failed' })
}
