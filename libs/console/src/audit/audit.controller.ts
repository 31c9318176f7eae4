import { Get, Inject, Query } from '@nestjs/common'
import { z } from 'zod'
import { AuditLog } from '#libs/audit'
import { AdminController } from '../access/admin-controller.ts'
import type { AuditEntry } from '../admin-api.types.ts'
import { parseInput } from '../wire/parse-input.ts'

const auditQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(100), before: z.uuid().optional() })

/** GET /audit: newest first; `before` takes the id of the last entry of the page before. */
@AdminController('audit')
export class AuditController {
  constructor(@Inject(AuditLog) private readonly audit: AuditLog) {}

  @Get()
  async list(@Query() query: unknown): Promise<AuditEntry[]> {
    return this.audit.list(parseInput(auditQuery, query))
  }
}
