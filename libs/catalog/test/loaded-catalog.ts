// A catalog of a schema in a database of its own.
import { CatalogService, type Catalog, type CatalogOptions } from '#libs/catalog'
import { createLogger, systemClock } from '#libs/kernel'
import { createTestDatabase, type TestDatabase } from '#test/postgres'

/** A loaded catalog that does not look again by itself. */
export interface LoadedCatalog extends AsyncDisposable {
  readonly db: TestDatabase
  readonly service: CatalogService
  readonly catalog: Catalog
}

/** Runs `schema` as the superuser and loads the catalog of it. */
export async function loadedCatalog(schema: string, options: Partial<CatalogOptions> = {}): Promise<LoadedCatalog> {
  const db = await createTestDatabase()
  await db.superuserSql(schema)
  const logger = createLogger({ level: 'fatal', pretty: false })
  const service = new CatalogService(db.platform, { schemas: ['public'], pollIntervalMs: 3_600_000, ...options }, logger, systemClock)
  await service.onModuleInit()
  const dispose = async () => {
    await service.onModuleDestroy()
    await db.dispose()
  }
  return { db, service, catalog: service.current(), [Symbol.asyncDispose]: dispose }
}
