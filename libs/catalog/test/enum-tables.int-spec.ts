import pg from 'pg'
import { expect, it } from 'vitest'
import { loadedCatalog } from './loaded-catalog.ts'

const marked = (name: string) => `comment on table ${name} is '@graphql({"enum": true})'`

it('the rows of a table that its comment calls an enum are its values, with the other column as their comment', async () => {
  await using test = await loadedCatalog(
    `create table mood (value text primary key, remark text); insert into mood values ('loud', 'not calm'), ('calm', null); ${marked('mood')};
     create table size (name varchar(9) primary key, weight int, note text); insert into size values ('s', 1, 'x'); ${marked('size')};
     create table plain (value text primary key); insert into plain values ('a');
     create table empty (value text primary key); ${marked('empty')};
     create table by_number (id int primary key); insert into by_number values (1); ${marked('by_number')};
     create table by_two (a text, b text, primary key (a, b)); insert into by_two values ('a', 'b'); ${marked('by_two')};
     create table guarded (value text primary key); insert into guarded values ('a'); alter table guarded enable row level security; ${marked('guarded')};
     grant select on all tables in schema public to plinth_owner;
     create table unreadable (value text primary key); insert into unreadable values ('a'); ${marked('unreadable')}`,
  )
  const found = [...test.catalog.enumValues].map(([{ name }, values]) => [name, [...values]])
  expect(found).toEqual([
    [
      'mood',
      [
        ['calm', null],
        ['loud', 'not calm'],
      ],
    ],
    ['size', [['s', null]]],
  ])
})

it('changed rows of an enum table are a new version, without DDL; rows of other tables are none', async () => {
  await using test = await loadedCatalog(
    `create table mood (value text primary key, remark text); insert into mood values ('calm', null); ${marked('mood')};
     create table empty (value text primary key); ${marked('empty')};
     create table plain (id int primary key);
     grant select on all tables in schema public to plinth_owner`,
  )
  const valuesNow = () => Object.fromEntries([...test.service.current().enumValues].map(([{ name }, values]) => [name, [...values.keys()]]))
  const { version } = test.service.current()
  await test.db.superuserSql(`insert into plain values (1)`)
  expect(await test.service.refreshIfStale()).toBe(false)
  expect(test.service.current().version).toBe(version)
  for (const [change, values] of [
    [`insert into mood values ('loud', 'not calm')`, { mood: ['calm', 'loud'] }],
    [`update mood set value = 'angry' where value = 'loud'`, { mood: ['angry', 'calm'] }],
    [`insert into empty values ('first')`, { mood: ['angry', 'calm'], empty: ['first'] }],
    [`delete from mood`, { empty: ['first'] }],
  ] as const) {
    await test.db.superuserSql(change)
    await test.service.refreshIfStale()
    expect(valuesNow(), change).toEqual(values)
  }
})

it('an enum table that somebody has locked holds up no look', async () => {
  await using test = await loadedCatalog(
    `create table mood (value text primary key); insert into mood values ('calm'); ${marked('mood')}; grant select on mood to plinth_owner`,
  )
  const lock = new pg.Client({ connectionString: test.db.urls.superuser })
  await lock.connect()
  await lock.query('begin; lock table mood in access exclusive mode')
  await test.db.superuserSql(`create table later (id int)`)
  expect(await test.service.refreshIfStale()).toBe(true)
  const valuesNow = () => [...test.service.current().enumValues].map(([{ name }, values]) => [name, ...values.keys()])
  expect(valuesNow()).toEqual([['mood', 'calm']])
  await lock.query(`insert into mood values ('loud'); commit`)
  await lock.end()
  expect(await test.service.refreshIfStale()).toBe(true)
  expect(valuesNow()).toEqual([['mood', 'calm', 'loud']])
})
