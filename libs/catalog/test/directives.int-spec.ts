import { expect, it } from 'vitest'
import { CatalogService, directiveWarnings } from '#libs/catalog'
import { createLogger, systemClock } from '#libs/kernel'
import { createTestDatabase } from '#test/postgres'
import { loadedCatalog } from './loaded-catalog.ts'

const schema = `
  create table person (id int primary key, name text, code text unique, level int);
  create table note (id int primary key, person_id bigint, word text);
  create view total as select person_id, count(*) as notes from note group by person_id;
`
const key = (more: Record<string, unknown> = {}) =>
  JSON.stringify({ local_columns: ['person_id'], foreign_schema: 'public', foreign_table: 'person', foreign_columns: ['id'], ...more })
const said = (table: string, json: string, kind = 'table') => `comment on ${kind} ${table} is '@graphql(${json})'; `

it('keys in comments are keys of the catalog, seen from both sides', async () => {
  await using test = await loadedCatalog(
    schema +
      said(
        'total',
        `{"primary_key_columns": ["person_id"], "foreign_keys": [${key({ local_name: 'totals', foreign_name: 'who' })}]}`,
        'view',
      ) +
      said('note', `{"foreign_keys": [${key()}]}`),
  )
  const of = (name: string) => test.catalog.findRelation('public', name)!
  expect(of('total').declared).toMatchObject({
    primaryKey: { columns: ['person_id'], primary: true },
    foreignKeys: [{ columns: ['person_id'], target: of('person'), targetColumns: ['id'], localName: 'totals', foreignName: 'who' }],
    referencedBy: [],
  })
  expect(of('note').declared).toMatchObject({ primaryKey: null, foreignKeys: [{ target: of('person') }] })
  expect(of('person').declared!.referencedBy.map(({ source }) => source.name)).toEqual(['note', 'total'])
  expect(of('person').referencedBy).toEqual([])
  expect(directiveWarnings(test.catalog)).toEqual([])
})

it('columns have the names that their comments give, unless another has it, from the next load on', async () => {
  await using test = await loadedCatalog(
    schema + said('person.name', '{"name": "fullName"}', 'column') + said('person.code', '{"name": "level"}', 'column'),
  )
  const names = () =>
    test.service
      .current()
      .findRelation('public', 'person')!
      .columns.map((column) => column.fieldName ?? column.name)
  expect(names()).toEqual(['id', 'fullName', 'code', 'level'])
  await test.db.superuserSql(said('person.name', '{"name": "called"}', 'column'))
  await test.service.reload()
  expect(names()).toEqual(['id', 'called', 'code', 'level'])
})

it('what is wrong is said with the object, the reason and what to do', async () => {
  await using test = await loadedCatalog(
    schema +
      said('person', '{"name": "Person", "primary_key_columns": ["code"], "max_rows": 5}') +
      said('person.code', '{"name": "level"}', 'column') +
      said('person.name', '{"name": 5', 'column') +
      said(
        'note',
        `{"name": "Person", "foreign_keys": [${[key({ foreign_table: 'nobody' }), key({ local_columns: ['author'] }), key({ foreign_columns: ['level'] }), key({ local_columns: ['word'] })].join(', ')}]}`,
      ) +
      said('total', '{"primary_key_columns": ["id"]}', 'view') +
      `create function f() returns int language sql as 'select 1'; ${said('f()', '{"name": "f-1"}', 'function')}
       alter table note add constraint k foreign key (id) references person; comment on constraint k on note is '@graphql({"name": "x"})'`,
  )
  const again = 'Correct it with COMMENT ON.'
  const name = 'it must be a name of letters, digits and underscores that does not begin with a digit or two underscores'
  const own = '"name", "description", "enum", "primary_key_columns", "foreign_keys"'
  expect(directiveWarnings(test.catalog).toSorted()).toEqual(
    [
      `In the comment on table public.person, the option "max_rows" is ignored: a table or view may have ${own}. ${again}`,
      `In the comment on table public.person, the option "primary_key_columns" is ignored: it is for views; give the table a primary key. ${again}`,
      `In the comment on table public.person, the option "name" may have no effect: public.note is called "Person", too. ${again}`,
      `In the comment on column public.person.code, the option "name" is ignored: another column is called "level". ${again}`,
      `In the comment on column public.person.name, what stands in @graphql(…) is not a JSON object. ${again}`,
      `In the comment on table public.note, the option "name" may have no effect: public.person is called "Person", too. ${again}`,
      `In the comment on table public.note, item 1 of the option "foreign_keys" is ignored: there is no table "public.nobody". ${again}`,
      `In the comment on table public.note, item 2 of the option "foreign_keys" is ignored: there is no column "author". ${again}`,
      `In the comment on table public.note, item 3 of the option "foreign_keys" is ignored: "foreign_columns" must be the primary key or a unique key of "person". ${again}`,
      `In the comment on table public.note, item 4 of the option "foreign_keys" is ignored: "word" is text, but "id" is integer. ${again}`,
      `In the comment on view public.total, the option "primary_key_columns" is ignored: there is no column "id". ${again}`,
      `In the comment on function public.f, the option "name" is ignored: ${name}. ${again}`,
      `In the comment on constraint k on public.note, the option "name" is ignored: a foreign key may have "foreign_name", "local_name". ${again}`,
    ].toSorted(),
  )
})

it('relationships that would be called like a column or like each other are among it', async () => {
  await using test = await loadedCatalog(
    `${schema} alter table note add a int references person, add b int references person;
     comment on constraint note_a_fkey on note is '@graphql({"foreign_name": "word", "local_name": "notes"})';
     comment on constraint note_b_fkey on note is '@graphql({"local_name": "notes"})';
     ${said('total', `{"foreign_keys": [${key({ local_name: 'notes' })}]}`, 'view')}`,
  )
  const is = (of: string, option: string, table: string, name: string) =>
    `In the comment on ${of}, the option "${option}" is ignored: "${table}" has a field called "${name}" already. Correct it with COMMENT ON.`
  expect(directiveWarnings(test.catalog).toSorted()).toEqual([
    is('constraint note_a_fkey on public.note', 'foreign_name', 'note', 'word'),
    is('constraint note_b_fkey on public.note', 'local_name', 'person', 'notes'),
    is('public.total', 'local_name', 'person', 'notes'),
  ])
})

it('is logged once, however often the catalog is read', async () => {
  await using db = await createTestDatabase()
  await db.superuserSql(schema + said('person', '{"name": 1}'))
  const lines: string[] = []
  const logger = Object.assign(createLogger({ level: 'silent', pretty: false }), { warn: (line: string) => lines.push(line) })
  const service = new CatalogService(db.platform, { schemas: ['public'], pollIntervalMs: 3_600_000 }, logger, systemClock)
  await service.onModuleInit()
  await db.superuserSql('alter table note add more int')
  await service.reload()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('public.person')
  await db.superuserSql(said('note', '[]'))
  await service.reload()
  expect(lines).toHaveLength(2)
  await service.onModuleDestroy()
})

it('so is a function that is declared immutable and reads settings: its value may be that of another caller', async () => {
  await using db = await createTestDatabase()
  await db.sql(`
    create function frozen(n int) returns text immutable language sql as $$ select current_setting('request.jwt.claims', true) || n $$;
    create function frozen_user() returns uuid immutable language sql return auth.uid();
    create function fine() returns text stable language sql as $$ select current_setting('request.jwt.claims', true) $$;
    create function pure(a int) returns int immutable language sql as $$ select a + 1 $$`)
  const lines: string[] = []
  const logger = Object.assign(createLogger({ level: 'silent', pretty: false }), { warn: (line: string) => lines.push(line) })
  const service = new CatalogService(db.platform, { schemas: ['public'], pollIntervalMs: 3_600_000 }, logger, systemClock)
  await service.onModuleInit()
  expect(service.current().frozenSettingReaders).toEqual(['public.frozen(integer)', 'public.frozen_user()'])
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('alter function public.frozen(integer) stable')
  await db.sql('alter function frozen(int) stable')
  await service.reload()
  expect(service.current().frozenSettingReaders).toEqual(['public.frozen_user()'])
  await service.onModuleDestroy()
})
