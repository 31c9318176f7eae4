// What the catalog costs: loading a schema of 500 tables, and the look for changes that the server takes twice a second.
import pg from 'pg'
import { CatalogService } from '#libs/catalog'
import { createLogger, systemClock } from '#libs/kernel'
import { openPools } from '#libs/postgres'

/** Medians in milliseconds. */
export interface CatalogFigures {
  readonly tables: number
  readonly loadMs: number
  readonly lookMs: number
}

/** Makes the tables in the server's own database and measures a catalog of the bench's own on it. */
export async function measureCatalog(ownerUrl: string, tables = 500): Promise<CatalogFigures> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query(
    `do $$ begin for i in 1..${tables} loop execute format('create table wide%s (id int primary key, a text, b int default 1, c timestamptz)', i); end loop; end $$`,
  )
  await owner.end()
  const pools = openPools({ owner: ownerUrl, api: ownerUrl, service: ownerUrl })
  const logger = createLogger({ level: 'silent', pretty: false })
  const service = new CatalogService(pools.platform, { schemas: ['public'], pollIntervalMs: 3_600_000 }, logger, systemClock)
  await service.onModuleInit()
  const loads = await repeat(5, () => service.reload())
  // Looks closer together than a tenth of a second answer from memory.
  const looks = await repeat(9, () => service.refreshIfStale(), 120)
  await service.onModuleDestroy()
  await pools.close()
  return { tables, loadMs: median(loads), lookMs: median(looks) }
}

async function repeat(times: number, work: () => Promise<unknown>, pauseMs = 0): Promise<number[]> {
  const durations: number[] = []
  for (let turn = 0; turn < times; turn++) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const started = performance.now()
    await work()
    durations.push(performance.now() - started)
  }
  return durations
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
