import { Get, Header, Inject } from '@nestjs/common'
import { CatalogService } from '#libs/catalog'
import { AdminController } from '../access/admin-controller.ts'
import type { SchemaOverview } from '../admin-api.types.ts'
import { databaseTypes } from './database-types.ts'
import { ReadSchemaOverview } from './schema-overview.ts'

/** GET /schema, and GET /types: the same as TypeScript. */
@AdminController('')
export class SchemaController {
  constructor(
    @Inject(ReadSchemaOverview) private readonly overview: ReadSchemaOverview,
    @Inject(CatalogService) private readonly catalog: CatalogService,
  ) {}

  @Get('schema')
  async schema(): Promise<SchemaOverview> {
    return this.overview.run()
  }

  @Get('types')
  @Header('content-type', 'text/plain; charset=utf-8')
  types(): string {
    return databaseTypes(this.catalog.current())
  }
}
