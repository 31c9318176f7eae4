import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

let app: AdminApp
beforeAll(async () => (app = await startAdminApp()))
afterAll(async () => app[Symbol.asyncDispose]())

const post = (path: string, body: unknown) => app.call('POST', path, body)
const uid = (n: number) => `${n}${n}${n}${n}${n}${n}${n}${n}-0000-4000-8000-000000000000`
const rowsAs = async (role: string, query: string, claims = {}) => {
  const { body } = await app.sql(query, { role, claims })
  return body.error === undefined ? (body.rows as unknown[][]).flat() : (body.error.sqlstate as string)
}

describe('tables', () => {
  it('are made, changed and dropped; with dryRun only the SQL is shown', async () => {
    const input = {
      schema: 'public',
      name: 'Weird "name"',
      comment: `it's`,
      columns: [
        { name: 'id', type: 'bigint', primaryKey: true, identity: true },
        { name: 'mail', type: 'varchar(100)', nullable: false, unique: true },
        { name: 'made', type: 'timestamptz', default: 'now()' },
      ],
    }
    const shown = await post('/tables?dryRun=true', input)
    expect(shown.body).toMatchObject({ applied: false, lock: null, warnings: [] })
    expect(app.catalog.current().findRelation('public', input.name)).toBeUndefined()
    const made = await post('/tables', input)
    expect(made.body).toEqual({ ...shown.body, applied: true })
    const relation = app.catalog.current().findRelation('public', input.name)!
    expect([relation.comment, relation.rowSecurity.enabled, relation.primaryKey?.columns]).toEqual(["it's", true, ['id']])

    const path = `/tables/public/${encodeURIComponent(input.name)}`
    const changed = await app.call('PATCH', path, {
      changes: [
        { kind: 'rename_column', column: 'mail', name: 'email' },
        { kind: 'alter_type', column: 'email', type: 'text' },
        { kind: 'add_column', column: { name: 'tags', type: 'text[]', default: `'{}'` } },
        { kind: 'set_nullable', column: 'email', nullable: true },
        { kind: 'set_default', column: 'made', default: null },
        { kind: 'grant', role: 'anon', privileges: ['select'] },
        { kind: 'revoke', role: 'anon', privileges: ['select'] },
        { kind: 'comment', comment: null },
        { kind: 'rename', name: 'people' },
      ],
    })
    expect(changed.body).toMatchObject({ applied: true, lock: 'ACCESS EXCLUSIVE' })
    expect(
      app.catalog
        .current()
        .findRelation('public', 'people')
        ?.columns.map((c) => c.name),
    ).toEqual(['id', 'email', 'made', 'tags'])
    expect((await app.call('DELETE', '/tables/public/people')).body).toMatchObject({ applied: true, sql: 'drop table "public"."people";' })
    const audited = (await app.call('GET', '/audit')).body
    expect(audited.map((entry: any) => entry.action)).toEqual(['table.drop', 'table.alter', 'table.create'])
    expect(audited[2]).toMatchObject({ actor: 'key:service_role', target: `public.${input.name}`, detail: { sql: made.body.sql } })
    const older = (await app.call('GET', `/audit?limit=1&before=${audited[1].id}`)).body
    expect(older).toEqual([audited[2]])
  })

  it('change fully or not at all', async () => {
    await app.sql('create table whole (id int)')
    const { status, body } = await app.call('PATCH', '/tables/public/whole', {
      changes: [
        { kind: 'add_column', column: { name: 'a', type: 'int' } },
        { kind: 'set_default', column: 'a', default: 'nosuch()' },
      ],
    })
    expect([status, body.error.sqlstate]).toEqual([400, '42883'])
    expect(app.catalog.current().findRelation('public', 'whole')?.columns).toHaveLength(1)
  })

  it('give up soon when somebody else holds the table, and name what depends on it', { timeout: 30_000 }, async () => {
    await app.sql('create table parent (id int primary key); create table child (id int references parent)')
    const dependent = await app.call('DELETE', '/tables/public/parent')
    expect([dependent.status, dependent.body.error.sqlstate]).toEqual([400, '2BP01'])
    expect(dependent.body.error.detail).toMatch(/child/)
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const holding = app.database.platform.transaction(async (tx) => {
      await tx.query('lock table parent')
      await held
    })
    const overview = await app.call('GET', '/schema')
    const busy = await app.call('PATCH', '/tables/public/parent', { changes: [{ kind: 'row_security', enabled: true }] })
    release()
    await holding
    expect([busy.status, busy.body.error.code]).toEqual([409, 'table_busy'])
    expect(overview.status).toBe(200)
  })

  it.each([
    ['an unknown table', 'PATCH', '/tables/public/nosuch', { changes: [{ kind: 'comment', comment: 'x' }] }, 404, 'table_not_found'],
    ['an unknown schema', 'POST', '/tables', { schema: 'nosuch', name: 't', columns: [] }, 404, 'schema_not_found'],
    ['a schema of the platform', 'POST', '/tables', { schema: 'auth', name: 't', columns: [] }, 403, 'schema_protected'],
    ['a table of the platform', 'DELETE', '/tables/plinth/owners', undefined, 403, 'schema_protected'],
    ['an unknown type', 'POST', '/tables', { schema: 'public', name: 't', columns: [{ name: 'a', type: 'strng' }] }, 400, 'type_not_found'],
    [
      'SQL as a type',
      'POST',
      '/tables',
      { schema: 'public', name: 't', columns: [{ name: 'a', type: 'int); drop table whole; --' }] },
      400,
      'type_not_found',
    ],
    ['an unknown column', 'PATCH', '/tables/public/whole', { changes: [{ kind: 'drop_column', column: 'zz' }] }, 404, 'column_not_found'],
    ['an unknown change', 'PATCH', '/tables/public/whole', { changes: [{ kind: 'explode' }] }, 400, 'invalid_input'],
    ['a name that is too long', 'POST', '/tables', { schema: 'public', name: 'ä'.repeat(40), columns: [] }, 400, 'invalid_input'],
  ])('refuse %s', async (_what, method, path, body, status, code) => {
    const answer = await app.call(method, path, body)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
  })
})

describe('opening a table', () => {
  beforeAll(async () => {
    await app.sql(`create schema shop; create table shop.notes (id serial primary key, owner uuid default (current_setting('request.jwt.claims')::json->>'sub')::uuid, body text);
      insert into shop.notes (owner, body) values ('${uid(1)}', 'one'), ('${uid(2)}', 'two'); create view shop.seen as select * from shop.notes`)
  })

  it.each([
    { template: 'everyone_reads', anon: ['one', 'two'], one: ['one', 'two'], insert: '42501' },
    { template: 'signed_in_reads', anon: '42501', one: ['one', 'two'], insert: '42501' },
    { template: 'everyone_reads_owner_writes', ownerColumn: 'owner', anon: ['one', 'two'], one: ['one', 'two'], insert: ['new'] },
    { template: 'owner_only', ownerColumn: 'owner', anon: '42501', one: ['one'], insert: ['new'] },
  ])('as $template shows exactly those rows, whatever it was before', async ({ template, ownerColumn, anon, one, insert }) => {
    const { status, body } = await post('/tables/shop/notes/open', { template, ownerColumn })
    expect([status, body.applied]).toEqual([200, true])
    const read = 'select body from shop.notes order by id'
    expect(
      [await rowsAs('anon', read), await rowsAs('authenticated', read, { sub: uid(1) })].map((rows) => (rows === '42P01' ? '42501' : rows)),
    ).toEqual([anon, one])
    const written = `insert into shop.notes (body) values ('new') returning body`
    expect(await rowsAs('authenticated', written, { sub: uid(1) })).toEqual(insert)
    expect(await rowsAs('authenticated', `insert into shop.notes (owner, body) values ('${uid(2)}', 'forged')`, { sub: uid(1) })).toBe(
      '42501',
    )
    await app.sql(`delete from shop.notes where body = 'new'`)
  })

  it('warns about what else allows more, and refuses what cannot work', async () => {
    await app.sql('create policy "My own" on shop.notes for select using (true)')
    const { body } = await post('/tables/shop/notes/open?dryRun=true', { template: 'owner_only', ownerColumn: 'owner' })
    expect(body.warnings).toEqual([expect.stringMatching(/My own/), expect.stringMatching(/no index/)])
    expect((await post('/tables/shop/notes/open', { template: 'owner_only' })).body.error.message).toMatch(/ownerColumn/)
    expect((await post('/tables/shop/notes/open', { template: 'owner_only', ownerColumn: 'body' })).body.error.code).toBe(
      'owner_column_unfit',
    )
    expect((await post('/tables/shop/seen/open', { template: 'everyone_reads' })).body.error.code).toBe('not_a_table')
    expect((await post('/tables/storage/objects/open', { template: 'everyone_reads' })).body.error.code).toBe('schema_protected')
  })
})

describe('policies', () => {
  it('are made, listed with a summary, and dropped', async () => {
    await app.sql(
      'create table rooms (id int, member uuid); alter table rooms enable row level security; grant select on rooms to authenticated',
    )
    const input = {
      schema: 'public',
      table: 'rooms',
      name: 'Members',
      command: 'select',
      roles: ['authenticated'],
      using: '(select auth.uid()) = member',
    }
    const made = await post('/policies', input)
    expect(made.body).toMatchObject({ applied: true, warnings: [], lock: 'ACCESS EXCLUSIVE' })
    expect((await app.call('GET', '/policies?schema=public&table=rooms')).body).toEqual([
      {
        schema: 'public',
        table: 'rooms',
        name: 'Members',
        command: 'select',
        roles: ['authenticated'],
        permissive: true,
        using: expect.stringContaining('uid()'),
        check: null,
        summary: 'Signed-in users may read rows whose member is the signed-in user.',
      },
    ])
    expect(await rowsAs('authenticated', 'select id from rooms', { sub: uid(1) })).toEqual([])
    expect((await app.call('DELETE', '/policies/public/rooms/Members')).body.warnings).toHaveLength(1)
    expect((await app.call('DELETE', '/policies/public/rooms/Members')).body.error.code).toBe('policy_not_found')
  })

  it('on storage.objects are the owner’s to make; those of internal schemas are not', async () => {
    const on = (schema: string, table: string) =>
      post('/policies?dryRun=true', { schema, table, name: 'p', command: 'select', roles: ['anon'], using: 'true' })
    expect((await on('storage', 'objects')).status).toBe(200)
    expect((await on('auth', 'users')).body.error.code).toBe('schema_protected')
  })

  it.each([
    ['insert with using', { command: 'insert', using: 'true' }],
    ['select with check', { command: 'select', check: 'true' }],
    ['no condition', { command: 'all' }],
  ])('are refused when they make no sense: %s', async (_what, part) => {
    const { status, body } = await post('/policies', { schema: 'public', table: 'rooms', name: 'p', roles: ['anon'], ...part })
    expect([status, body.error.code]).toEqual([400, 'invalid_input'])
  })
})

describe('the schema overview', () => {
  it('shows shape, grants, policies and sizes, and warns about what is open', async () => {
    await app.sql(`create type mood as enum ('good', 'bad');
      create table open_one (id int primary key, feels mood not null default 'good'); grant select, insert on open_one to anon;
      create table closed_one (id int primary key references open_one, d mood[]); alter table closed_one enable row level security;
      create view around as select * from closed_one; grant select on around to anon;
      create function peek(n int) returns setof closed_one language sql security definer stable as 'select * from closed_one where id = n';
      grant execute on function peek(int) to anon`)
    const { body } = await app.call('GET', '/schema')
    const table = (name: string) => body.tables.find((each: any) => each.schema === 'public' && each.name === name)
    expect(table('open_one')).toMatchObject({
      kind: 'table',
      primaryKey: ['id'],
      rowSecurity: false,
      policyCount: 0,
      grants: { anon: ['select', 'insert'], service_role: ['select', 'insert', 'update', 'delete'] },
      warnings: ['Granted to anon without row-level security: they reach every row.'],
    })
    expect(table('open_one').columns[1]).toMatchObject({ name: 'feels', enumLabels: ['good', 'bad'], nullable: false, generated: 'no' })
    expect(table('open_one').sizeBytes).toBeGreaterThan(0)
    expect(table('closed_one')).toMatchObject({
      foreignKeys: [{ columns: ['id'], target: { schema: 'public', table: 'open_one', columns: ['id'] } }],
      warnings: [],
    })
    expect(table('around').warnings).toEqual([expect.stringMatching(/security_invoker/)])
    expect(body.functions.find((each: any) => each.name === 'peek')).toMatchObject({
      arguments: 'n integer',
      securityDefiner: true,
      warnings: [expect.stringMatching(/SECURITY DEFINER.*anon/)],
    })
    expect(body.enums).toContainEqual({ schema: 'public', name: 'mood', labels: ['good', 'bad'] })
    expect(body.schemas).toEqual(expect.arrayContaining(['public', 'shop']))
    expect(body.tables.some((each: any) => ['auth', 'storage', 'plinth', 'realtime'].includes(each.schema))).toBe(false)
  })

  it('warns about comments for GraphQL that have no effect', async () => {
    await app.sql(`create table named (id int primary key, a text, b text); create function called() returns int language sql as 'select 1';
      comment on table named is '@graphql({"name": "no name"})'; comment on column named.a is '@graphql({"name": "b"})';
      comment on function called() is '@graphql({name})'`)
    const { body } = await app.call('GET', '/schema')
    const warningsOf = (list: any[], name: string) => list.find((each) => each.schema === 'public' && each.name === name).warnings
    expect(warningsOf(body.tables, 'named')).toEqual([
      expect.stringMatching(/^In the comment on table public\.named, the option "name" is ignored: it must be a name/),
      expect.stringMatching(/^In the comment on column public\.named\.a, the option "name" is ignored: another column is called "b"/),
    ])
    expect(warningsOf(body.functions, 'called')).toEqual([
      expect.stringMatching(/^In the comment on function public\.called, .* not a JSON object/),
    ])
  })
})

describe('settings', () => {
  it('change at once, and the log names the fields without their values', async () => {
    const { body } = await app.call('PATCH', '/settings/test', { limit: 77 })
    expect(body).toMatchObject({ area: 'test', values: { limit: 77 }, schema: { type: 'object' } })
    expect((await app.call('GET', '/settings/test')).body.values).toEqual({ limit: 77 })
    const [entry] = (await app.call('GET', '/audit?limit=1')).body
    expect(entry).toMatchObject({ action: 'settings.change', target: 'test', detail: { fields: ['limit'] } })
  })
})

describe('requests', () => {
  it('are shown newest first, without their query', async () => {
    const sample = { at: new Date().toISOString(), method: 'GET', status: 200, durationMs: 1, role: 'anon', requestId: 'r' }
    for (let i = 0; i < 510; i++) app.requests.record({ ...sample, path: `/rest/v1/t${i}?email=eq.a@b.c` })
    const { body } = await app.call('GET', '/requests')
    expect([body.length, body[0].path, body.at(-1).path]).toEqual([500, '/rest/v1/t509', '/rest/v1/t10'])
  })
})

describe('migrations of the owner', () => {
  const apply = (name: string, sql: string) => post('/migrations', { name, sql })

  it('are applied once, with their line in the ledger', async () => {
    const first = await apply('20260101000000_first.sql', 'create table migrated (id int);\ninsert into migrated values (1);')
    expect([first.status, first.body.name]).toEqual([200, '20260101000000_first.sql'])
    const again = await apply('20260101000000_first.sql', 'create table migrated (id int);\r\ninsert into migrated values (1);')
    expect(again.body).toEqual(first.body)
    expect((await app.sql('select count(*) from migrated')).body.rows).toEqual([[1]])
    expect((await app.call('GET', '/migrations')).body).toEqual([first.body])
    expect(app.catalog.current().findRelation('public', 'migrated')).toBeDefined()
  })

  it('are refused when they were edited after they were applied', async () => {
    const { status, body } = await apply('20260101000000_first.sql', 'select 2')
    expect([status, body.error.code]).toEqual([409, 'migration_edited'])
  })

  it('leave nothing behind when they fail', async () => {
    const { status, body } = await apply('2_fails.sql', 'create table behind ();\nselect 1/0')
    expect([status, body.error.sqlstate]).toEqual([400, '22012'])
    expect((await app.sql(`select to_regclass('behind')`)).body.rows).toEqual([[null]])
    expect((await app.call('GET', '/migrations')).body).toHaveLength(1)
  })

  it('cannot end their own transaction', async () => {
    const { status, body } = await apply('3_commit.sql', 'create table committed ();\n\nCOMMIT;\nselect 1/0')
    expect([status, body.error.message]).toEqual([400, 'A migration runs in one transaction of its own: remove COMMIT from line 3.'])
    expect((await app.sql(`select to_regclass('committed')`)).body.rows).toEqual([[null]])
  })

  it('run one after the other when two ask at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => apply('4_race.sql', 'create table raced (id int)')))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
  })
})
