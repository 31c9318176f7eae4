import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

let app: AdminApp
beforeAll(async () => (app = await startAdminApp()))
afterAll(async () => app[Symbol.asyncDispose]())

describe('POST /sql', () => {
  it('survives a value that nobody can hold as text', async () => {
    const { status, body } = await app.sql(`select repeat('x', 600 * 1024 * 1024)`)
    expect([status, body.error.code]).toEqual([400, 'result_too_large'])
    expect((await app.sql('select 1 as one')).body.rows).toEqual([[1]])
  })

  it('answers with the last result: columns with type names, rows as JSON values', async () => {
    const { status, body } = await app.sql(
      `create table kinds (a int, b bigint, c numeric(10,2), d boolean, e jsonb, f text[], g timestamptz, h int[], i numeric);
       insert into kinds values (1, 2, 3.50, true, '{"x":[1]}', '{a,"b ,\\"c",null}', '2026-01-02 03:04:05+00', '{{1,2},{3,4}}', 12345678901234567.89), (null, 9007199254740993, null, false, null, '{}', null, null, 'NaN');
       select * from kinds`,
    )
    expect(status).toBe(200)
    expect(body.columns).toEqual([
      { name: 'a', type: 'integer' },
      { name: 'b', type: 'bigint' },
      { name: 'c', type: 'numeric(10,2)' },
      { name: 'd', type: 'boolean' },
      { name: 'e', type: 'jsonb' },
      { name: 'f', type: 'text[]' },
      { name: 'g', type: 'timestamp with time zone' },
      { name: 'h', type: 'integer[]' },
      { name: 'i', type: 'numeric' },
    ])
    expect(body.rows).toEqual([
      [
        1,
        2,
        3.5,
        true,
        { x: [1] },
        ['a', 'b ,"c', null],
        '2026-01-02 03:04:05+00',
        [
          [1, 2],
          [3, 4],
        ],
        '12345678901234567.89',
      ],
      [null, '9007199254740993', null, false, null, [], null, null, 'NaN'],
    ])
    expect(body).toMatchObject({ rowCount: 2, command: 'SELECT', truncated: false, notices: [] })
    expect(body.durationMs).toBeGreaterThan(0)
  })

  it('runs a script in one transaction: after an error nothing of it is kept, and the error names place and reason', async () => {
    const { status, body } = await app.sql('create table half (id int);\ninsert into half values (1);\nselect nosuch from half')
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'sql_failed', sqlstate: '42703', line: 3, position: 65, requestId: expect.any(String) })
    expect((await app.sql(`select to_regclass('half') as t`)).body.rows).toEqual([[null]])
  })

  it('takes parameters of any JSON kind', async () => {
    const { body } = await app.sql('select $1::int + 1, $2::text, $3::jsonb, $4::text[], $5::boolean, $6::jsonb', {
      params: [41, "it's", { a: [1, 2] }, ['x', 'y,"z'], true, ['p', 'q']],
    })
    expect(body.rows).toEqual([[42, "it's", { a: [1, 2] }, ['x', 'y,"z'], true, ['p', 'q']]])
  })

  it('names the fault of a parameter', async () => {
    const { status, body } = await app.sql('select $1::int', { params: ['x'] })
    expect([status, body.error.sqlstate]).toEqual([400, '22P02'])
    expect((await app.sql('select nosuch, $1', { params: [1] })).body.error.sqlstate).toBe('42703')
  })

  it('accepts scripts with a BEGIN and COMMIT of their own, and refuses a transaction left open', async () => {
    const kept = await app.sql('begin; create table own_tx (id int); insert into own_tx values (7); select id from own_tx; commit')
    expect(kept.body).toMatchObject({ rows: [[7]], command: 'SELECT' })
    const open = await app.sql('begin; insert into own_tx values (8)')
    expect([open.status, open.body.error.code]).toEqual([400, 'sql_transaction_open'])
    expect((await app.sql('select count(*) from own_tx')).body.rows).toEqual([[1]])
  })

  it('runs as a role with claims, under its row-level security, and as nobody else', async () => {
    await app.sql(`create table notes (id int, owner uuid); insert into notes values (1, '11111111-1111-1111-1111-111111111111'), (2, null);
      alter table notes enable row level security; grant select on notes to authenticated;
      create policy own on notes for select to authenticated using (owner = (current_setting('request.jwt.claims', true)::json->>'sub')::uuid)`)
    const seen = await app.sql('select id, current_user::text, session_user::text from notes', {
      role: 'authenticated',
      claims: { sub: '11111111-1111-1111-1111-111111111111' },
    })
    expect(seen.body.rows).toEqual([[1, 'authenticated', 'plinth_api']])
    expect((await app.sql('select id from notes', { role: 'service_role' })).body.rowCount).toBe(2)
    const refused = await app.sql('select id from notes', { role: 'anon' })
    expect([refused.status, refused.body.error.sqlstate]).toEqual([400, '42501'])
    const escaped = await app.sql(`select set_config('role', 'service_role', true); select id from notes`, { role: 'anon' })
    expect(escaped.body.error.sqlstate).toBe('42501')
    expect((await app.sql('commit; select id from notes', { role: 'authenticated' })).body.error.sqlstate).toBe('42P01')
    for (const role of ['nosuch', 'plinth_owner', 'postgres'])
      expect((await app.sql('select 1', { role })).body.error.code).toBe('role_not_found')
  })

  it('keeps 10,000 rows of a large result and says so', async () => {
    const { body } = await app.sql('select i from generate_series(1, 200000) i')
    expect(body.rows).toHaveLength(10_000)
    expect(body).toMatchObject({ truncated: true, rowCount: 200_000 })
  })

  it('stops a script after its time, and keeps nothing of it', async () => {
    const { status, body } = await app.sql('create table slow_one (); select pg_sleep(20)', { timeoutMs: 300 })
    expect([status, body.error.code, body.error.sqlstate]).toEqual([408, 'sql_timeout', '57014'])
    expect((await app.sql(`select to_regclass('slow_one')`)).body.rows).toEqual([[null]])
  })

  it('stops a script when its caller goes away', async () => {
    const gone = new AbortController()
    const running = app.call('POST', '/sql', { query: `select 'gone-caller', pg_sleep(30)` }, undefined, gone.signal)
    const count = async () =>
      Number(
        (
          await app.database.superuserSql(
            `select count(*) from pg_stat_activity where query like '%gone-caller%' and pid <> pg_backend_pid()`,
          )
        )[0]!['count'],
      )
    await expect.poll(count, { timeout: 5_000 }).toBe(1)
    gone.abort()
    await expect(running).rejects.toThrow()
    await expect.poll(count, { timeout: 5_000 }).toBe(0)
  })

  it('collects notices, and explains what only psql can do', async () => {
    expect((await app.sql(`do $$ begin raise notice 'hello %', 1; raise warning 'careful'; end $$`)).body.notices).toEqual([
      'NOTICE: hello 1',
      'WARNING: careful',
    ])
    expect((await app.sql('\\connect other')).body.error.hint).toMatch(/psql/)
    expect((await app.sql('create table copied (id int); copy copied from stdin')).body.error.hint).toMatch(/INSERT/)
  })

  it('leaves nothing of a script to the next one', async () => {
    await app.sql(
      `set search_path = pg_catalog; set role none; create temp table left_over (id int); select set_config('app.x', '1', false)`,
    )
    const { body } = await app.sql(`select current_setting('search_path'), to_regclass('left_over'), current_setting('app.x', true)`)
    expect(body.rows).toEqual([['"$user", public', null, null]])
  })

  it('runs commands that cannot be in a transaction when they stand alone', async () => {
    expect((await app.sql('vacuum')).status).toBe(200)
    expect((await app.sql('vacuum; select 1')).body.error.sqlstate).toBe('25001')
  })

  it('shows DDL in the catalog before it answers', async () => {
    await app.sql('create table seen_at_once (id int primary key)')
    expect(app.catalog.current().findRelation('public', 'seen_at_once')?.primaryKey?.columns).toEqual(['id'])
    await app.sql(`create function make_one() returns void language sql as 'create table by_function (id int)'`)
    await app.sql('select make_one()')
    await expect.poll(() => app.catalog.current().findRelation('public', 'by_function')).toBeDefined()
    await app.sql('begin; drop table seen_at_once; commit; select 1/0')
    expect(app.catalog.current().findRelation('public', 'seen_at_once')).toBeUndefined()
  })

  it('loads a whole database as one script', async () => {
    const shared = fileURLToPath(new URL('../../../../shared/data/chinook.sql', import.meta.url))
    const isThere = existsSync(shared)
    if (!isThere) console.log('chinook.sql is not beside this checkout: a generated script of the same size is loaded instead')
    const script = isThere ? await readFile(shared, 'utf8') : generatedScript()
    const { status, body } = await app.sql(script)
    expect(body.error).toBeUndefined()
    expect(status).toBe(200)
    const { body: counted } = await app.sql('select (select count(*) from track), (select count(*) from invoice_line)')
    expect(counted.rows).toEqual([[3503, 2240]])
    expect(app.catalog.current().findRelation('public', 'track')?.foreignKeys.length).toBe(isThere ? 3 : 0)
  })
})

function generatedScript(): string {
  const lines = (table: string, count: number) =>
    Array.from(
      { length: count },
      (_, i) => `insert into ${table} (name) values ('row ${i} of a table with a name that is long enough to make a large script');`,
    ).join('\n')
  return `create table track (id int generated always as identity primary key, name text);
    create table invoice_line (id int generated always as identity primary key, name text);\n${lines('track', 3503)}\n${lines('invoice_line', 2240)}`
}
