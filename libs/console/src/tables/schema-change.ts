// How every change of the owner's schema is made: SQL from validated input, shown or applied in one transaction together
// with its audit record, and the catalog read again before the answer, so that REST and GraphQL know it at once.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { AuditLog } from '#libs/audit'
import { CatalogService } from '#libs/catalog'
import { DatabaseError, PlatformDatabase, type PlatformQueries } from '#libs/postgres'
import { actorName, type AdminContext } from '../access/admin-actor.ts'
import type { Applied } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'

/** Table locks from weak to strong, as Postgres names them. */
export const lockLevels = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const
/** A table lock. */
export type LockLevel = (typeof lockLevels)[number]

/** A planned change: nothing has happened yet. */
export interface SchemaChange {
  /** Without semicolons. */
  readonly statements: readonly string[]
  /** The strongest lock on an existing table; null when none is held. */
  readonly lock: LockLevel | null
  /** What the owner should know before, in whole sentences. */
  readonly warnings: readonly string[]
}

/** What is recorded with a change. */
export interface ChangeRecord {
  readonly action: string
  readonly target: string
  readonly admin: AdminContext
  readonly dryRun: boolean
}

/** Query string of the routes that can show instead of do. */
export const dryRunQuery = z
  .object({ dryRun: z.enum(['true', 'false', '']).optional() })
  .transform(({ dryRun }) => dryRun === 'true' || dryRun === '')

/** A name that Postgres takes unshortened. */
export const nameInput = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 63, 'must have at most 63 bytes')
  .refine((name) => !name.includes('\0'), 'must not hold a NUL character')

/** A waiting ALTER TABLE blocks everybody behind it, so it gives up soon. */
const lockTimeoutMs = 5_000

/** A change that rewrites or checks a large table takes its time. */
const statementTimeoutMs = 600_000

/** Shows or applies changes. */
@Injectable()
export class SchemaChanges {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  async apply(change: SchemaChange, record: ChangeRecord): Promise<Applied> {
    const sql = change.statements.map((statement) => `${statement};`).join('\n')
    const shown = { sql, lock: change.lock, warnings: [...change.warnings] }
    if (record.dryRun || change.statements.length === 0) return { ...shown, applied: false }
    const work = async (tx: PlatformQueries) => {
      await tx.query(`select pg_catalog.set_config('lock_timeout', $1, true)`, [`${lockTimeoutMs}ms`])
      for (const statement of change.statements) await tx.query(statement).catch(refuseStatement)
      const { actor, requestId } = record.admin
      await this.audit.append({ actor: actorName(actor), action: record.action, target: record.target, detail: { sql }, requestId }, tx)
    }
    await this.database.transaction(work, { timeoutMs: statementTimeoutMs })
    await this.catalog.reload()
    return { ...shown, applied: true }
  }
}

/** Postgres' refusal of a statement that the owner asked for: its words, and never a fault of the server. */
function refuseStatement(error: unknown): never {
  if (!(error instanceof DatabaseError)) throw error
  const { sqlstate, message, detail, hint } = error
  if (sqlstate === '55P03') throw consoleErrors.table_busy({ extra: { sqlstate }, cause: error })
  throw consoleErrors.sql_failed({
    params: { message },
    ...(hint === undefined ? {} : { hint }),
    extra: { sqlstate, ...(detail === undefined ? {} : { detail }) },
  })
}

/** The stronger of two locks. */
export function strongerLock(a: LockLevel | null, b: LockLevel | null): LockLevel | null {
  return (a === null ? -1 : lockLevels.indexOf(a)) >= (b === null ? -1 : lockLevels.indexOf(b)) ? a : b
}
