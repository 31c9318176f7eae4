// `node scripts/run-ts.mjs bench/graphql-introspection.ts`: the whole schema of a role that sees many tables, told to a
// client. How long it takes, how long others have to wait meanwhile, and what it needs in memory.
import { getIntrospectionQuery } from 'graphql'
import pg from 'pg'
import { startServer, type TestServer } from '../acceptance/server.ts'
import { residentMbOf } from './processes.ts'

const tables = Number(process.env.BENCH_TABLES ?? 500)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)

/** Tables of ten columns, in chains of ten by foreign keys. */
async function fill(client: pg.Client): Promise<void> {
  for (let first = 0; first < tables; first += 250) {
    const names = Array.from({ length: Math.min(250, tables - first) }, (_unused, i) => first + i)
    await client.query(
      names
        .map(
          (i) =>
            `create table t_${i} (id int primary key, name text not null, a text, b text, c numeric, d jsonb, e boolean, f date,` +
            ` noted_at timestamptz not null default now()${i % 10 === 0 ? '' : `, parent_id int references t_${i - 1}`});`,
        )
        .join('\n'),
    )
  }
}

function post(server: TestServer, query: string): Promise<Response> {
  return fetch(server.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', apikey: server.serviceKey },
    body: JSON.stringify({ query }),
  })
}

async function textOf(server: TestServer, query: string): Promise<string> {
  return (await post(server, query)).text()
}

/** Bytes of an answer, which this process does not put together: it measures others meanwhile. */
async function bytesOf(server: TestServer, query: string): Promise<number> {
  let [bytes, start] = [0, '']
  for await (const chunk of (await post(server, query)).body!) {
    if (bytes === 0) start = Buffer.from(chunk).toString().slice(0, 300)
    bytes += chunk.length
  }
  if (!start.startsWith('{"data"')) throw new Error(start)
  return bytes
}

/** Small questions one after the other until `work` has ended: the longest that one of them took, and how many there were. */
async function asking(server: TestServer, work: Promise<unknown>): Promise<{ longestMs: number; asked: number }> {
  const { signal, abort } = { signal: { done: false }, abort: () => void (signal.done = true) }
  void work.then(abort, abort)
  let [longestMs, asked] = [0, 0]
  while (!signal.done) {
    const started = performance.now()
    await textOf(server, '{ t_0(limit: 1) { id } }')
    longestMs = Math.max(longestMs, performance.now() - started)
    asked += 1
  }
  return { longestMs, asked }
}

const profileFolder = process.env.BENCH_PROFILE
await using server = await startServer({
  environment: { PLINTH_LOG_LEVEL: 'warn' },
  nodeArguments: profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
})
const client = new pg.Client({ connectionString: server.databaseUrl })
await client.connect()
await fill(client)
await client.end()
while ((await textOf(server, `{ t_${tables - 1} { id } }`)).includes('errors')) await new Promise((resolve) => setTimeout(resolve, 100))
console.log(`${tables} tables, before: ${residentMbOf(server.process.pid!)} MB`)
for (let round = 0; round < rounds; round++) {
  // Another document in each round, so that nothing is known already.
  const query = getIntrospectionQuery({ inputValueDeprecation: true }).replace('IntrospectionQuery', `Round${round}`)
  const started = performance.now()
  const answer = bytesOf(server, query)
  const { longestMs, asked } = await asking(server, answer)
  const bytes = await answer
  const seconds = (performance.now() - started) / 1000
  console.log(
    `${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s; ${asked} others meanwhile, the slowest ${Math.round(longestMs)} ms; ${residentMbOf(server.process.pid!)} MB`,
  )
  const again = performance.now()
  await bytesOf(server, query)
  console.log(`  the same again: ${((performance.now() - again) / 1000).toFixed(2)} s`)
}
