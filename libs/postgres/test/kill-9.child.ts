// Run by embedded-postgres.int-spec.ts in a process of its own, to be killed: starts the server of a folder, prints
// its facts, then writes rows and prints each number once Postgres has acknowledged it.
import pg from 'pg'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'

const [directory, superuserPassword] = process.argv.slice(2) as [string, string]
const server = await EmbeddedPostgres.start({ directory, superuserPassword })
process.stdout.write(`${JSON.stringify({ pid: server.pid, port: server.port })}\n`)
if (process.env['END_AT_ONCE'] === 'true') process.exit(3)
const client = new pg.Client({ connectionString: server.superuserUrl() })
await client.connect()
await client.query('create table if not exists acknowledged (n int primary key)')
for (let n = 1; ; n++) {
  await client.query('insert into acknowledged values ($1)', [n])
  process.stdout.write(`${n}\n`)
}
