// POST /sql: the owner's script, in one transaction, as the platform's owner or as a role with claims.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { CatalogService } from '#libs/catalog'
import { SERVICE_ROLE } from '#libs/identity'
import type { SqlResult } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'
import { valueReader } from './json-values.ts'
import { describeColumns } from './result-types.ts'
import type { WireResult } from './script-query.ts'
import { SqlConnections, type SqlSession } from './sql-connections.ts'

/** Longest time that a caller may ask for. */
const timeoutMsMax = 3_600_000
const keep = { rows: 10_000, bytes: 32 * 1024 * 1024 }

/** Statements that cannot change what the APIs offer; after anything else the catalog is read again. */
const harmless = new Set(
  [
    'SELECT',
    'INSERT',
    'UPDATE',
    'DELETE',
    'MERGE',
    'SHOW',
    'EXPLAIN',
    'SET',
    'RESET',
    'COPY',
    'FETCH',
    'ANALYZE',
    'VACUUM',
    'TRUNCATE TABLE',
  ].concat([
    'BEGIN',
    'START TRANSACTION',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT',
    'RELEASE',
    'DECLARE CURSOR',
    'CLOSE CURSOR',
    'LOCK TABLE',
    'PREPARE',
    'DEALLOCATE',
  ]),
)
/** Statements that change nothing at all: not worth a line in the audit log. */
const readOnly = new Set(['SELECT', 'SHOW', 'EXPLAIN', 'SET', 'RESET', 'BEGIN', 'START TRANSACTION', 'COMMIT', 'ROLLBACK', 'FETCH'])

/** Body of POST /sql. */
export const sqlInput = z.strictObject({
  query: z.string().refine((text) => !text.includes('\0'), 'must not hold a NUL character'),
  params: z.array(z.unknown()).max(65_535).optional(),
  role: z.string().min(1).max(63).optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
  timeoutMs: z.int().min(1).max(timeoutMsMax).optional(),
})

/** Who a script runs as, how long, and what stops it. */
export interface SqlAs {
  readonly role?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly timeoutMs?: number
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal
}

/** The last statement's result; `changed` says whether anything but reading was in the script. */
export interface SqlOutcome {
  readonly result: SqlResult
  readonly changed: boolean
}

/** Runs scripts, and has the catalog read again after those that may have changed it. */
@Injectable()
export class RunSql {
  constructor(
    @Inject(SqlConnections) private readonly connections: SqlConnections,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
  ) {}

  async run(input: z.output<typeof sqlInput>, signal: AbortSignal): Promise<SqlOutcome> {
    return this.inSession({ ...input, signal }, async (session) => {
      // The simple protocol makes a whole script one implicit transaction; a role needs an explicit one, to be local to it.
      if (input.role !== undefined) await beginAs(session, input)
      const result = await session.run(input.query, input.params)
      if (!session.isInTransaction()) return result
      if (input.role === undefined) {
        throw consoleErrors.sql_transaction_open({ hint: 'Add COMMIT at its end, or leave BEGIN out: a script is one transaction anyway.' })
      }
      await session.run('commit')
      return result
    })
  }

  /** Gives `work` a connection of the right login, and turns its result into the answer. */
  async inSession(as: SqlAs, work: (session: SqlSession) => Promise<WireResult>): Promise<SqlOutcome> {
    let tags: ReadonlySet<string> = new Set()
    const login = as.role === undefined ? 'owner' : as.role === SERVICE_ROLE ? 'service' : 'api'
    const limits = { timeoutMs: as.timeoutMs ?? this.options.sqlTimeoutMs ?? 120_000, keep, signal: as.signal }
    try {
      const result = await this.connections.use(login, limits, async (session) => {
        tags = session.tags
        const started = performance.now()
        const wire = await work(session)
        return toSqlResult(wire, Math.round((performance.now() - started) * 100) / 100, session)
      })
      return { result, changed: [...tags].some((tag) => !readOnly.has(tag)) }
    } finally {
      // Also after a failure: a script with a COMMIT of its own may have kept what it did before.
      if ([...tags].some((tag) => !harmless.has(tag))) await this.catalog.reload()
      // A function that a SELECT calls may have made DDL; a look at the fingerprint is cheap.
      else if (login !== 'api' && tags.has('SELECT')) await this.catalog.refreshIfStale()
    }
  }
}

/** Begins a transaction with role and claims local to it, as they are in a request of that role. */
export async function beginAs(session: SqlSession, { role, claims }: SqlAs): Promise<void> {
  await session.query('begin')
  if (role === undefined) return
  try {
    await session.query(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
      role,
      JSON.stringify({ role, ...claims }),
    ])
  } catch (cause) {
    const { code } = cause as { code?: string }
    throw code === '22023' || code === '42501' ? consoleErrors.role_not_found({ params: { role }, cause }) : cause
  }
}

async function toSqlResult(wire: WireResult, durationMs: number, session: SqlSession): Promise<SqlResult> {
  const columns = wire.columns.length === 0 ? [] : await describeColumns(wire.columns, (text, values) => session.query(text, values))
  const readers = columns.map((column) => valueReader(column.value))
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: wire.rows.map((row) => row.map((text, i) => (text === null ? null : readers[i]!(text)))),
    rowCount: wire.rowCount,
    durationMs,
    command: wire.command,
    truncated: wire.truncated,
    notices: [...session.notices],
  }
}
