import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

// Beside the tests, so that the clients' packages are found; removed at the end.
const folder = dirname(fileURLToPath(import.meta.url))
const generated = join(folder, `generated-${process.pid}.types.ts`)
const usage = join(folder, `generated-${process.pid}.usage.ts`)
let app: AdminApp

beforeAll(async () => {
  app = await startAdminApp()
  await app.sql(`create type mood as enum ('good', 'it''s');
    create table artist (id int generated always as identity primary key, name text);
    create table "Odd name" (id uuid primary key default gen_random_uuid(), artist int not null references artist, feels mood not null, more mood[], data jsonb, big bigint, twice int generated always as (1) stored);
    create view names as select name from artist;
    create function add(a int, b int default 2) returns int language sql as 'select a + b';
    create function add(a text) returns text language sql as 'select a';
    create function artists_like(pattern text) returns setof artist language sql stable as 'select * from artist';
    create function pairs() returns table (x int, y text) language sql as 'select 1, null';
    create function nothing() returns void language sql as ''`)
  await writeFile(generated, (await app.call('GET', '/types')).body as string)
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await Promise.all([generated, usage].map((file) => rm(file, { force: true })))
})

/** What the compiler says about a use of the types. */
async function faultsOf(client: string, lines: string): Promise<string[]> {
  await writeFile(
    usage,
    `import { createClient } from '${client}'\nimport type { Database } from './generated-${process.pid}.types.ts'\nconst db = createClient<Database>('http://x', 'key')\nexport async function use() {\n${lines}\n}\n`,
  )
  const program = ts.createProgram([usage], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    types: ['node'],
    customConditions: ['source'],
  })
  return ts.getPreEmitDiagnostics(program).map((fault) => ts.flattenDiagnosticMessageText(fault.messageText, '\n'))
}

describe('GET /types', () => {
  it('is a Database type with which supabase-js checks rows, embeds, inserts and calls', { timeout: 120_000 }, async () => {
    const faults = await faultsOf(
      '@supabase/supabase-js',
      `const { data } = await db.from('Odd name').select('feels, more, artist(name)')
  const feels: 'good' | "it's" = data![0]!.feels
  const name: string | null = data![0]!.artist.name
  const { data: names } = await db.from('names').select('name')
  const { data: artists } = await db.rpc('artists_like', { pattern: 'a' })
  const id: number = artists![0]!.id
  await db.from('Odd name').insert({ artist: 1, feels: 'good', data: { a: [1] } })
  // @ts-expect-error an unknown label
  await db.from('Odd name').insert({ artist: 1, feels: 'bad' })
  // @ts-expect-error a column that cannot be written
  await db.from('Odd name').insert({ artist: 1, feels: 'good', twice: 2 })
  // @ts-expect-error a required column is missing
  await db.from('Odd name').insert({ feels: 'good' })
  // @ts-expect-error an unknown column
  await db.from('artist').select('*').eq('nosuch', 1)
  return [feels, name, names, id]`,
    )
    expect(faults).toEqual([])
  })

  it('reads the same way by our own client', { timeout: 120_000 }, async () => {
    const faults = await faultsOf(
      '@plinth/client',
      `const { data } = await db.from('artist').select('id, name')
  const id: number = data![0]!.id
  await db.from('Odd name').insert({ artist: 1, feels: 'good' })
  // @ts-expect-error an unknown label
  await db.from('Odd name').insert({ artist: 1, feels: 'bad' })
  return [id]`,
    )
    expect(faults).toEqual([])
  })

  it('is the same text for the same schema', async () => {
    expect((await app.call('GET', '/types')).body).toBe((await app.call('GET', '/types')).body)
    expect((await app.call('GET', '/types')).body).toMatch(
      /pairs: \{ Args: Record<PropertyKey, never>; Returns: \{ x: number; y: string \}\[\] \}/,
    )
  })
})
