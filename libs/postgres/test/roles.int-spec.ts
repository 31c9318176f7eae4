// Who may do what, as Postgres itself sees it after the bootstrap.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSchemasToServiceRole } from '../src/bootstrap/exposed-schemas.ts'
import { createTestDatabase, type TestDatabase } from './harness.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
  await db.sql(`
    create table secrets (id int primary key generated always as identity, word text);
    insert into secrets (word) values ('hidden');
    create sequence counter;
    create function answer() returns int language sql as 'select 42';
  `)
})
afterAll(() => db?.dispose())

async function as(login: keyof TestDatabase['urls'], text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: db.urls[login] })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.end()
  }
}

const request = (role: string, text: string) =>
  db.request.run({ role, claimsJson: '{}', readOnly: false }, { text, values: [] }).then(
    (result) => result.rows,
    (error: { sqlstate: string }) => error.sqlstate,
  )

describe('a new table, sequence and function', () => {
  const objects = [
    ['select word from secrets', [['hidden']]],
    [`insert into secrets (word) values ('x')`, []],
    [`select nextval('counter') > 0`, [['t']]],
    ['select answer()', [['42']]],
  ] as const
  it.each(objects)('is closed for anon and authenticated, open for service_role: %s', async (text, rows) => {
    expect(await request('anon', text)).toBe('42501')
    expect(await request('authenticated', text)).toBe('42501')
    expect(await request('service_role', text)).toEqual(rows)
  })
})

describe('an exposed schema', () => {
  it('is open to service_role, with what is in it and what comes later, and to nobody else', async () => {
    await db.sql(
      'create schema "My Shop"; create table "My Shop".old as select 1 as id; create function "My Shop".f() returns int language sql as \'select 1\'',
    )
    await db.superuserSql('create table "My Shop".foreign_object ()')
    expect(await request('service_role', 'select id from "My Shop".old')).toBe('42501')
    await openSchemasToServiceRole(db.urls.owner, ['public', 'My Shop', 'not there'])
    await db.sql('create table "My Shop".new as select 2 as id')
    expect(await request('service_role', 'select old.id, new.id, "My Shop".f() from "My Shop".old, "My Shop".new')).toEqual([
      ['1', '2', '1'],
    ])
    expect(await request('authenticated', 'select id from "My Shop".old')).toBe('42501')
  })
})

describe('the claims functions', () => {
  it.each(['anon', 'authenticated', 'service_role'])('answer %s, and are NULL without claims', async (role) => {
    const claims = { sub: '7f1a3d52-0000-4000-8000-000000000001', role, email: 'a@example.com' }
    const text = `select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'sub'`
    const result = await db.request.run({ role, claimsJson: JSON.stringify(claims), readOnly: true }, { text, values: [] })
    expect(result.rows).toEqual([[claims.sub, role, claims.email, claims.sub]])
    for (const claimsJson of ['{}', '']) {
      expect((await db.request.run({ role, claimsJson, readOnly: true }, { text, values: [] })).rows).toEqual([[null, null, null, null]])
    }
  })
})

describe('the logins', () => {
  it('are four, none of them a superuser', async () => {
    const rows = await db.sql(
      `select rolname, rolsuper, rolbypassrls, rolreplication, rolinherit from pg_roles where rolname like 'plinth\\_%' order by rolname`,
    )
    expect(rows).toEqual([
      { rolname: 'plinth_api', rolsuper: false, rolbypassrls: false, rolreplication: false, rolinherit: false },
      { rolname: 'plinth_owner', rolsuper: false, rolbypassrls: false, rolreplication: false, rolinherit: true },
      { rolname: 'plinth_replication', rolsuper: false, rolbypassrls: false, rolreplication: true, rolinherit: true },
      { rolname: 'plinth_service', rolsuper: false, rolbypassrls: false, rolreplication: false, rolinherit: false },
    ])
  })

  it('of the API can become anon and authenticated, never service_role, owner or replication', async () => {
    expect(await as('api', 'set role anon')).toEqual([])
    expect(await as('api', 'set role authenticated')).toEqual([])
    for (const role of ['service_role', 'plinth_owner', 'plinth_service', 'plinth_replication']) {
      expect(await as('api', `set role ${role}`)).toBe('42501')
    }
    expect(await as('api', 'select * from public.secrets')).toBe('42501')
    expect(await as('api', 'create temp table t ()')).toBe('42501')
    expect(await as('api', 'create table public.t ()')).toBe('42501')
  })

  it('of the API gets a role of the owner with one GRANT', async () => {
    const role = `editor_${db.name}`
    if ((await db.superuserSql<{ v: number }>(`select current_setting('server_version_num')::int as v`))[0]!.v < 160_000) {
      await db.superuserSql(`create role ${role}`)
      await db.superuserSql(`grant ${role} to plinth_api`)
    } else {
      await db.sql(`create role ${role}`)
      await db.sql(`grant ${role} to plinth_api`)
    }
    try {
      expect(await request(role, 'select current_user')).toEqual([[role]])
    } finally {
      await db.superuserSql(`drop role ${role}`)
    }
  })

  it('of the service role is service_role and nothing else', async () => {
    expect(await as('service', 'set role service_role')).toEqual([])
    expect(await as('service', 'set role plinth_owner')).toBe('42501')
    expect(await request('service_role', 'select * from plinth.settings')).toBe('42501')
  })

  it('have time limits of their own', async () => {
    expect(
      await as('api', `select current_setting('statement_timeout') as s, current_setting('idle_in_transaction_session_timeout') as i`),
    ).toEqual([{ s: '30s', i: '30s' }])
  })

  it('of the owner may make schemas, trusted extensions and tables in public, and drop what it made', async () => {
    expect(
      await as(
        'owner',
        'create schema shop; create extension pg_trgm schema shop; create table public.t (); drop schema shop cascade; drop table t',
      ),
    ).not.toBe('42501')
    expect(await as('owner', `alter role plinth_service password 'x'`)).toBe('42501')
    expect(await as('owner', `copy secrets to '/out'`)).toBe('42501')
  })
})

describe('the change feed', () => {
  it('hears of any DDL through a message in the WAL', async () => {
    await db.superuserSql(`select pg_create_logical_replication_slot('ddl_${db.name}', 'test_decoding')`)
    await db.sql('create table heard (id int)')
    await db.sql('drop table heard')
    const messages = await db.superuserSql<{ data: string }>(
      `select data from pg_logical_slot_get_changes('ddl_${db.name}', null, null) where data like 'message:%plinth.ddl%'`,
    )
    expect(messages.length).toBeGreaterThanOrEqual(2)
  })
})
