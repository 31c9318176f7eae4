import { Body, HttpCode, Inject, Post, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { AuditLog } from '#libs/audit'
import { Admin, actorName, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { SqlResult } from '../admin-api.types.ts'
import { closedSignal } from '../wire/closed-signal.ts'
import { parseInput } from '../wire/parse-input.ts'
import { auditableSql } from './auditable-sql.ts'
import { RunSql, sqlInput } from './run-sql.ts'

/** POST /sql. */
@AdminController('sql')
export class SqlController {
  constructor(
    @Inject(RunSql) private readonly sql: RunSql,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Post()
  @HttpCode(200)
  async run(@Body() body: unknown, @Admin() admin: AdminContext, @Res({ passthrough: true }) reply: FastifyReply): Promise<SqlResult> {
    const input = parseInput(sqlInput, body)
    const { result, changed } = await this.sql.run({ ...input, signal: closedSignal(reply) })
    if (changed) {
      await this.audit.append({
        actor: actorName(admin.actor),
        action: 'sql.run',
        target: input.role ?? null,
        detail: { command: result.command, rowCount: result.rowCount, ...auditableSql(input.query) },
        requestId: admin.requestId,
      })
    }
    return result
  }
}
