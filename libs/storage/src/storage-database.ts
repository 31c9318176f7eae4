// Statements on storage.buckets and storage.objects, each under the caller's role, claims and operation: policies see
// who asks and for what.
import type { RequestContext, RequestDatabase, Statement, TextRow } from '#libs/postgres'
import type { Caller } from './callers/caller.ts'

/** What the setting `storage.operation` tells policies. */
export type StorageOperation = `storage.${'bucket' | 'object'}.${string}`

/** A statement's text and values; numbers and booleans travel as text. */
export interface Sql {
  readonly text: string
  readonly values: readonly (string | number | boolean | null | undefined)[]
}

/** Runs statements of the storage API on the request pools. */
export class StorageDatabase {
  constructor(private readonly database: RequestDatabase) {}

  /** Rows of a reading statement. */
  async read(caller: Caller, operation: StorageOperation, sql: Sql): Promise<readonly TextRow[]> {
    return (await this.database.run(contextOf(caller, operation, true), statementOf(sql))).rows
  }

  /** Rows and count of a writing statement, committed when this resolves. */
  async write(caller: Caller, operation: StorageOperation, sql: Sql): Promise<{ rows: readonly TextRow[]; rowCount: number }> {
    return this.database.run(contextOf(caller, operation, false), statementOf(sql))
  }

  /** Tries a writing statement and takes it back: throws what the real one would throw now. */
  async probe(caller: Caller, operation: StorageOperation, sql: Sql): Promise<{ rowCount: number }> {
    return this.database.transaction(contextOf(caller, operation, false), async (transaction) => {
      transaction.setRollbackOnly()
      return transaction.run(statementOf(sql))
    })
  }
}

function contextOf(caller: Caller, operation: StorageOperation, readOnly: boolean): RequestContext {
  return {
    role: caller.role,
    claimsJson: caller.claimsJson,
    readOnly,
    settings: [
      ['storage.operation', operation],
      ['request.method', caller.method],
      ['request.path', caller.path],
    ],
  }
}

function statementOf(sql: Sql): Statement {
  return { text: sql.text, values: sql.values.map((value) => (value === null || value === undefined ? null : String(value))) }
}
