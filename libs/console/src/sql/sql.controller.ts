import { Readable } from 'node:stream'
import { Body, HttpCode, Inject, Post, Query, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { AuditLog } from '#libs/audit'
import { Admin, actorName, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { SqlResult } from '../admin-api.types.ts'
import { closedSignal } from '../wire/closed-signal.ts'
import { parseInput } from '../wire/parse-input.ts'
import { auditableSql } from './auditable-sql.ts'
import { longScriptQuery, RunLongScript } from './run-long-script.ts'
import { RunSql, sqlInput, type SqlOutcome } from './run-sql.ts'

/** POST /sql. */
@AdminController('sql')
export class SqlController {
  constructor(
    @Inject(RunSql) private readonly sql: RunSql,
    @Inject(RunLongScript) private readonly longScript: RunLongScript,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  /** JSON with the script in `query`; or the script alone as application/sql, then of any length, with the rest in the query string. */
  @Post()
  @HttpCode(200)
  async run(
    @Body() body: unknown,
    @Query() query: unknown,
    @Admin() admin: AdminContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SqlResult> {
    if (body instanceof Readable) return this.runLong(body, query, admin, reply)
    const input = parseInput(sqlInput, body)
    const outcome = await this.sql.run(input, closedSignal(reply))
    return this.record(outcome, input.role, auditableSql(input.query), admin)
  }

  private async runLong(script: Readable, query: unknown, admin: AdminContext, reply: FastifyReply): Promise<SqlResult> {
    const as = parseInput(longScriptQuery, query)
    // A failure must not destroy the stream: its socket has to carry the answer, and what still comes is read away.
    const chunks = script.setEncoding('utf8').iterator({ destroyOnReturn: false }) as AsyncIterable<string>
    try {
      const outcome = await this.longScript.run(chunks, as, closedSignal(reply))
      return await this.record(outcome, as.role, { sql: 'a long script' }, admin)
    } finally {
      script.resume()
    }
  }

  private async record({ result, changed }: SqlOutcome, role: string | undefined, script: object, admin: AdminContext): Promise<SqlResult> {
    if (changed) {
      await this.audit.append({
        actor: actorName(admin.actor),
        action: 'sql.run',
        target: role ?? null,
        detail: { command: result.command, rowCount: result.rowCount, ...script },
        requestId: admin.requestId,
      })
    }
    return result
  }
}
