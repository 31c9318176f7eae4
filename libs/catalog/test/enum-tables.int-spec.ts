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
