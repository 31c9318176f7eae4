import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

let app: AdminApp
beforeAll(async () => (app = await startAdminApp()))
afterAll(async () => app[Symbol.asyncDispose]())

async function stream(chunks: Iterable<string>, query = '', headers = app.secret.headers) {
  const encoder = new TextEncoder()
  const iterator = chunks[Symbol.iterator]()
  const body = new ReadableStream({
    pull(controller) {
      const step = iterator.next()
      if (step.done === true) controller.close()
      else controller.enqueue(encoder.encode(step.value))
    },
  })
  const response = await fetch(`${app.url}/admin/v1/sql${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/sql' },
    body,
    duplex: 'half',
  })
  return { status: response.status, body: (await response.json()) as any }
}

function* inserts(count: number): Generator<string> {
  yield 'create table long_one (id int, note text);\n'
  const note = `it''s; ${'x'.repeat(980)}`
  for (let i = 0; i < count; i += 100)
    yield `insert into long_one values ${Array.from({ length: 100 }, (_, j) => `(${i + j}, '${note}')`).join(',')};\n`
}

describe('POST /sql as application/sql', () => {
  it('runs a script that is larger than the limit of JSON bodies, in one transaction and little memory', async () => {
    const before = process.memoryUsage().rss
    const { status, body } = await stream(
      (function* () {
        yield* inserts(80_000)
        yield 'select count(*), count(distinct pg_current_xact_id()::text) from long_one'
      })(),
    )
    expect([status, body.error]).toEqual([200, undefined])
    expect(body).toMatchObject({ rows: [[80_000, 1]], command: 'SELECT' })
    expect((await app.sql('select count(distinct xmin::text) from long_one')).body.rows).toEqual([[1]])
    expect(process.memoryUsage().rss - before).toBeLessThan(250_000_000)
    expect(app.catalog.current().findRelation('public', 'long_one')).toBeDefined()
    await app.sql('drop table long_one')
  })

  it('keeps nothing when it fails late, and names the place in the whole script', async () => {
    const { status, body } = await stream(
      (function* () {
        yield* inserts(5_000)
        yield 'select 😀nosuch;\n'
        yield* inserts(20_000)
      })(),
    )
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'sql_failed', sqlstate: '42703', line: 52 })
    const script = [...inserts(5_000)].join('')
    expect(body.error.position).toBe(Array.from(script).length + 8)
    expect((await app.sql(`select to_regclass('long_one')`)).body.rows).toEqual([[null]])
  })

  it('runs as a role with claims', async () => {
    await app.sql(`create table mine (owner text); grant insert, select on mine to authenticated; alter table mine enable row level security;
      create policy p on mine using (owner = current_setting('request.jwt.claims')::json->>'sub')`)
    const query = `?role=authenticated&claims=${encodeURIComponent('{"sub":"ann"}')}`
    expect((await stream([`insert into mine values ('ann'); `, 'select current_user::text, owner from mine'], query)).body.rows).toEqual([
      ['authenticated', 'ann'],
    ])
    expect((await stream([`insert into mine values ('bob')`], query)).body.error.sqlstate).toBe('42501')
    expect((await stream(['select 1'], '?role=authenticated&claims=nojson')).body.error.code).toBe('invalid_input')
  })

  it('is refused without a key before anything is read', async () => {
    const { status, body } = await stream(['select 1'], '', {})
    expect([status, body.error.code]).toEqual([401, 'not_signed_in'])
  })

  it('is for this route only', async () => {
    const response = await fetch(`${app.url}/admin/v1/tables`, {
      method: 'POST',
      headers: { ...app.secret.headers, 'content-type': 'application/sql' },
      body: 'select 1',
    })
    expect([response.status, ((await response.json()) as any).error.code]).toEqual([400, 'invalid_input'])
  })
})
