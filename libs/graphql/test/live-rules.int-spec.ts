// What a live query depends on behind its own tables, and what happens when that changes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Relation } from '#libs/catalog'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { StatementFactsReader } from '../src/subscriptions/statement-facts.ts'
import { startServer, type LiveServer, Told, tokenOf, userId } from './live-server.ts'

describe('what a statement depends on', () => {
  let db: TestDatabase
  let reader: StatementFactsReader
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(`
      create table t (id int primary key, owner uuid, org text, at timestamptz, member_of int);
      create table other (id int primary key, user_id uuid);
      create table plain (id int primary key);
      alter table t enable row level security;
      create function own_uid() returns uuid language sql stable as $$ select auth.uid() $$;
      create function shout(text) returns text language sql immutable as $$ select upper($1) $$;
      create view seen as select t.id, o.user_id from t join other o on o.id = t.id;
      create view outer_view as select * from seen where user_id = auth.uid();
      create materialized view kept as select id from plain;
      create table parent (id int); create table child () inherits (parent);
      create table whole (id int) partition by range (id); create table part partition of whole for values from (0) to (10);
      create view by_clock as select id from plain where now() > '2020-01-01';
      create view of_system as select relname from pg_class;`)
    reader = new StatementFactsReader(db.platform)
  })
  afterAll(() => db.dispose())

  const factsOf = async (name: string, policy?: string) => {
    if (policy !== undefined) await db.sql(`drop policy if exists p on t; create policy p on t for select using (${policy})`)
    reader.forget()
    const [row] = await db.sql<{ oid: string }>(`select '${name}'::regclass::oid::text as oid`)
    const facts = await reader.read([{ oid: Number(row!.oid) } as Relation], [])
    return {
      claims: facts.claims === 'all' ? 'all' : [...facts.claims].sort(),
      polled: facts.polled !== undefined,
      tables: facts.tables.map((table) => table.name).sort(),
    }
  }

  it.each([
    ['true', [], false],
    ['owner = auth.uid()', ['sub'], false],
    ['owner = (select auth.uid())', ['sub'], false],
    ['auth.role() = $$authenticated$$', ['role'], false],
    ['org = auth.email()', ['email'], false],
    ["org = auth.jwt() ->> 'org'", ['org'], false],
    ["org = (select auth.jwt() -> 'app_metadata' ->> 'org') or auth.uid() = owner", ['app_metadata', 'sub'], false],
    ["org = auth.jwt() ->> 'it''s'", ["it's"], false],
    ['org in (select jsonb_array_elements_text(auth.jwt() -> $$orgs$$))', ['orgs'], false],
    ['auth.jwt() is not null', 'all', false],
    ["(auth.jwt() - 'x') ->> 'org' = org", 'all', false],
    ["org = 'auth.jwt() ->> ''x''' or org = auth.jwt() ->> 'org'", 'all', false],
    ['(auth.jwt() ->> org) is not null', 'all', false],
    ["org = current_setting('request.jwt.claims', true)", 'all', true],
    ['owner = own_uid()', 'all', true],
    ['org = shout(org)', 'all', true],
    ['at > now()', [], true],
    ['at > current_timestamp', [], true],
    ['current_user = org', [], false],
    ['lower(org) like $$a%$$ and at::date > $$2020-01-01$$', [], false],
    ['extract(year from at) > 2020', [], false],
    ["org similar to 'a|b' or org ~ '^x' or id = any(array[1, 2]) or id between 3 and 4", [], false],
  ] as [string, string[] | 'all', boolean][])('policy %s', async (policy, claims, polled) => {
    expect(await factsOf('t', policy)).toMatchObject({ claims, polled, tables: ['t'] })
  })

  it('tables that policies and views read are followed, through any number of views', async () => {
    expect(await factsOf('t', 'id in (select id from other where user_id = auth.uid())')).toEqual({
      claims: ['sub'],
      polled: false,
      tables: ['other', 't'],
    })
    expect(await factsOf('outer_view', "org = auth.jwt() ->> 'org'")).toEqual({
      claims: ['org', 'sub'],
      polled: false,
      tables: ['other', 't'],
    })
    expect(await factsOf('parent')).toMatchObject({ polled: false, tables: ['child', 'parent'] })
    expect(await factsOf('part')).toMatchObject({ polled: false, tables: ['part', 'whole'] })
  })

  it('what tells of no change is polled', async () => {
    for (const name of ['kept', 'by_clock', 'of_system']) expect(await factsOf(name)).toMatchObject({ polled: true })
  })

  it('a function that replaces one of the platform is not taken for it', async () => {
    const [{ body }] = (await db.superuserSql<{ body: string }>(
      `select prosrc as body from pg_proc where oid = 'auth.uid()'::regprocedure`,
    )) as [{ body: string }]
    await db.superuserSql(
      `create or replace function auth.uid() returns uuid language sql stable as $$ select (current_setting('request.jwt.claims')::json ->> 'id')::uuid $$`,
    )
    expect(await factsOf('t', 'owner = auth.uid()')).toMatchObject({ claims: 'all', polled: true })
    await db.superuserSql(`create or replace function auth.uid() returns uuid language sql stable as $body$${body}$body$`)
    expect(await factsOf('t')).toMatchObject({ claims: ['sub'], polled: false })
  })

  it('the fingerprint changes with a policy and with row security', async () => {
    const read = async () => {
      reader.forget()
      const [row] = await db.sql<{ oid: string }>(`select 't'::regclass::oid::text as oid`)
      const { check, fingerprint } = await reader.read([{ oid: Number(row!.oid) } as Relation], [])
      const again = await db.request.run({ role: 'anon', claimsJson: '{}', readOnly: true }, check)
      expect(again.rows[0]![0]).toBe(fingerprint)
      return fingerprint
    }
    const first = await read()
    await db.sql('alter policy p on t using (false)')
    const second = await read()
    await db.sql('alter table t disable row level security')
    expect(new Set([first, second, await read()]).size).toBe(3)
  })
})

describe('when rules and tables change', () => {
  let db: TestDatabase
  let server: LiveServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(`
      create table note (id int primary key, owner uuid, body text);
      alter table note enable row level security;
      create policy own on note for select to authenticated using (owner = auth.uid());
      grant select on note to authenticated;
      insert into note values (1, '${userId(1)}', 'mine'), (2, '${userId(2)}', 'theirs');
      create function tick() returns int language sql stable as $$ select count(*)::int from note $$;
      create table private (id int primary key);
      create function private_rows() returns setof note language sql stable security definer as $$ select n.* from note n where exists (select from private) $$;
      grant execute on function private_rows() to authenticated;`)
    server = await startServer(db)
  })
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })
  const watch = (query: string, user = 1) => new Told(server.client(tokenOf(userId(user))), query)

  it('a new policy shows its rows at once', async () => {
    const told = await watch('subscription { note(order_by: {id: asc}) { body } }').untilData({ note: [{ body: 'mine' }] })
    await db.sql(`create policy more on note for select to authenticated using (true)`)
    await told.untilData({ note: [{ body: 'mine' }, { body: 'theirs' }] })
    await db.sql('drop policy more on note')
    await told.untilData({ note: [{ body: 'mine' }] })
    told.stop()
  })

  it('a new column, a dropped one and a new table do not close it', async () => {
    const told = await watch('subscription { note { body } }').untilData({ note: [{ body: 'mine' }] })
    await db.sql('alter table note add column extra int; create table unrelated (id int)')
    await db.sql(`update note set body = 'still mine' where id = 1`)
    await told.untilData({ note: [{ body: 'still mine' }] })
    await db.sql(`alter table note drop column extra; update note set body = 'mine' where id = 1`)
    await told.untilData({ note: [{ body: 'mine' }] })
    told.stop()
  })

  it('a lost right, and a column that is gone, end it with the reason', async () => {
    await db.sql('alter table note add column short_lived int')
    const column = await watch('subscription { note { short_lived } }').until(({ last }) => last !== undefined)
    await db.sql('alter table note drop column short_lived')
    await column.until(({ error }) => error !== undefined)
    expect(column.error).toMatchObject([{ message: "field 'short_lived' not found in type: 'note'" }])
    const right = await watch('subscription { note { body } }').until(({ last }) => last !== undefined)
    await db.sql('revoke select on note from authenticated')
    await right.until(({ error }) => error !== undefined)
    expect((right.error as any)[0].extensions.code).toMatch(/^(validation-failed|permission-error)$/)
    await db.sql('grant select on note to authenticated')
  })

  it('what no feed tells of is looked at every second', async () => {
    const told = await watch('subscription { private_rows { id } }').untilData({ private_rows: [] })
    await db.sql('insert into private values (1)')
    await told.until(({ last }) => last.private_rows.length === 2)
    told.stop()
  })

  it('a broken connection of the feed is made up for', async () => {
    const told = await watch('subscription { note { body } }').untilData({ note: [{ body: 'mine' }] })
    await db.superuserSql(
      'select pg_terminate_backend(active_pid) from pg_replication_slots where active_pid is not null and database = current_database()',
    )
    await db.sql(`update note set body = 'after' where id = 1`)
    await told.untilData({ note: [{ body: 'after' }] })
    await db.sql(`update note set body = 'mine' where id = 1`)
    await told.untilData({ note: [{ body: 'mine' }] })
    told.stop()
  })

  it('broken connections of the requests are made up for', async () => {
    const told = await watch('subscription { note { body } }').untilData({ note: [{ body: 'mine' }] })
    await db.superuserSql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await db.superuserSql(`update note set body = 'again' where id = 1`)
    await told.untilData({ note: [{ body: 'again' }] })
    await db.superuserSql(`update note set body = 'mine' where id = 1`)
    await told.untilData({ note: [{ body: 'mine' }] })
    told.stop()
  })

  it('a failure of a moment is told and mended', async () => {
    await db.sql(
      `create view quotient as select id, 10 / (length(body) - 4) as q from note where id = 1; grant select on quotient to authenticated; update note set body = 'mines' where id = 1`,
    )
    const told = await watch('subscription { quotient { q } }').untilData({ quotient: [{ q: 10 }] })
    await db.sql(`update note set body = 'mine' where id = 1`)
    await told.until(({ results }) => results.at(-1).errors !== undefined)
    expect(told.results.at(-1).errors).toMatchObject([{ message: 'division by zero', extensions: { code: 'data-exception' } }])
    await db.sql(`update note set body = 'mines2' where id = 1`)
    await told.untilData({ quotient: [{ q: 5 }] })
    told.stop()
  })
})

describe('without a change feed', () => {
  it('live queries are run every second', async () => {
    const db = await createTestDatabase()
    await db.sql('create table note (id int primary key); grant select on note to authenticated')
    const server = await startServer(db, { changes: false })
    const told = await new Told(server.client(tokenOf(userId(1))), 'subscription { note { id } }').untilData({ note: [] })
    await db.sql('insert into note values (1)')
    await told.untilData({ note: [{ id: 1 }] })
    await server.stop()
    await db.dispose()
  })
})
