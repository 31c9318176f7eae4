// `node scripts/run-ts.mjs bench/graphql-scale.ts`: 10,000 tables and 50 roles with grants of their own. What the server
// needs in memory when every role has asked for many tables, and how soon a changed table is in the schema.
import pg from 'pg'
import { readFileSync } from 'node:fs'
import { SignJWT } from 'jose'
import { startServer, type TestServer } from '../acceptance/server.ts'
import { residentMbOf } from './processes.ts'

const tables = Number(process.env.BENCH_TABLES ?? 10_000)
const roles = Number(process.env.BENCH_ROLES ?? 50)
/** Documents that each role sends, all different. */
const documents = 100
const columns = ['a', 'b', 'c', 'd', 'e']

function superuserOf(server: TestServer): string {
  const { postgres_superuser: password } = JSON.parse(readFileSync(`${server.dataDir}/secrets.json`, 'utf8')) as {
    postgres_superuser: string
  }
  const url = new URL(server.databaseUrl)
  url.username = 'postgres'
  url.password = password
  return url.href
}

function batches(size: number): string[][] {
  const names = Array.from({ length: tables }, (_unused, i) => `t_${i}`)
  return Array.from({ length: Math.ceil(tables / size) }, (_unused, i) => names.slice(i * size, (i + 1) * size))
}

/** Tables in chains of foreign keys; half of the roles have grants of tables, half of columns. */
async function fill(client: pg.Client): Promise<void> {
  for (const batch of batches(250)) {
    const statements = batch.map((name) => {
      const index = Number(name.slice(2))
      const parent = index % 10 === 0 ? '' : `, parent_id int references t_${index - 1}`
      return `create table ${name} (id int primary key, name text not null, ${columns.map((column) => `${column} text`).join(', ')}${parent}, noted_at timestamptz not null default now());`
    })
    await client.query(statements.join('\n'))
  }
  for (let role = 0; role < roles; role++) {
    await client.query(`create role role_${role} nologin; grant role_${role} to plinth_api; grant usage on schema public to role_${role}`)
    const column = columns[role % columns.length]!
    const what = role % 2 === 0 ? 'select, insert, update, delete' : `select (id, name, ${column}), update (name, ${column})`
    for (const batch of batches(500)) await client.query(`grant ${what} on ${batch.join(', ')} to role_${role}`)
    if (role % 10 === 9) process.stderr.write(`  role ${role + 1} of ${roles}\n`)
  }
  // What so many grants left behind in the system's tables no real database has.
  for (const table of ['pg_attribute', 'pg_class']) await client.query(`vacuum full analyze ${table}`)
}

async function ask(server: TestServer, token: string, query: string): Promise<{ data?: unknown; errors?: readonly { message: string }[] }> {
  const response = await fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', apikey: server.anonKey, authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as { data?: unknown; errors?: readonly { message: string }[] }
}

function tokenOf(server: TestServer, role: string): Promise<string> {
  return new SignJWT({ role, sub: '42' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('2h')
    .setAudience('authenticated')
    .sign(new TextEncoder().encode(server.jwtSecret))
}

const profileFolder = process.env.BENCH_PROFILE
await using server = await startServer({
  environment: { PLINTH_LOG_LEVEL: 'warn' },
  nodeArguments: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
})
const client = new pg.Client({ connectionString: superuserOf(server) })
await client.connect()
const residentMb = () => residentMbOf(server.process.pid!)
console.log(`empty: ${residentMb()} MB`)
await fill(client)
const tokens = await Promise.all(Array.from({ length: roles }, (_unused, role) => tokenOf(server, `role_${role}`)))

/** Milliseconds until a query has no errors any more. */
async function until(token: string, query: string): Promise<number> {
  const started = performance.now()
  for (;;) {
    const { errors } = await ask(server, token, query)
    if (errors === undefined) return performance.now() - started
    if (performance.now() - started > 60_000) throw new Error(errors[0]!.message)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

console.log(
  `first answer after the last table: ${Math.round(await until(tokens[roles - 1]!, `{ t_${tables - 1} { id } }`))} ms, ${residentMb()} MB`,
)
const started = performance.now()
for (const [role, token] of tokens.entries()) {
  const column = columns[role % columns.length]!
  for (let i = 0; i < documents; i++) {
    const table = `t_${(role * 7919 + i * 104_729) % tables}`
    const { errors } = await ask(
      server,
      token,
      i % 2 === 0
        ? `{ ${table}(where: {name: {_like: "x%"}}, order_by: {${column}: asc}) { id name ${column} } }`
        : `{ ${table}_aggregate { aggregate { count } nodes { id ${column} } } }`,
    )
    if (errors !== undefined) throw new Error(errors[0]!.message)
  }
}
console.log(
  `${roles} roles, ${documents} documents each: ${((performance.now() - started) / roles / documents).toFixed(2)} ms a new document, ${residentMb()} MB`,
)
const tableOf = (round: number) => Math.floor((tables / 5) * round)
for (let round = 0; round < 5; round++) {
  const name = `fresh_${round}`
  await client.query(`alter table t_${tableOf(round)} add column ${name} int`)
  console.log(
    `a column is in the schema after ${Math.round(await until(tokens[0]!, `{ t_${tableOf(round)} { ${name} } }`))} ms, ${residentMb()} MB`,
  )
}
await client.end()
