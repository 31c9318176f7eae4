// A reload takes over what has not changed; what it makes must be what a first load of the same database makes.
import { expect, it } from 'vitest'
import { CatalogService, type Catalog, type Relation } from '#libs/catalog'
import { createLogger, systemClock } from '#libs/kernel'
import { loadedCatalog } from './loaded-catalog.ts'

function described(relation: Relation): unknown {
  const { foreignKeys, referencedBy, viewForeignKeys, viewReferencedBy, computedColumns, computedRelationships, ...rest } = relation
  const key = (each: Relation['foreignKeys'][number]) => [
    each.name,
    each.source.name,
    each.columns,
    each.target.name,
    each.targetColumns,
    each.comment,
  ]
  return {
    ...rest,
    privileges: [...relation.privilegesOf('anon').select],
    primary: relation.primaryKey,
    inherited: relation.inheritedKeys,
    keys: [foreignKeys, referencedBy, viewForeignKeys, viewReferencedBy].map((keys) => keys?.map(key)),
    computed: [
      ...computedColumns.keys(),
      ...computedRelationships.map(({ name, target, cardinality }) => [name, target.name, cardinality]),
    ],
  }
}

function plain(catalog: Catalog): string {
  const relations = [...catalog.relations].map(([name, relation]) => [name, described(relation)])
  const functions = [...catalog.functions].map(([name, all]) => [
    name,
    all.map((fn) => [fn.arguments, fn.returnType, fn.returnColumns, fn.volatility]),
  ])
  const ofCatalog = [
    catalog.schemaComments,
    catalog.types,
    catalog.readsRequestSettings,
    catalog.writesResponseSettings,
    catalog.frozenSettingReaders,
  ]
  const leaveOut = new Set(['usage', 'rights', 'grants', 'viewKeysOf', 'knownViewKeys'])
  return JSON.stringify([relations, functions, ofCatalog], (key, value: unknown) => {
    if (leaveOut.has(key)) return undefined
    if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    return value
  })
}

it('each kind of DDL leaves the same catalog as a first load', async () => {
  await using test = await loadedCatalog(`create schema hidden;
    create type mood as enum ('sad'); create domain positive as int; create type pair as (a int, b int); create sequence counter;
    create function fallback() returns int language sql as 'select 1';
    create table a (id int primary key, m mood default 'sad', p positive, n int default nextval('counter'), f int default fallback());
    create table b (id bigint generated always as identity primary key, a int references a); create table hidden.h (id int primary key);
    create view v as select id, a from b; create view w as select * from v; create function pairs() returns setof pair language sql as 'select 1, 2';
    create function label(a) returns text language sql as $$ select '' $$`)
  const statements = [
    'alter table a add column extra text',
    'alter table a alter extra set not null',
    'alter table a rename column extra to more',
    'alter table b rename to bb',
    'alter table bb rename to b',
    'create table c (id int primary key, a int references a, h int references hidden.h)',
    'alter table c drop constraint c_a_fkey',
    `comment on constraint c_h_fkey on c is 'why'`,
    'drop table c',
    `alter type mood add value 'happy'`,
    'alter type mood rename to feeling',
    'alter domain positive set not null',
    'alter sequence counter rename to counted',
    'alter function fallback() rename to otherwise',
    'alter sequence b_id_seq rename to b_numbers',
    'alter type pair rename attribute b to c',
    'create or replace view v as select id, a from b where id > 0',
    'drop view w; drop view v; create view v as select id as a, a as id from b',
    'create view w as select * from v',
    `create trigger t instead of insert on v for each row execute function suppress_redundant_updates_trigger()`,
    'create unique index renamed on b (a)',
    'alter index renamed rename to again',
    'drop index again',
    'grant usage on schema public to anon; grant select (id) on b to anon',
    'revoke select (id) on b from anon',
    'drop function label(a)',
    `create policy p on b using (current_setting('request.headers', true) is not null)`,
    'drop policy p on b',
    `alter table b add column t text default current_setting('request.path', true)`,
    'alter table b drop column t',
    `create view x as select set_config('response.status', '201', true) as s`,
    'drop view x',
    'alter schema hidden rename to concealed',
    `comment on schema public is 'said'`,
  ]
  const logger = createLogger({ level: 'fatal', pretty: false })
  let versions = 0
  for (const statement of statements) {
    await test.db.superuserSql(statement)
    // As the server does it: a look first, then what it has found.
    await new Promise((resolve) => setTimeout(resolve, 101))
    const before = test.service.current()
    await test.service.refreshIfStale()
    if (test.service.current() !== before) versions++
    const fresh = new CatalogService(test.db.platform, { schemas: ['public'], pollIntervalMs: 3_600_000 }, logger, systemClock)
    await fresh.onModuleInit()
    expect(plain(test.service.current()), statement).toBe(plain(fresh.current()))
    await fresh.onModuleDestroy()
  }
  expect(versions).toBeGreaterThan(statements.length - 4)
})
