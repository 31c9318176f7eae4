// POST /migrations: one of the owner's own migrations, fully or not at all, with its line in the ledger.
import { createHash } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { AuditLog } from '#libs/audit'
import { CatalogService } from '#libs/catalog'
import { actorName, type AdminContext } from '../access/admin-actor.ts'
import type { UserMigration, UserMigrationInput } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { splitStatements } from '../sql/split-statements.ts'
import { SqlConnections } from '../sql/sql-connections.ts'

/** Body of POST /migrations. */
export const migrationInput = z.strictObject({
  name: z.string().regex(/^[\w][\w.-]{0,199}$/, 'must hold only letters, digits, "_", "-" and "."'),
  sql: z.string().refine((text) => !text.includes('\0'), 'must not hold a NUL character'),
})

const timeoutMs = 3_600_000
/** Any number that nobody else locks: migrations of one database wait for each other. */
const lockKey = 72_707_371
/** First words that end the migration's own transaction or begin another. */
const transactionWords = /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT|PREPARE TRANSACTION)\b/

/** Applies migrations. */
@Injectable()
export class ApplyMigration {
  constructor(
    @Inject(SqlConnections) private readonly connections: SqlConnections,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  /** A migration that was applied already with the same content is answered and not run again. */
  async run(input: UserMigrationInput, admin: AdminContext, signal: AbortSignal): Promise<UserMigration> {
    refuseTransactionControl(input.sql)
    const checksum = migrationChecksum(input.sql)
    const applied = await this.connections.use('owner', { timeoutMs, signal, keep: { rows: 0, bytes: 0 } }, async (session) => {
      await session.query('begin')
      await session.query('select pg_catalog.pg_advisory_xact_lock($1)', [lockKey])
      const { rows } = await session.query('select checksum, applied_at from plinth.user_migrations where name = $1', [input.name])
      if (rows[0] !== undefined) {
        if (rows[0]['checksum'] !== checksum)
          throw consoleErrors.migration_edited({ params: { name: input.name }, hint: 'Put the change into a new migration.' })
        return { at: rows[0]['applied_at'] as Date, isNew: false }
      }
      await session.run(input.sql)
      // The script may have taken another role or path for the session.
      await session.query('reset role')
      const inserted = await session.query('insert into plinth.user_migrations (name, checksum) values ($1, $2) returning applied_at', [
        input.name,
        checksum,
      ])
      await session.run('commit')
      return { at: inserted.rows[0]!['applied_at'] as Date, isNew: true }
    })
    if (applied.isNew) {
      await this.catalog.reload()
      await this.audit.append({
        actor: actorName(admin.actor),
        action: 'migration.apply',
        target: input.name,
        detail: { checksum },
        requestId: admin.requestId,
      })
    }
    return { name: input.name, checksum, appliedAt: new Date(applied.at).toISOString() }
  }
}

/** SHA-256 of the script; line endings of another system make no difference. */
export function migrationChecksum(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
}

function refuseTransactionControl(sql: string): void {
  for (const { words, line } of splitStatements(sql)) {
    const start = words.join(' ')
    // ROLLBACK TO SAVEPOINT stays inside the transaction.
    if (transactionWords.test(start) && words[1] !== 'TO') {
      throw consoleErrors.migration_ends_transaction({ params: { statement: words[0]!, line } })
    }
  }
}
