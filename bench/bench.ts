// `npm run bench`: every figure of bench/README.md in one run. The server under test and the hand-written reference
// work on the same Postgres, tables and policies and take turns in short rounds, so that whatever else the machine does
// hits both. Ratios are medians over the rounds.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { cpus } from 'node:os'
import pg from 'pg'
import { SignJWT } from 'jose'
import { startServer } from '../acceptance/server.ts'
import { benchCases, type BenchCase, type Route } from './cases.ts'
import { type CatalogFigures, measureCatalog } from './catalog.ts'
import { contestantLogin, startPostGraphile, startReference } from './contestants.ts'
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

/** The processes whose processor time counts: each server, and the Postgres that all use, which is a child of ours. */
interface Processes {
  readonly ours: number
  readonly reference: number
  readonly peer: number | undefined
}

type Who = keyof Processes

async function measureRound(generator: Generator, route: Route, pids: Processes, who: Who): Promise<RoundFigures> {
  const timesNow = () => ({ server: cpuOfTree(pids[who]!).serverSeconds, postgres: cpuOfTree(pids.ours).postgresSeconds })
  const before = timesNow()
  const { perSecond, p50Ms, p99Ms, requests } = await generator.run(route, seconds)
  const after = timesNow()
  return {
    perSecond,
    p50Ms,
    p99Ms,
    cpuServerMs: ((after.server - before.server) * 1000) / requests,
    cpuPostgresMs: ((after.postgres - before.postgres) * 1000) / requests,
  }
}

async function measureCase(
  generator: Generator,
  each: BenchCase,
  pids: Processes,
  emptyEvents: () => Promise<unknown>,
): Promise<CaseFigures[]> {
  const all = [each.reference, ...each.ours, ...(each.peer === undefined ? [] : [each.peer])]
  const whoIs = (route: Route): Who => (route === each.reference ? 'reference' : route === each.peer ? 'peer' : 'ours')
  const seen = new Map<string, RoundFigures[]>(all.map((route) => [route.name, []]))
  for (const route of all) await generator.run(route, 2)
  for (let round = 0; round < rounds; round++) {
    for (const route of all) {
      if (each.writes === true) await emptyEvents()
      seen.get(route.name)!.push(await measureRound(generator, route, pids, whoIs(route)))
    }
    process.stderr.write(
      `  ${each.name}, round ${round + 1} of ${rounds}: ${all.map((route) => `${route.name} ${Math.round(seen.get(route.name)!.at(-1)!.perSecond)}/s`).join(', ')}\n`,
    )
  }
  const base = seen.get(each.reference.name)!
  const peer = each.peer === undefined ? undefined : seen.get(each.peer.name)!
  return all.map((route) => {
    const figures = seen.get(route.name)!
    const medianOf = (what: keyof RoundFigures): number => median(figures.map((round) => round[what]))
    const ratiosTo = (other: readonly RoundFigures[], what: keyof RoundFigures) =>
      median(figures.map((round, index) => round[what] / other[index]![what]))
    const peerGoal = each.peerGoals?.[route.name]
    return {
      case: each.name,
      server: route.name,
      perSecond: medianOf('perSecond'),
      p50Ms: medianOf('p50Ms'),
      p99Ms: medianOf('p99Ms'),
      cpuServerMs: medianOf('cpuServerMs'),
      cpuPostgresMs: medianOf('cpuPostgresMs'),
      residentMb: residentMbOf(pids[whoIs(route)]!),
      ratio: ratiosTo(base, 'perSecond'),
      goal: each.goals[route.name],
      againstPeer:
        peer === undefined || peerGoal === undefined
          ? undefined
          : { ratio: ratiosTo(peer, 'perSecond'), goal: peerGoal, cpuShare: ratiosTo(peer, 'cpuServerMs') },
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

async function measureRequests(): Promise<{ figures: CaseFigures[]; limit: Record<string, number> | string; catalog: CatalogFigures }> {
  await using server = await startServer({
    environment: { PLINTH_LOG_LEVEL: 'warn', PLINTH_API_AGGREGATES: 'true' },
    nodeArguments: profileArguments,
  })
  process.stderr.write('  loading the data …\n')
  await server.plinth('sql', '-f', 'bench/schema.sql')
  const databaseUrl = await contestantLogin(server)
  const token = await new SignJWT({ role: 'authenticated', sub: '42' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('2h')
    .setAudience('authenticated')
    .sign(new TextEncoder().encode(server.jwtSecret))
  const options = { databaseUrl, jwtSecret: server.jwtSecret, nodeArguments: profileArguments }
  const reference = await startReference(options)
  const peer = await startPostGraphile(options)
  if (typeof peer === 'string') process.stderr.write(`  ${peer}\n`)
  const generator = new Generator()
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  try {
    const pids = {
      ours: server.process.pid!,
      reference: reference.child.pid!,
      peer: typeof peer === 'string' ? undefined : peer.child.pid!,
    }
    const emptyEvents = () => owner.query('truncate events restart identity')
    const figures: CaseFigures[] = []
    for (const each of benchCases(server, { reference: reference.port, peer: typeof peer === 'string' ? undefined : peer.port }, token)) {
      if (only === undefined || each.name.includes(only)) figures.push(...(await measureCase(generator, each, pids, emptyEvents)))
    }
    const limit = await measureLimit(databaseUrl, seconds)
    return { figures, limit, catalog: await measureCatalog(server.databaseUrl) }
  } finally {
    await owner.end()
    generator.stop()
    reference.child.kill()
    if (typeof peer !== 'string') peer.child.kill()
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
