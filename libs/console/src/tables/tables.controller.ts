import { Body, Delete, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common'
import { Admin, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { Applied } from '../admin-api.types.ts'
import { parseInput } from '../wire/parse-input.ts'
import { AlterTable, tableChangesInput } from './alter-table.ts'
import { CreateTable, tableInput } from './create-table.ts'
import { DropTable } from './drop-table.ts'
import { OpenTable, openTableInput } from './open-table.ts'
import { dryRunQuery } from './schema-change.ts'

/** POST, PATCH and DELETE below /tables. */
@AdminController('tables')
export class TablesController {
  constructor(
    @Inject(CreateTable) private readonly createTable: CreateTable,
    @Inject(AlterTable) private readonly alterTable: AlterTable,
    @Inject(DropTable) private readonly dropTable: DropTable,
    @Inject(OpenTable) private readonly openTable: OpenTable,
  ) {}

  @Post()
  @HttpCode(200)
  async create(@Body() body: unknown, @Query() query: unknown, @Admin() admin: AdminContext): Promise<Applied> {
    return this.createTable.run(parseInput(tableInput, body), admin, parseInput(dryRunQuery, query))
  }

  @Patch(':schema/:table')
  async alter(
    @Param('schema') schema: string,
    @Param('table') table: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Admin() admin: AdminContext,
  ): Promise<Applied> {
    return this.alterTable.run(schema, table, parseInput(tableChangesInput, body), admin, parseInput(dryRunQuery, query))
  }

  @Delete(':schema/:table')
  async drop(
    @Param('schema') schema: string,
    @Param('table') table: string,
    @Query() query: unknown,
    @Admin() admin: AdminContext,
  ): Promise<Applied> {
    return this.dropTable.run(schema, table, admin, parseInput(dryRunQuery, query))
  }

  @Post(':schema/:table/open')
  @HttpCode(200)
  async open(
    @Param('schema') schema: string,
    @Param('table') table: string,
    @Body() body: unknown,
    @Query() query: unknown,
    @Admin() admin: AdminContext,
  ): Promise<Applied> {
    return this.openTable.run(schema, table, parseInput(openTableInput, body), admin, parseInput(dryRunQuery, query))
  }
}
