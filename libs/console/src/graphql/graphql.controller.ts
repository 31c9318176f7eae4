import { Body, Delete, Get, HttpCode, Inject, Optional, Param, Post } from '@nestjs/common'
import { z } from 'zod'
import { AuditLog } from '#libs/audit'
import { Admin, actorName, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { GraphqlDocument, GraphqlExplanation } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { parseInput } from '../wire/parse-input.ts'
import { GRAPHQL_ADMIN, type GraphqlAdmin } from './graphql-admin.ts'

const documentInput = z.strictObject({ document: z.string().min(1).max(1_000_000), name: z.string().max(200).nullish() })

/** GET and POST /graphql/documents, DELETE /graphql/documents/:hash, POST /graphql/explain. */
@AdminController('graphql')
export class GraphqlController {
  constructor(
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Optional() @Inject(GRAPHQL_ADMIN) private readonly served?: GraphqlAdmin,
  ) {}

  @Get('documents')
  list(): Promise<GraphqlDocument[]> {
    return this.graphql().list()
  }

  @Post('documents')
  @HttpCode(200)
  async add(@Body() body: unknown, @Admin() admin: AdminContext): Promise<GraphqlDocument> {
    const { document, name } = parseInput(documentInput, body)
    const added = await this.graphql().add({ document, name: name ?? null })
    await this.record('graphql.document.add', added.hash, admin)
    return added
  }

  @Delete('documents/:hash')
  @HttpCode(204)
  async remove(@Param('hash') hash: string, @Admin() admin: AdminContext): Promise<void> {
    await this.graphql().remove(hash)
    await this.record('graphql.document.remove', hash, admin)
  }

  @Post('explain')
  @HttpCode(200)
  explain(@Body() body: unknown): Promise<GraphqlExplanation[]> {
    return this.graphql().explain(body)
  }

  private graphql(): GraphqlAdmin {
    if (this.served === undefined) throw consoleErrors.graphql_not_served()
    return this.served
  }

  private async record(action: string, target: string, { actor, requestId }: AdminContext): Promise<void> {
    await this.audit.append({ actor: actorName(actor), action, target, requestId })
  }
}
