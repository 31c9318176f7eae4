// `npm run bench`: every figure of bench/README.md in one run. The server under test and the hand-written reference
// work on the same Postgres, tables and policies and take turns in short rounds, so that whatever else the machine does
// hits both. Ratios are medians over the rounds.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createServer } from 'node:net'
import { cpus } from 'node:os'
import pg from 'pg'
import { SignJWT } from 'jose'
import { startServer, type TestServer } from '../acceptance/server.ts'
import { benchCases, type BenchCase, type Route } from './cases.ts'
import { type CatalogFigures, measureCatalog } from './catalog.ts'
import { measureLimit } from './pgbench.ts'
import { cpuOfTree, residentMbOf } from './processes.ts'
import { measureStart, type StartFigures } from './start.ts'
import { renderReport, type CaseFigures } from './report.ts'

const connections = 32
const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
/** Only cases whose name holds this. */
const only = process.env.BENCH_CASE
/** Where both servers write a profile of their processor time when they end. */
const profileFolder = process.env.BENCH_PROFILE
const profileArguments = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]

/** The generator process; one job at a time. */
class Generator {
  private readonly child: ChildProcess = spawn(process.execPath, ['bench/load.mjs'], { stdio: ['pipe', 'pipe', 'inherit'] })
  private readonly answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]()

  async run(route: Route, forSeconds: number): Promise<{ perSecond: number; requests: number; p50Ms: number; p99Ms: number }> {
    this.child.stdin!.write(`${JSON.stringify({ port: route.port, connections, seconds: forSeconds, requests: route.requests })}\n`)
    const { value } = await this.answers.next()
    const result = JSON.parse(value as string) as { requests: number; seconds: number; errors: number; p50Ms: number; p99Ms: number }
    if (result.errors > 0) throw new Error(`${route.name}: ${result.errors} answers were not 2xx`)
    return { perSecond: result.requests / result.seconds, requests: result.requests, p50Ms: result.p50Ms, p99Ms: result.p99Ms }
  }
  stop(): void {
    this.child.kill()
  }
}

/** What one round of one route gave. `cpu…` are processor milliseconds per request. */
interface RoundFigures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuServerMs: number
  readonly cpuPostgresMs: number
}

/** The processes whose processor time counts: each server, and the Postgres that both use, which is a child of ours. */
interface Processes {
  readonly server: number
  readonly reference: number
}

async function measureRound(generator: Generator, route: Route, pids: Processes, isReference: boolean): Promise<RoundFigures> {
  const before = { ours: cpuOfTree(pids.server), reference: cpuOfTree(pids.reference) }
  const { perSecond, p50Ms, p99Ms, requests } = await generator.run(route, seconds)
  const after = { ours: cpuOfTree(pids.server), reference: cpuOfTree(pids.reference) }
  const who = isReference ? 'reference' : 'ours'
  return {
    perSecond,
    p50Ms,
    p99Ms,
    cpuServerMs: ((after[who].serverSeconds - before[who].serverSeconds) * 1000) / requests,
    cpuPostgresMs: ((after.ours.postgresSeconds - before.ours.postgresSeconds) * 1000) / requests,
  }
}

async function measureCase(
  generator: Generator,
  each: BenchCase,
  pids: Processes,
  emptyEvents: () => Promise<unknown>,
): Promise<CaseFigures[]> {
  const all = [each.reference, ...each.ours]
  const seen = new Map<string, RoundFigures[]>(all.map((route) => [route.name, []]))
  for (const route of all) await generator.run(route, 2)
  for (let round = 0; round < rounds; round++) {
    for (const route of all) {
      if (each.writes === true) await emptyEvents()
      seen.get(route.name)!.push(await measureRound(generator, route, pids, route === each.reference))
    }
    process.stderr.write(
      `  ${each.name}, round ${round + 1} of ${rounds}: ${all.map((route) => `${route.name} ${Math.round(seen.get(route.name)!.at(-1)!.perSecond)}/s`).join(', ')}\n`,
    )
  }
  const residentMb = { ours: residentMbOf(pids.server), reference: residentMbOf(pids.reference) }
  const base = seen.get(each.reference.name)!
  return all.map((route) => {
    const figures = seen.get(route.name)!
    const medianOf = (what: keyof RoundFigures): number => median(figures.map((round) => round[what]))
    return {
      case: each.name,
      server: route.name,
      perSecond: medianOf('perSecond'),
      p50Ms: medianOf('p50Ms'),
      p99Ms: medianOf('p99Ms'),
      cpuServerMs: medianOf('cpuServerMs'),
      cpuPostgresMs: medianOf('cpuPostgresMs'),
      residentMb: route === each.reference ? residentMb.reference : residentMb.ours,
      ratio: median(figures.map((round, index) => round.perSecond / base[index]!.perSecond)),
      goal: each.goals[route.name],
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** A login for the reference like the server's own: member of the API roles, no rights of its own. Made by the superuser. */
async function referenceLogin(server: TestServer): Promise<string> {
  const secrets = JSON.parse(readFileSync(`${server.dataDir}/secrets.json`, 'utf8')) as { postgres_superuser: string }
  const superuser = new pg.Client({ connectionString: withLogin(server.databaseUrl, 'postgres', secrets.postgres_superuser) })
  await superuser.connect()
  try {
    await superuser.query(`create role bench_reference login noinherit password 'bench'`)
    await superuser.query('grant anon, authenticated to bench_reference')
    await superuser.query('grant connect on database plinth to bench_reference')
    // Statements are parsed before the role of the first request is set.
    await superuser.query('grant usage on schema public to bench_reference')
  } finally {
    await superuser.end()
  }
  return withLogin(server.databaseUrl, 'bench_reference', 'bench')
}

function withLogin(databaseUrl: string, user: string, password: string): string {
  const url = new URL(databaseUrl)
  url.username = user
  url.password = password
  return url.href
}

async function startReference(databaseUrl: string, jwtSecret: string): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort()
  const child = spawn(process.execPath, [...profileArguments, 'bench/reference/server.mjs'], {
    env: { ...process.env, DATABASE_URL: databaseUrl, JWT_SECRET: jwtSecret, PORT: String(port) },
    stdio: 'inherit',
  })
  for (let attempt = 0; ; attempt++) {
    if (
      await fetch(`http://127.0.0.1:${port}/ping`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return { port, child }
    if (attempt > 100) throw new Error('the reference server did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function measureRequests(): Promise<{ figures: CaseFigures[]; limit: Record<string, number> | string; catalog: CatalogFigures }> {
  await using server = await startServer({
    environment: { PLINTH_LOG_LEVEL: 'warn', PLINTH_API_AGGREGATES: 'true' },
    nodeArguments: profileArguments,
  })
  process.stderr.write('  loading the data …\n')
  await server.plinth('sql', '-f', 'bench/schema.sql')
  const databaseUrl = await referenceLogin(server)
  const token = await new SignJWT({ role: 'authenticated', sub: '42' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('2h')
    .setAudience('authenticated')
    .sign(new TextEncoder().encode(server.jwtSecret))
  const reference = await startReference(databaseUrl, server.jwtSecret)
  const generator = new Generator()
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  try {
    const pids = { server: server.process.pid!, reference: reference.child.pid! }
    const emptyEvents = () => owner.query('truncate events restart identity')
    const figures: CaseFigures[] = []
    for (const each of benchCases(server, reference.port, token)) {
      if (only === undefined || each.name.includes(only)) figures.push(...(await measureCase(generator, each, pids, emptyEvents)))
    }
    const limit = await measureLimit(databaseUrl, seconds)
    return { figures, limit, catalog: await measureCatalog(server.databaseUrl) }
  } finally {
    await owner.end()
    generator.stop()
    reference.child.kill()
  }
}

const requests = process.env.BENCH_ONLY === 'start' ? undefined : await measureRequests()
const start: StartFigures | undefined = process.env.BENCH_ONLY === 'requests' ? undefined : await measureStart(5)
const report = renderReport({
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0]!.model}`,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim(),
  connections,
  rounds,
  seconds,
  requests,
  start,
})
console.log(report)
if (requests !== undefined && start !== undefined && only === undefined) {
  const path = 'bench/README.md'
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/(<!-- figures -->\n)[\s\S]*(<!-- end of figures -->)/, `$1${report}\n$2`))
}
