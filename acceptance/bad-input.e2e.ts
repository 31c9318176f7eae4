// What a beginner or a stranger gets wrong, from outside: each answer names the cause and the way out, and the server
// stays up.
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  await server.plinth(
    'sql',
    '-c',
    `
    create table author (id int primary key, name text not null);
    create table book (id int primary key, author_id int references author, title text, published date);
    insert into author values (1, 'Le Guin'); insert into book values (1, 1, 'The Dispossessed', '1974-05-01');
    alter table author enable row level security; create policy r on author for select using (true);
    alter table book enable row level security; create policy r on book for select using (true);
    grant select on author, book to anon, authenticated;`,
  )
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

interface Case {
  readonly name: string
  readonly path: string
  readonly init?: RequestInit
  readonly status: number
  /** All of these are in the body. */
  readonly says: readonly (string | RegExp)[]
}

const json = { 'content-type': 'application/json' }
const graphql = (query: string): RequestInit => ({ method: 'POST', headers: json, body: JSON.stringify({ query }) })

/** Keys and tokens that nobody made, each of its kind: what is read from the database for them must not end the process. */
const unknownKeys = [
  'sb_secret_unknown',
  'sb_publishable_unknown',
  'sb_',
  'eyJhbGciOiJFUzI1NiIsImtpZCI6Im5vYm9keSJ9.e30.AAAA',
  '',
  '.',
  '..',
]

const cases: readonly Case[] = [
  { name: 'a URL that cannot be decoded', path: '/auth/v1/%zz', status: 400, says: ['"requestId"', '"code"'] },
  {
    name: 'a REST path that cannot be decoded',
    path: '/rest/v1/%zz',
    status: 400,
    says: ['"code":"PLINTH400"', '"details":null', '"hint":null', '"message"'],
  },
  { name: 'an unknown path', path: '/rest/v2/book', status: 404, says: ['/rest/v1'] },
  { name: 'an unknown table', path: '/rest/v1/boook', status: 404, says: ['PGRST205', "'public.book'"] },
  { name: 'an unknown column', path: '/rest/v1/book?select=titel', status: 400, says: ['titel', '42703'] },
  { name: 'an unknown operator', path: '/rest/v1/book?id=equals.1', status: 400, says: ['PGRST100', 'equals.1'] },
  { name: 'a malformed filter', path: '/rest/v1/book?or=(id.eq.1', status: 400, says: ['PGRST100'] },
  { name: 'a value of the wrong type', path: '/rest/v1/book?id=eq.one', status: 400, says: ['22P02', 'one'] },
  { name: 'an unknown relation', path: '/rest/v1/book?select=*,publisher(*)', status: 400, says: ['PGRST200', 'publisher'] },
  { name: 'an impossible Range', path: '/rest/v1/book', init: { headers: { range: '9-2' } }, status: 416, says: ['PGRST103'] },
  {
    name: 'malformed JSON',
    path: '/rest/v1/book',
    init: { method: 'POST', headers: json, body: '{"id": 2,' },
    status: 400,
    says: ['PGRST102'],
  },
  {
    name: 'a malformed token',
    path: '/rest/v1/book',
    init: { headers: { authorization: 'Bearer not-a-token' } },
    status: 401,
    says: ['PGRST301'],
  },
  {
    name: 'a token with a wrong signature',
    path: '/rest/v1/book',
    init: { headers: { authorization: `Bearer ${forged()}` } },
    status: 401,
    says: ['PGRST301'],
  },
  {
    name: 'a write without the right',
    path: '/rest/v1/book',
    init: { method: 'POST', headers: json, body: '{"id":2}' },
    status: 401,
    says: ['42501'],
  },
  {
    name: 'a body over the limit',
    path: '/rest/v1/book',
    init: { method: 'POST', headers: json, body: JSON.stringify([{ title: 'x'.repeat(12 << 20) }]) },
    status: 413,
    says: [/larg|limit/i],
  },
  {
    name: 'a GraphQL syntax error',
    path: '/graphql/v1',
    init: graphql('{ book {'),
    status: 200,
    says: ['"errors"', /syntax|valid graphql/i],
  },
  {
    name: 'an unknown GraphQL field',
    path: '/graphql/v1',
    init: graphql('{ boook { id } }'),
    status: 200,
    says: ["field 'boook' not found in type: 'query_root'", 'validation-failed'],
  },
  {
    name: 'a GraphQL query that is too deep',
    path: '/graphql/v1',
    init: graphql(`{ ${'author { book { '.repeat(12)} id ${'} }'.repeat(12)} }`),
    status: 200,
    says: [/deep|depth|validation-failed/i],
  },
  {
    name: 'a wrong password',
    path: '/auth/v1/token?grant_type=password',
    init: { method: 'POST', headers: json, body: '{"email":"nobody@example.com","password":"wrong-password"}' },
    status: 400,
    says: ['invalid_credentials'],
  },
  {
    name: 'malformed JSON at sign-up',
    path: '/auth/v1/signup',
    init: { method: 'POST', headers: json, body: '{' },
    status: 400,
    says: ['bad_json'],
  },
  {
    name: 'a file name with ..',
    path: '/storage/v1/object/files/..%2F..%2Fetc%2Fpasswd',
    init: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
    status: 400,
    says: ['InvalidKey'],
  },
  { name: 'an unknown bucket', path: '/storage/v1/bucket/nope', status: 400, says: ['Bucket not found'] },
  { name: 'the admin API without a session', path: '/admin/v1/schema', status: 401, says: ['"code"', '"requestId"'] },
]

function forged(): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ role: 'service_role', exp: 4_000_000_000 })}.${Buffer.alloc(32, 7).toString('base64url')}`
}

describe('a request that is wrong', () => {
  it.each(cases)('$name is answered with its cause', async ({ path, init, status, says }) => {
    const key = path.startsWith('/storage') ? server.serviceKey : server.anonKey
    const keys: Record<string, string> = path.startsWith('/admin') ? {} : { apikey: key }
    const headers = {
      ...keys,
      ...(path.startsWith('/storage') ? { authorization: `Bearer ${key}` } : {}),
      ...(init?.headers as Record<string, string>),
    }
    const answer = await fetch(server.url + path, { ...init, headers })
    const body = await answer.text()
    expect({ status: answer.status, body }).toMatchObject({ status })
    for (const each of says) expect(body).toMatch(typeof each === 'string' ? new RegExp(each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : each)
    expect(body).not.toMatch(/\bat .*\.(ts|js|mjs):\d+/)
    expect(answer.headers.get('x-request-id')).toBeTruthy()
  })

  it.each(unknownKeys)('with a key that nobody made (%s) is refused everywhere, and without a trace of a fault in the log', async (key) => {
    for (const path of ['/rest/v1/book', '/auth/v1/user', '/storage/v1/bucket', '/admin/v1/project', '/metrics', '/graphql/v1?query={a}']) {
      const ways: readonly Record<string, string>[] = [{ apikey: key }, { authorization: `Bearer ${key}` }]
      for (const headers of ways) {
        const answer = await fetch(server.url + path, { headers })
        expect(answer.status, `${path} ${Object.keys(headers).join()}`).toBeLessThan(500)
        await answer.text()
      }
    }
    expect(server.process.exitCode).toBeNull()
    expect(server.output()).not.toMatch(/"level":(?:50|60)|was not handled/)
  })

  it('leaves the server up and everything as it was', async () => {
    const answer = await fetch(`${server.url}/rest/v1/book?select=title,author(name)`, { headers: { apikey: server.anonKey } })
    expect(await answer.json()).toEqual([{ title: 'The Dispossessed', author: { name: 'Le Guin' } }])
  })
})

/** Starts with a wrong environment and returns how it ended. */
function failedStart(environment: Record<string, string>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/start.mjs'], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    const timer = setTimeout(() => child.kill('SIGINT'), 60_000)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}

describe('a start that cannot work', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-wrong-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('names every wrong variable at once, with reasons and without values', async () => {
    const { code, output } = await failedStart({
      PLINTH_DATA_DIR: join(folder, 'a'),
      PLINTH_PORT: 'eighty-eighty',
      PLINTH_LOG_LEVEL: 'loud',
      PLINTH_JWT_SECRET: 'tooshort',
      PLINTH_PROT: '1',
    })
    expect(code).not.toBe(0)
    for (const name of ['PLINTH_PORT', 'PLINTH_LOG_LEVEL', 'PLINTH_JWT_SECRET', 'PLINTH_PROT']) expect(output).toContain(name)
    expect(output).toContain('did you mean')
    expect(output).not.toMatch(/eighty-eighty|tooshort|loud/)
  })

  it('names a port in use and the way out', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as { port: number }
    const { code, output } = await failedStart({ PLINTH_DATA_DIR: join(folder, 'b'), PLINTH_PORT: String(port) })
    blocker.close()
    expect(code).not.toBe(0)
    expect(output).toContain(String(port))
    expect(output).toContain('PLINTH_PORT')
    expect(output).not.toMatch(/\n\s+at /)
  })

  it('refuses a data folder that is not ours and leaves it alone', async () => {
    const foreign = await mkdtemp(join(folder, 'foreign-'))
    await writeFile(join(foreign, 'thesis.txt'), 'mine')
    const { code, output } = await failedStart({ PLINTH_DATA_DIR: foreign, PLINTH_PORT: '0' })
    expect(code).not.toBe(0)
    expect(output).toContain('PLINTH_DATA_DIR')
    expect(output).toContain(foreign)
  })

  it('names a data folder that cannot be written', async () => {
    // Modes do not stop root; the kernel's own file system does.
    const locked = process.getuid?.() === 0 ? '/sys/plinth' : await mkdtemp(join(folder, 'locked-'))
    if (process.getuid?.() !== 0) await chmod(locked, 0o500)
    const { code, output } = await failedStart({ PLINTH_DATA_DIR: locked, PLINTH_PORT: '0' })
    expect(code).not.toBe(0)
    expect(output).toContain('cannot be written')
    expect(output).toContain('PLINTH_DATA_DIR')
  })

  it('names a database that cannot be reached, without its password', async () => {
    const { code, output } = await failedStart({
      PLINTH_DATA_DIR: join(folder, 'c'),
      PLINTH_PORT: '0',
      PLINTH_DATABASE_URL: 'postgresql://someone:hunter22@127.0.0.1:9/app',
    })
    expect(code).not.toBe(0)
    expect(output).toContain('ECONNREFUSED')
    expect(output).toContain('PLINTH_DATABASE_URL')
    expect(output).not.toContain('hunter22')
  })
})
