// A view over a join shows a table's key and repeats its rows: a relationship to it is to-one by that key, and there are
// several rows nevertheless. The same goes for functions declared ROWS 1. One of the rows is shown; nothing fails.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, type RestServer } from './rest-server.ts'

const schema = `
create table writers (id int primary key, name text not null);
create table prizes (writer_id int references writers, prize text);
create table notes (writer_id int primary key references writers, note text);
create table novels (id int primary key, writer_id int not null references writers, title text);
create view writer_prizes with (security_invoker = true) as
  select w.id, w.name, p.prize from writers w join prizes p on p.writer_id = w.id;
create view prized_notes with (security_invoker = true) as
  select n.writer_id, n.note, p.prize from notes n join prizes p on p.writer_id = n.writer_id;
create function any_novel(writers) returns setof novels rows 1 language sql stable as
  $$ select * from public.novels where writer_id = $1.id order by id $$;
insert into writers values (1, 'Ann'), (2, 'Bob');
insert into prizes values (1, 'x'), (1, 'y');
insert into notes values (1, 'n'), (2, 'm');
insert into novels values (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c');
grant select on all tables in schema public to anon;
grant execute on function any_novel to anon;
`

let server: RestServer
beforeAll(async () => {
  server = await startRest(schema, { rest: { aggregates: true } })
})
afterAll(() => server[Symbol.asyncDispose]())

async function read(path: string): Promise<unknown> {
  const { status, json, text } = await server.call('GET', path)
  expect(status, text).toBe(200)
  return json
}

describe('a to-one relationship whose target repeats its rows', () => {
  it('shows one of them where a key points to it', async () => {
    expect(await read('/novels?select=id,writer_prizes(name)&order=id')).toEqual([
      { id: 1, writer_prizes: { name: 'Ann' } },
      { id: 2, writer_prizes: { name: 'Ann' } },
      { id: 3, writer_prizes: null },
    ])
  })

  it('shows one of them where its key points back', async () => {
    expect(await read('/writers?select=id,prized_notes(note)&order=id')).toEqual([
      { id: 1, prized_notes: { note: 'n' } },
      { id: 2, prized_notes: null },
    ])
  })

  it('shows the one that the filter, order and offset of the embed choose', async () => {
    const select = 'select=id,writer_prizes(prize)&id=eq.1'
    expect(await read(`/novels?${select}&writer_prizes.prize=eq.y`)).toEqual([{ id: 1, writer_prizes: { prize: 'y' } }])
    expect(await read(`/novels?${select}&writer_prizes.order=prize.desc`)).toEqual([{ id: 1, writer_prizes: { prize: 'y' } }])
    expect(await read(`/novels?${select}&writer_prizes.order=prize&writer_prizes.offset=1`)).toEqual([
      { id: 1, writer_prizes: { prize: 'y' } },
    ])
    expect(await read(`/novels?${select}&writer_prizes.order=prize&writer_prizes.limit=5`)).toEqual([
      { id: 1, writer_prizes: { prize: 'x' } },
    ])
    expect(await read(`/novels?${select}&writer_prizes.limit=0`)).toEqual([{ id: 1, writer_prizes: null }])
  })

  it.each<readonly [string, string, readonly Record<string, unknown>[]]>([
    [
      'one column',
      'select=id,...writer_prizes(name)&order=id',
      [
        { id: 1, name: 'Ann' },
        { id: 2, name: 'Ann' },
        { id: 3, name: null },
      ],
    ],
    [
      'several',
      'select=id,...writer_prizes(name,w:id)&order=id',
      [
        { id: 1, name: 'Ann', w: 1 },
        { id: 2, name: 'Ann', w: 1 },
        { id: 3, name: null, w: null },
      ],
    ],
    [
      'several after a sort',
      'select=title,...writer_prizes(name,w:id)&order=title.desc&limit=2',
      [
        { title: 'c', name: null, w: null },
        { title: 'b', name: 'Ann', w: 1 },
      ],
    ],
    [
      'an aggregate',
      'select=...writer_prizes(name,w:id.sum())',
      [
        { name: null, w: null },
        { name: 'Ann', w: 2 },
      ],
    ],
    [
      'a count beside it',
      'select=count(),...writer_prizes(name)',
      [
        { count: 1, name: null },
        { count: 2, name: 'Ann' },
      ],
    ],
  ])('is spread once: %s', async (_what, query, expected) => {
    const rows = (await read(`/novels?${query}`)) as Record<string, unknown>[]
    const sorted = query.includes('order') ? rows : rows.toSorted((a, b) => Number(a['name'] !== null) - Number(b['name'] !== null))
    expect(sorted).toEqual(expected)
  })

  it('orders and filters its parents', async () => {
    expect(await read('/novels?select=id,writer_prizes()&order=writer_prizes(name).asc.nullsfirst,id')).toEqual([
      { id: 3 },
      { id: 1 },
      { id: 2 },
    ])
    expect(await read('/novels?select=id,writer_prizes!inner(name)&order=writer_prizes(name),id')).toHaveLength(2)
    expect(await read('/novels?select=id,writer_prizes()&writer_prizes=is.null')).toEqual([{ id: 3 }])
  })

  it('is one row of a function that was declared to give one', async () => {
    expect(await read('/writers?select=id,any_novel(title)&order=any_novel(title).desc')).toEqual([
      { id: 2, any_novel: { title: 'c' } },
      { id: 1, any_novel: { title: 'a' } },
    ])
    expect(await read('/writers?select=id,any_novel(title)&any_novel.limit=3&id=eq.1')).toEqual([{ id: 1, any_novel: { title: 'a' } }])
    expect(await read('/writers?select=id,...any_novel(title,n:id)&id=eq.1')).toEqual([{ id: 1, title: 'a', n: 1 }])
  })

  it('costs tables nothing: their keys are unique', async () => {
    server.statements.length = 0
    await read('/novels?select=id,writers(name)&order=writers(name)')
    expect(server.statements[0]!.text.match(/limit \d+/g)).toEqual(['limit 1000'])
  })
})
