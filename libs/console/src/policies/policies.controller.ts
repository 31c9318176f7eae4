import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common'
import { Admin, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { Applied, Policy } from '../admin-api.types.ts'
import { dryRunQuery } from '../tables/schema-change.ts'
import { parseInput } from '../wire/parse-input.ts'
import { CreatePolicy, policyInput } from './create-policy.ts'
import { DropPolicy } from './drop-policy.ts'
import { ListPolicies, policiesQuery } from './list-policies.ts'

/** GET, POST and DELETE /policies. */
@AdminController('policies')
export class PoliciesController {
  constructor(
    @Inject(ListPolicies) private readonly listPolicies: ListPolicies,
    @Inject(CreatePolicy) private readonly createPolicy: CreatePolicy,
    @Inject(DropPolicy) private readonly dropPolicy: DropPolicy,
  ) {}

  @Get()
  async list(@Query() query: unknown): Promise<Policy[]> {
    return this.listPolicies.run(parseInput(policiesQuery, query))
  }

  @Post()
  @HttpCode(200)
  async create(@Body() body: unknown, @Query() query: unknown, @Admin() admin: AdminContext): Promise<Applied> {
    return this.createPolicy.run(parseInput(policyInput, body), admin, parseInput(dryRunQuery, query))
  }

  @Delete(':schema/:table/:name')
  async drop(
    @Param('schema') schema: string,
    @Param('table') table: string,
    @Param('name') name: string,
    @Query() query: unknown,
    @Admin() admin: AdminContext,
  ): Promise<Applied> {
    return this.dropPolicy.run(schema, table, name, admin, parseInput(dryRunQuery, query))
  }
}
