import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createLogger, systemClock } from '#libs/kernel'
import { CatalogService, type Catalog, type CatalogOptions } from '#libs/catalog'
import { openPools } from '#libs/postgres'
import { createTestDatabase, type TestDatabase } from '#test/postgres'

const logger = createLogger({ level: 'fatal', pretty: false })
const running: CatalogService[] = []

async function serve(db: TestDatabase, options: Partial<CatalogOptions> = {}): Promise<CatalogService> {
  const service = new CatalogService(db.platform, { schemas: ['public'], ...options }, logger, systemClock)
  running.push(service)
  await service.onModuleInit()
  return service
}

async function loaded(
  schema: string,
  options: Partial<CatalogOptions> = {},
): Promise<{ db: TestDatabase; catalog: Catalog } & AsyncDisposable> {
  const db = await createTestDatabase()
  await db.sql(schema)
  const catalog = (await serve(db, { pollIntervalMs: 60_000, ...options })).current()
  return { db, catalog, [Symbol.asyncDispose]: () => db.dispose() }
}

afterEach(async () => {
  for (const service of running.splice(0)) await service.onModuleDestroy()
})

/** Waits until the catalog has what `holds` looks for; fails after a second, the promise of the catalog. */
async function within1s(service: CatalogService, holds: (catalog: Catalog) => boolean): Promise<void> {
  const end = Date.now() + 1000
  while (!holds(service.current())) {
    expect(Date.now(), 'the change was not seen within a second').toBeLessThan(end)
    await sleep(10)
  }
}

describe('the model', () => {
  it('holds columns with types, defaults, identities, generated columns and comments', async () => {
    await using test = await loaded(`
      create type mood as enum ('sad', 'happy'); create domain positive as int check (value > 0);
      create table t (id bigint generated always as identity primary key, m mood not null default 'sad', p positive, a text[],
        g int generated always as (1 + 1) stored, n numeric(10, 2) default 1.5);
      comment on table t is 'a table'; comment on column t.a is 'a column'`)
    const relation = test.catalog.findRelation('public', 't')!
    expect(relation).toMatchObject({
      kind: 'table',
      comment: 'a table',
      insertable: true,
      updatable: true,
      deletable: true,
      replicaIdentity: 'd',
    })
    const column = (name: string) => relation.columnsByName.get(name)!
    expect(column('id')).toMatchObject({
      nullable: false,
      generated: 'identity_always',
      hasDefault: true,
      identitySequence: 'public.t_id_seq',
    })
    expect(column('m')).toMatchObject({
      nullable: false,
      defaultExpression: `'sad'::public.mood`,
      type: { kind: 'enum', enumLabels: ['sad', 'happy'] },
    })
    expect(column('p').type).toMatchObject({ kind: 'domain', name: 'positive', base: { name: 'int4' } })
    expect(column('a')).toMatchObject({ comment: 'a column', type: { kind: 'array', formatted: 'text[]', base: { name: 'text' } } })
    expect(column('g')).toMatchObject({ generated: 'stored', defaultExpression: null })
    expect(column('n')).toMatchObject({ nullable: true, hasDefault: true, defaultExpression: '1.5' })
    expect(relation.columns.map(({ name }) => name)).toEqual(['id', 'm', 'p', 'a', 'g', 'n'])
  })

  it('holds keys and foreign keys of several columns, seen from both sides, also into schemas that are not exposed', async () => {
    await using test = await loaded(`
      create schema hidden; create table hidden.h (id int primary key);
      create table parent (a int, b int, c text unique, primary key (b, a)); create unique index on parent (c) where a > 1; create unique index on parent (lower(c));
      create table child (x int, y int, h int references hidden.h, constraint to_parent foreign key (y, x) references parent (b, a));
      comment on constraint to_parent on child is 'up'`)
    const [parent, child] = [test.catalog.findRelation('public', 'parent')!, test.catalog.findRelation('public', 'child')!]
    expect(parent.primaryKey).toMatchObject({ columns: ['b', 'a'], primary: true })
    expect(parent.uniqueKeys.map((key) => key.columns)).toEqual([['b', 'a'], ['c']])
    const key = child.foreignKeys.find(({ name }) => name === 'to_parent')!
    expect(key).toMatchObject({ columns: ['y', 'x'], targetColumns: ['b', 'a'], comment: 'up' })
    expect([key.target, parent.referencedBy[0]]).toEqual([parent, key])
    expect(child.foreignKeys.find(({ columns }) => columns[0] === 'h')!.target).toMatchObject({ schema: 'hidden', name: 'h' })
  })

  it('knows keys that rows may break, and keys that ON CONFLICT cannot use', async () => {
    await using test = await loaded(`
      create table p (id int primary key, code int unique deferrable initially deferred);
      create table t (id int primary key, p_id int not null, q_id int not null constraint held references p);
      alter table t add constraint later foreign key (p_id) references p not valid`)
    const { uniqueKeys } = test.catalog.findRelation('public', 'p')!
    expect(uniqueKeys.map(({ name, arbitrates }) => [name, arbitrates])).toEqual([
      ['p_pkey', undefined],
      ['p_code_key', false],
    ])
    const { foreignKeys } = test.catalog.findRelation('public', 't')!
    expect(foreignKeys.map(({ name, enforced }) => [name, enforced])).toEqual([
      ['held', undefined],
      ['later', false],
    ])
  })

  it('leaves out foreign keys over periods, and knows those that are not enforced (Postgres 18)', async ({ skip }) => {
    await using test = await loaded('create table plain (id int primary key)')
    const [server] = await test.db.sql<{ version: number }>(`select current_setting('server_version_num')::int as version`)
    if (server!.version < 180_000) return skip('Postgres has them since version 18')
    await test.db.sql(`
      create table held (room int4range, during daterange, primary key (room, during without overlaps));
      create table visit (id int primary key, room int4range, during daterange, plain_id int not null references plain not enforced,
        foreign key (room, period during) references held (room, period during))`)
    await running.at(-1)!.reload()
    const catalog = running.at(-1)!.current()
    expect(catalog.findRelation('public', 'visit')!.foreignKeys.map(({ columns, enforced }) => [columns, enforced])).toEqual([
      [['plain_id'], false],
    ])
    expect(catalog.findRelation('public', 'held')!.referencedBy).toEqual([])
    expect(catalog.findRelation('public', 'held')!.primaryKey).toMatchObject({ columns: ['room', 'during'], arbitrates: false })
  })

  it('tells views that run with their caller’s rights, and what can be changed through them', async () => {
    await using test = await loaded(`
      create table t (id int primary key); create view plain as select * from t; create view safe with (security_invoker) as select * from t;
      create view counted as select count(*) from t; create materialized view kept as select * from t;
      alter table t enable row level security; alter table t force row level security; alter table t replica identity full`)
    const facts = (name: string) => {
      const { kind, securityInvoker, insertable, updatable, deletable } = test.catalog.findRelation('public', name)!
      return [kind, securityInvoker, insertable, updatable, deletable]
    }
    expect(facts('t')).toEqual(['table', true, true, true, true])
    expect(facts('plain')).toEqual(['view', false, true, true, true])
    expect(facts('safe')).toEqual(['view', true, true, true, true])
    expect(facts('counted')).toEqual(['view', false, false, false, false])
    expect(facts('kept')).toEqual(['materialized_view', false, false, false, false])
    expect(test.catalog.findRelation('public', 't')).toMatchObject({ rowSecurity: { enabled: true, forced: true }, replicaIdentity: 'f' })
  })

  it('holds functions with arguments, defaults, result shapes and who may execute them', async () => {
    await using test = await loaded(`
      create table t (id int);
      create function f(a int, b text default 'x', variadic c int[] default '{}') returns setof t language sql stable as 'select * from t';
      create function shape(out x int, out y text) language sql as $$ select 1, 'a' $$;
      create function tr() returns trigger language plpgsql as 'begin return new; end';
      create procedure p() language sql as 'select 1'; grant execute on function f to anon`)
    const f = test.catalog.functions.get('public.f')![0]!
    expect(f.arguments.map(({ name, mode, hasDefault }) => [name, mode, hasDefault])).toEqual([
      ['a', 'in', false],
      ['b', 'in', true],
      ['c', 'variadic', true],
    ])
    expect(f).toMatchObject({ volatility: 'stable', returnsSet: true, securityDefiner: false, returnColumns: null })
    expect([f.returnRelation, f.resultRelation]).toEqual([test.catalog.findRelation('public', 't'), f.returnRelation])
    const shape = test.catalog.functions.get('public.shape')![0]!
    expect(shape.resultRelation!.columns.map(({ name, type }) => [name, type.name])).toEqual([
      ['x', 'int4'],
      ['y', 'text'],
    ])
    expect([f.isExecutableBy('anon'), shape.isExecutableBy('anon'), f.isExecutableBy('nobody')]).toEqual([true, false, false])
    expect([test.catalog.functions.has('public.tr'), test.catalog.functions.has('public.p')]).toEqual([false, false])
  })

  it('leaves out partitions, and everything outside of the exposed schemas', async () => {
    await using test = await loaded(`
      create table m (d date) partition by range (d); create table m_2026 partition of m for values from ('2026-01-01') to ('2027-01-01');
      create schema other; create table other.o (id int)`)
    expect([...test.catalog.relations.keys()]).toEqual(['public.m'])
    expect(test.catalog.findRelation('public', 'm')!.kind).toBe('partitioned_table')
  })
})

describe('privileges', () => {
  it('are those of Postgres, for every role, table and column', async () => {
    await using test = await loaded(`
      create table a (x int, y int); create table b (x int, y int); create table c (x int, y int); create table d (x int);
      grant usage on schema public to anon, authenticated;
      grant select on a to anon; grant select (x), insert (y), update (x) on b to authenticated; grant all on c to public; grant delete on d to authenticated`)
    expect([...test.catalog.roles].sort()).toEqual(expect.arrayContaining(['anon', 'authenticated', 'service_role']))
    let compared = 0
    for (const role of test.catalog.roles) {
      for (const relation of test.catalog.relations.values()) {
        const ours = relation.privilegesOf(role)
        const [theirs] = await test.db.superuserSql<Record<string, string[] | boolean>>(
          `select array(select attname::text from pg_attribute where attrelid = $2::oid and attnum > 0 and has_column_privilege($1, $2::oid, attnum, 'SELECT')) as select,
                  array(select attname::text from pg_attribute where attrelid = $2::oid and attnum > 0 and has_column_privilege($1, $2::oid, attnum, 'INSERT')) as insert,
                  array(select attname::text from pg_attribute where attrelid = $2::oid and attnum > 0 and has_column_privilege($1, $2::oid, attnum, 'UPDATE')) as update,
                  has_table_privilege($1, $2::oid, 'DELETE') as delete`,
          [role, relation.oid],
        )
        expect(
          { select: [...ours.select], insert: [...ours.insert], update: [...ours.update], delete: ours.delete },
          `${role} on ${relation.name}`,
        ).toEqual(theirs)
        compared++
      }
    }
    expect(compared).toBeGreaterThanOrEqual(12)
  })

  it('come through membership, and not without USAGE on the schema', async () => {
    await using db = await createTestDatabase()
    const [group, member] = [`g_${db.name}`, `m_${db.name}`]
    try {
      await db.superuserSql(`create role ${group}; create role ${member}; grant ${group} to ${member}; grant ${member} to plinth_api;
        create schema s; grant usage on schema s to ${group}; create table s.t (id int); grant select on s.t to ${group};
        create schema closed; create table closed.t (id int); grant select on closed.t to public; grant select on s.t to plinth_owner`)
      const catalog = (await serve(db, { schemas: ['s', 'closed'] })).current()
      expect([...catalog.findRelation('s', 't')!.privilegesOf(member).select]).toEqual(['id'])
      expect([...catalog.findRelation('s', 't')!.privilegesOf('anon').select]).toEqual([])
      expect([...catalog.findRelation('closed', 't')!.privilegesOf(member).select]).toEqual([])
      expect(catalog.findRelation('s', 't')!.privilegesOf('no_such_role').delete).toBe(false)
    } finally {
      await db.superuserSql(`drop owned by ${group}; drop owned by ${member}; drop role ${member}; drop role ${group}`)
    }
  })
})

describe('reloading', () => {
  it('sees every kind of change within a second, however it was made', async () => {
    await using db = await createTestDatabase()
    await db.sql(`create table t (id int primary key, a text); create table u (id int references t); create type e as enum ('x');
      create function f() returns int language sql as 'select 1'; create view v as select 1 as one`)
    const service = await serve(db, { pollIntervalMs: 100 })
    const t = (catalog: Catalog) => catalog.findRelation('public', 't')!
    const changes: [string, (catalog: Catalog) => boolean][] = [
      ['create table n (id int)', (c) => c.findRelation('public', 'n') !== undefined],
      ['alter table t rename column a to b', (c) => t(c).columnsByName.has('b')],
      ['alter table t alter b set not null', (c) => !t(c).columnsByName.get('b')!.nullable],
      [`alter table t alter b set default 'd'`, (c) => t(c).columnsByName.get('b')!.defaultExpression === `'d'::text`],
      [`comment on table t is 'said'`, (c) => t(c).comment === 'said'],
      [`comment on schema public is 'all of it'`, (c) => c.schemaComments.get('public') === 'all of it'],
      ['alter table t alter b type varchar(7)', (c) => t(c).columnsByName.get('b')!.maxLength === 7],
      ['grant select on t to anon', (c) => t(c).privilegesOf('anon').select.size === 2],
      ['revoke select on t from anon', (c) => t(c).privilegesOf('anon').select.size === 0],
      ['grant select (id) on t to anon', (c) => t(c).privilegesOf('anon').select.size === 1],
      ['alter table t enable row level security', (c) => t(c).rowSecurity.enabled],
      ['create unique index on t (b)', (c) => t(c).uniqueKeys.length === 2],
      ['alter table u drop constraint u_id_fkey', (c) => t(c).referencedBy.length === 0],
      [`alter type e add value 'y'`, (c) => [...c.types.values()].some(({ name, enumLabels }) => name === 'e' && enumLabels?.length === 2)],
      [
        `create or replace function f() returns int language sql immutable as 'select 2'`,
        (c) => c.functions.get('public.f')![0]!.volatility === 'immutable',
      ],
      ['create or replace view v as select 1 as one, 2 as two', (c) => c.findRelation('public', 'v')!.columns.length === 2],
      ['drop table n', (c) => c.findRelation('public', 'n') === undefined],
    ]
    for (const [ddl, seen] of changes) {
      await db.superuserSql(ddl)
      await within1s(service, seen)
    }
  })

  it('makes a new version only when something changed, and tells listeners once', async () => {
    await using db = await createTestDatabase()
    const service = await serve(db, { pollIntervalMs: 60_000 })
    const told: number[] = []
    service.onChange((catalog) => told.push(catalog.version))
    const before = service.current()
    expect(await service.reload()).toBe(before)
    await db.sql('create table t (id int)')
    const [one, two, three] = await Promise.all([service.reload(), service.reload(), service.reload()])
    expect([one === two, two === three, one.version]).toEqual([true, true, before.version + 1])
    expect(told).toEqual([before.version + 1])
    expect(before.relations.size).toBe(0)
  })

  it('a reload that was asked for during another one sees what was committed in between', async () => {
    await using db = await createTestDatabase()
    const service = await serve(db, { pollIntervalMs: 60_000 })
    for (let i = 0; i < 10; i++) {
      const early = service.reload()
      await db.sql(`create table t${i} (id int)`)
      expect((await service.reload()).findRelation('public', `t${i}`)).toBeDefined()
      await early
    }
  })

  it('looks again for an unknown name, but not for every one of them', async () => {
    await using db = await createTestDatabase()
    const service = await serve(db, { pollIntervalMs: 60_000 })
    await sleep(120)
    await db.sql('create table t (id int)')
    expect([await service.refreshIfStale(), await service.refreshIfStale()]).toEqual([true, false])
    expect(service.current().findRelation('public', 't')).toBeDefined()
  })

  it('is never late for a name that was asked for after it was made', async () => {
    await using db = await createTestDatabase()
    const service = await serve(db, { pollIntervalMs: 10 })
    for (let i = 0; i < 12; i++) {
      await db.sql(`create table t${i} (id int)`)
      await Promise.all([service.refreshIfStale(), service.refreshIfStale()])
      expect(service.current().findRelation('public', `t${i}`), `t${i}`).toBeDefined()
    }
  })

  it('survives a database that is away and catches up when it is back', async () => {
    await using db = await createTestDatabase()
    const pools = openPools(db.urls)
    const service = new CatalogService(pools.platform, { schemas: ['public'], pollIntervalMs: 50 }, logger, systemClock)
    running.push(service)
    await service.onModuleInit()
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
    for (let i = 0; i < 5; i++) {
      await db.superuserSql(cut)
      await sleep(40)
    }
    expect(service.current().version).toBe(1)
    await db.superuserSql('create table t (id int)')
    await within1s(service, (catalog) => catalog.findRelation('public', 't') !== undefined)
    await pools.close()
  })

  it('holds 500 tables whole, and looks again without loading when nothing has changed', async () => {
    await using db = await createTestDatabase()
    await db.sql(
      `do $$ begin for i in 1..500 loop execute format('create table t%s (id int primary key, a text, b int default 1, c timestamptz)', i); end loop; end $$`,
    )
    const service = await serve(db, { pollIntervalMs: 60_000 })
    const { relations, version } = service.current()
    expect(relations.size).toBe(500)
    expect([...relations.values()].every((relation) => relation.columns.length === 4 && relation.primaryKey !== null)).toBe(true)
    await service.refreshIfStale()
    expect(service.current().version).toBe(version)
  })
})
