import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { startServer, type LiveServer, Told, tokenOf, userId } from './live-server.ts'

const script = `
  create table note (id int primary key, owner uuid not null, room int not null default 1, body text not null);
  alter table note enable row level security;
  create policy own on note for select to authenticated using (owner = (select auth.uid()));
  create table author (id int primary key, name text not null);
  create table post (id int primary key, author_id int not null references author, title text not null);
  create view title as select p.id, p.title, a.name from post p join author a on a.id = p.author_id;
  create function titles(above int) returns table (title text) language sql stable as $$ select p.title from public.post p where p.id > above $$;
  create function words(post) returns setof text language sql stable as $$ select regexp_split_to_table($1.title, ' ') $$;
  grant execute on function titles(int), words(post) to authenticated;
  grant select on note, author, post, title to authenticated;
  insert into note values (1, '${userId(1)}', 1, 'one'), (2, '${userId(2)}', 1, 'two');
  insert into author values (1, 'Ann');
  insert into post values (1, 1, 'Hello');
`

describe('live queries', () => {
  let db: TestDatabase
  let server: LiveServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(script)
    server = await startServer(db)
  })
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })

  it('send the first result, and a new one when it is another', async () => {
    const told = new Told(server.client(tokenOf(userId(1))), 'subscription { note(order_by: {id: asc}) { id body } }')
    await told.untilData({ note: [{ id: 1, body: 'one' }] })
    await db.sql(`update note set body = 'eins' where id = 1`)
    await told.untilData({ note: [{ id: 1, body: 'eins' }] })
    await db.sql(`insert into note values (10, '${userId(1)}', 2, 'ten')`)
    await told.untilData({
      note: [
        { id: 1, body: 'eins' },
        { id: 10, body: 'ten' },
      ],
    })
    await db.sql(`delete from note where id = 10`)
    await told.untilData({ note: [{ id: 1, body: 'eins' }] })
    expect(told.results).toHaveLength(4)
    told.stop()
  })

  it('are woken by tables of views and of relations', async () => {
    const view = new Told(server.client(tokenOf(userId(1))), 'subscription { title { title name } }')
    const nested = new Told(server.client(tokenOf(userId(1))), 'subscription { post { title author { name } } }')
    await view.untilData({ title: [{ title: 'Hello', name: 'Ann' }] })
    await nested.untilData({ post: [{ title: 'Hello', author: { name: 'Ann' } }] })
    await db.sql(`update author set name = 'Anna'`)
    await view.untilData({ title: [{ title: 'Hello', name: 'Anna' }] })
    await nested.untilData({ post: [{ title: 'Hello', author: { name: 'Anna' } }] })
  })

  it('see what functions with rows of their own, and sets of scalars over a row, read', async () => {
    const rows = new Told(
      server.client(tokenOf(userId(1))),
      'subscription { titles(args: { above: 5 }, order_by: { title: asc }) { title } }',
    )
    const values = new Told(server.client(tokenOf(userId(1))), 'subscription { post(where: { id: { _gt: 5 } }) { words } }')
    await rows.untilData({ titles: [] })
    await values.untilData({ post: [] })
    await db.sql(`insert into post values (6, 1, 'Good bye')`)
    await rows.untilData({ titles: [{ title: 'Good bye' }] })
    await values.untilData({ post: [{ words: ['Good', 'bye'] }] })
  })
})
