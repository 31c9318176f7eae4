// What the catalog costs at 2,000 tables: a load, its memory, and how soon DDL of another connection is there.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pg from 'pg'
import { type Catalog, CatalogService } from '#libs/catalog'
import { createLogger, systemClock } from '#libs/kernel'
import { openPools } from '#libs/postgres'

/** Medians, and of the longest block the maximum over all loads. */
export interface CatalogFigures {
  readonly tables: number
  readonly loadMs: number
  readonly lookMs: number
  readonly heapMb: number
  /** From the commit of `alter table … add column` by another connection to its column in the catalog. */
  readonly ddlVisibleMs: number
  /** The same while another connection commits small updates all the time. */
  readonly ddlVisibleBusyMs: number
  readonly longestBlockMs: number
}

const REPETITIONS = 9

/** Makes the tables in the server's own database and measures a catalog of the bench's own on it. */
export async function measureCatalog(ownerUrl: string, tables = 2000): Promise<CatalogFigures> {
  const owner = await connect(ownerUrl)
  // In batches: one transaction would need more locks than a server has.
  for (let first = 1; first <= tables; first += 100)
    await owner.query(wideSchema(first, Math.min(first + 99, tables), first <= tables / 2 ? 10 : 0))
  await owner.query('create table busy (id int primary key, n int not null); insert into busy values (1, 0); analyze')
  const pools = openPools({ owner: ownerUrl, api: ownerUrl, service: ownerUrl })
  const logger = createLogger({ level: 'silent', pretty: false })
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heapMb = () => {
    collect()
    return process.memoryUsage().heapUsed / 1e6
  }
  const heapBefore = heapMb()
  const started = () => new CatalogService(pools.platform, { schemas: ['public'] }, logger, systemClock)
  let service = started()
  const loads: number[] = []
  const blocks: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    await service.onModuleDestroy()
    service = started()
    const { value, block } = await watchLoop(() => timed(() => service.onModuleInit()))
    loads.push(value)
    blocks.push(block)
  }
  const used = heapMb() - heapBefore
  const quiet = await watchLoop(() => measureVisibility(owner, service, 'quiet'))
  const busy = await watchLoop(() => whileBusy(ownerUrl, () => measureVisibility(owner, service, 'busy')))
  await service.onModuleDestroy()
  // One that looks only when asked; looks closer together than a tenth of a second answer from memory.
  service = new CatalogService(pools.platform, { schemas: ['public'], pollIntervalMs: 3_600_000 }, logger, systemClock)
  await service.onModuleInit()
  const looks: number[] = []
  for (let turn = 0; turn < REPETITIONS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 120))
    await owner.query('update busy set n = n + 1')
    looks.push(await timed(() => service.refreshIfStale()))
  }
  await service.onModuleDestroy()
  await pools.close()
  await owner.end()
  return {
    tables,
    loadMs: median(loads),
    lookMs: median(looks),
    heapMb: used,
    ddlVisibleMs: median(quiet.value),
    ddlVisibleBusyMs: median(busy.value),
    longestBlockMs: Math.max(...blocks, quiet.block, busy.block),
  }
}

/** Tables of 12 columns with two foreign keys, a policy and comments; every tenth with a view and, in the first half, a function. */
function wideSchema(first: number, last: number, functionEvery: number): string {
  return `do $$ begin for i in ${first}..${last} loop
    execute format('create table wide%1$s (id bigint generated always as identity primary key, parent bigint references wide%2$s, other bigint references wide%2$s,
      a text not null, b int default 1, c timestamptz default now(), d jsonb, e numeric(10, 2), f uuid, g boolean, h varchar(40), i text[])', i, greatest(i - 1, 1));
    execute format('alter table wide%1$s enable row level security', i);
    execute format('create policy own on wide%1$s for select using (f::text = current_setting(''request.jwt.claims'', true))', i);
    execute format('comment on table wide%1$s is ''table number %1$s''', i);
    execute format('comment on column wide%1$s.a is ''what it is called''', i);
    if i % 10 = 0 then
      execute format('create view shown%1$s as select t.id, t.parent, t.a as name, p.a as parent_name from wide%1$s t left join wide%2$s p on p.id = t.parent', i, i - 1);
    end if;
    if ${functionEvery} > 0 and i % 10 = 0 then
      execute format('create function about%1$s(wide%1$s) returns text language sql stable as ''select $1.a''', i);
    end if;
  end loop; end $$`
}

async function measureVisibility(owner: pg.Client, service: CatalogService, label: string): Promise<number[]> {
  const durations: number[] = []
  for (let turn = 0; turn < REPETITIONS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 400 + 37 * turn))
    const column = `${label}${turn}`
    await owner.query(`alter table wide1000 add column ${column} int`)
    durations.push(
      await timed(() => untilThere(service, (catalog) => catalog.findRelation('public', 'wide1000')!.columnsByName.has(column))),
    )
  }
  return durations
}

function untilThere(service: CatalogService, isThere: (catalog: Catalog) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isThere(service.current())) return resolve()
    const stop = service.onChange((catalog) => {
      if (!isThere(catalog)) return
      stop()
      resolve()
    })
  })
}

async function whileBusy<T>(url: string, work: () => Promise<T>): Promise<T> {
  const writer = await connect(url)
  const done = new AbortController()
  const writing = (async () => {
    while (!done.signal.aborted) {
      await writer.query('update busy set n = n + 1')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  try {
    return await work()
  } finally {
    done.abort()
    await writing
    await writer.end()
  }
}

/** Runs `work` and says for how long the event loop stood still at most, in milliseconds. */
async function watchLoop<T>(work: () => Promise<T>): Promise<{ value: T; block: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const value = await work()
  await new Promise((resolve) => setTimeout(resolve, 5))
  delay.disable()
  return { value, block: delay.max / 1e6 }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
