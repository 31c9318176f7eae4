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
import { type CatalogFigures, measureCatalog } from './catalog.ts'
import { measureLimit } from './pgbench.ts'
import { measureStart, type StartFigures } from './start.ts'
import { renderReport, type CaseFigures } from './report.ts'

const connections = 32
const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const rounds = Number(process.env.BENCH_ROUNDS ?? 5)

/** One route of one server: the raw requests that the generator sends in turn. */
interface Route {
  readonly name: string
  readonly port: number
  readonly requests: readonly string[]
}

const ids = Array.from({ length: 500 }, (_unused, index) => 1 + ((index * 7919) % 100_000)).filter((id) => ((id / 50) | 0) % 5 !== 0)
const nestedArguments = Array.from({ length: 200 }, (_unused, index) => ({ category: index % 50, below: 300 + ((index * 37) % 700) }))

function get(port: number, path: string, headers: Readonly<Record<string, string>>): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${headerLines(headers)}\r\n`
}
function post(port: number, path: string, headers: Readonly<Record<string, string>>, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headerLines(headers)}\r\n${body}`
}
function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

const nestedDocument = `query ($category: Int!, $below: Int!) { posts(where: {category: {_eq: $category}, score: {_lt: $below}}, order_by: [{score: desc}, {id: asc}], limit: 10) {
  id title score author { id name } comments(order_by: {created_at: desc}, limit: 5) { id body author { id name } } } }`

function routesOf(
  server: TestServer,
  referencePort: number,
  token: string,
): Record<'byKey' | 'nested', { reference: Route; ours: Route[] }> {
  const port = Number(new URL(server.url).port)
  const authorization = { authorization: `Bearer ${token}` }
  const ours = { ...authorization, apikey: server.anonKey }
  const single = { ...ours, accept: 'application/vnd.pgrst.object+json' }
  const nestedPath = (category: number, below: number) =>
    `/rest/v1/posts?select=id,title,score,author:users(id,name),comments(id,body,author:users(id,name))&category=eq.${category}&score=lt.${below}&order=score.desc,id&limit=10&comments.order=created_at.desc&comments.limit=5`
  return {
    byKey: {
      reference: { name: 'by hand', port: referencePort, requests: ids.map((id) => get(referencePort, `/posts/${id}`, authorization)) },
      ours: [
        {
          name: 'REST',
          port,
          requests: ids.map((id) =>
            get(port, `/rest/v1/posts?select=id,title,body,category,score,author_id,created_at&id=eq.${id}`, single),
          ),
        },
      ],
    },
    nested: {
      reference: {
        name: 'by hand',
        port: referencePort,
        requests: nestedArguments.map(({ category, below }) =>
          get(referencePort, `/nested?category=${category}&below=${below}`, authorization),
        ),
      },
      ours: [
        { name: 'REST', port, requests: nestedArguments.map(({ category, below }) => get(port, nestedPath(category, below), ours)) },
        {
          name: 'GraphQL',
          port,
          requests: nestedArguments.map((variables) =>
            post(port, '/graphql/v1', ours, JSON.stringify({ query: nestedDocument, variables })),
          ),
        },
      ],
    },
  }
}

/** The generator process; one job at a time. */
class Generator {
  private readonly child: ChildProcess = spawn(process.execPath, ['bench/load.mjs'], { stdio: ['pipe', 'pipe', 'inherit'] })
  private readonly answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]()

  async run(route: Route, forSeconds: number): Promise<{ perSecond: number; errors: number; p50Ms: number; p99Ms: number }> {
    this.child.stdin!.write(`${JSON.stringify({ port: route.port, connections, seconds: forSeconds, requests: route.requests })}\n`)
    const { value } = await this.answers.next()
    const result = JSON.parse(value as string) as { requests: number; seconds: number; errors: number; p50Ms: number; p99Ms: number }
    if (result.errors > 0) throw new Error(`${route.name}: ${result.errors} answers were not 200`)
    return { perSecond: result.requests / result.seconds, errors: result.errors, p50Ms: result.p50Ms, p99Ms: result.p99Ms }
  }
  stop(): void {
    this.child.kill()
  }
}

async function measureCase(generator: Generator, name: string, reference: Route, ours: readonly Route[]): Promise<CaseFigures[]> {
  const all = [reference, ...ours]
  const seen = new Map<string, { perSecond: number; p50Ms: number; p99Ms: number }[]>(all.map((route) => [route.name, []]))
  for (const route of all) await generator.run(route, 2)
  for (let round = 0; round < rounds; round++) {
    for (const route of all) seen.get(route.name)!.push(await generator.run(route, seconds))
    process.stderr.write(
      `  ${name}, round ${round + 1} of ${rounds}: ${all.map((route) => `${route.name} ${Math.round(seen.get(route.name)!.at(-1)!.perSecond)}/s`).join(', ')}\n`,
    )
  }
  const base = seen.get(reference.name)!
  return all.map((route) => {
    const figures = seen.get(route.name)!
    return {
      case: name,
      server: route.name,
      perSecond: median(figures.map((each) => each.perSecond)),
      p50Ms: median(figures.map((each) => each.p50Ms)),
      p99Ms: median(figures.map((each) => each.p99Ms)),
      ratio: median(figures.map((each, round) => each.perSecond / base[round]!.perSecond)),
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
  const child = spawn(process.execPath, ['bench/reference/server.mjs'], {
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
  await using server = await startServer({ environment: { PLINTH_LOG_LEVEL: 'warn' } })
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
  try {
    const routes = routesOf(server, reference.port, token)
    const figures: CaseFigures[] = []
    for (const [name, { reference: base, ours }] of Object.entries({ 'one row by key': routes.byKey, 'nested list': routes.nested }))
      figures.push(...(await measureCase(generator, name, base, ours)))
    const limit = await measureLimit(databaseUrl, seconds)
    return { figures, limit, catalog: await measureCatalog(server.databaseUrl) }
  } finally {
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
if (requests !== undefined && start !== undefined) {
  const path = 'bench/README.md'
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/(<!-- figures -->\n)[\s\S]*(<!-- end of figures -->)/, `$1${report}\n$2`))
}
