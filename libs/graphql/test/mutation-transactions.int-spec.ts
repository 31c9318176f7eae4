import type { Statement } from '#libs/postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Music, service, user } from './music.ts'
import { writes, writesRows } from './writes.sql.ts'

const kept = `
  create type place as (street text, number int);
  create domain doc as jsonb;
  create table owner_of_kept (id int primary key);
  create table kept (
    id int primary key, owner_id int references owner_of_kept, c char(5), b bytea, n numeric, f float8, t timestamptz, i interval, a int[], aa text[], j json, jb jsonb, d doc,
    r int4range, p place, u uuid, m money, bits bit(3), ok boolean, x xml
  );
  create table late (id int primary key, other int references late deferrable initially deferred);
  create function doubled(kept) returns numeric language sql stable as 'select $1.n * 2';
  insert into owner_of_kept values (1);
  create function whoami() returns text language sql volatile as $$ select current_role || ' ' || (current_setting('request.jwt.claims')::json ->> 'sub') $$;
  create function become(who text) returns text language plpgsql volatile as $$ begin
    perform set_config('role', who, true), set_config('request.jwt.claims', '{"sub": "9"}', true); return whoami(); end $$;
  grant execute on all functions in schema public to anon, authenticated;
`

describe('mutations', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start({}, (database) => database.sql(`${writes}; ${kept}`))))
  beforeEach(() => music.database.sql(writesRows))
  afterAll(() => music[Symbol.asyncDispose]())

  it('go to the database in one round trip, whatever they hold', async () => {
    const batches: number[] = []
    const run = music.database.request.run.bind(music.database.request)
    music.database.request.run = (context, statement) => (batches.push(1 + (statement.after?.length ?? 0)), run(context, statement))
    await music.ask(
      `mutation {
        insert_ticket_one(object: {}) { id }
        update_book_many(updates: [{where: {id: {_eq: 1}}, _inc: {pages: 1}}, {where: {id: {_eq: 2}}, _inc: {pages: 1}}]) { affected_rows }
        insert_book_one(object: {title: "x", writer: {data: {name: "y"}}, chapter: {data: [{place: 1}]}}) { id }
      }`,
      {},
      user,
    )
    music.database.request.run = run
    // One, two and four statements, and the caller's role once more between the fields.
    expect(batches).toEqual([9])
  })

  it('show the state after the change in what is related, and values of every type as they are', async () => {
    const columns = 'id c b n f t i a aa j jb d r p u m bits ok x'
    const row = {
      id: 1,
      owner_id: 1,
      c: 'ab',
      b: '\\x00ff',
      n: '12345678901234567890.123456789',
      f: 0.1,
      t: '2026-01-02T03:04:05.678901+00:00',
      i: '1 day 02:03:04',
      a: [1, 2, 3],
      aa: ['a"b', 'c,d', '{}', ''],
      j: { z: 1, a: [1.5] },
      jb: { k: 'v' },
      d: ['doc'],
      r: '[1,5)',
      p: '("Main St",5)',
      u: '00000000-0000-4000-8000-00000000000a',
      m: '12.5',
      bits: '101',
      ok: true,
      x: '<a>1</a>',
    }
    const insert = `mutation ($row: kept_insert_input!) { insert_kept_one(object: $row) { ${columns} doubled owner { kept_aggregate { aggregate { count } } } } }`
    const returned = (await music.ask(insert, { row }, service)).insert_kept_one
    const read = (
      await music.ask(`{ kept_by_pk(id: 1) { ${columns} doubled owner { kept_aggregate { aggregate { count } } } } }`, {}, service)
    ).kept_by_pk
    expect(returned).toEqual(read)
    expect(returned).toMatchObject({
      c: 'ab   ',
      j: { z: 1, a: [1.5] },
      jb: { k: 'v' },
      d: ['doc'],
      owner: { kept_aggregate: { aggregate: { count: 1 } } },
    })
    const removed = (
      await music.ask(
        `mutation { delete_kept_by_pk(id: 1) { ${columns} doubled owner { kept_aggregate { aggregate { count } } } } }`,
        {},
        service,
      )
    ).delete_kept_by_pk
    expect(removed).toEqual({ ...read, owner: { kept_aggregate: { aggregate: { count: 0 } } } })
  })

  it('are statements that can each be explained without the others', async () => {
    const run = music.database.request.run.bind(music.database.request)
    const seen: Statement[] = []
    music.database.request.run = (context, statement) => (seen.push(statement, ...(statement.after ?? [])), run(context, statement))
    await music.ask(
      `mutation {
        insert_book_one(object: {title: "x", writer: {data: {name: "y", email: "z"}, on_conflict: {constraint: writer_email_key, update_columns: [name]}}, chapter: {data: [{place: 1}]}}) { writer { name } }
        update_book(where: {id: {_eq: 1}}, _related: {chapter: {delete: {place: {_eq: 9}}, update: [{_inc: {place: 100}}], insert: {data: [{place: 7}]}}, editor: {insert: {data: {name: "e"}}}}) { affected_rows }
        publish(args: {title: "t"}) { writer { name } }
      }`,
      {},
      user,
    )
    music.database.request.run = run
    expect(seen.length).toBeGreaterThan(15)
    const context = { role: user.role, claimsJson: user.claimsJson, readOnly: false }
    for (const { text, values } of seen)
      expect((await run(context, { text: `explain ${text}`, values })).rows.length, text).toBeGreaterThan(0)
  })

  it('a function that changes role or claims changes them for its own field only', async () => {
    const { become, whoami } = await music.ask('mutation { become(args: {who: "anon"}) whoami }', {}, user)
    expect(become).toBe('anon 9')
    expect(whoami).toBe(`authenticated ${user.userId}`)
  })

  it('name no field when a constraint is first checked at the end', async () => {
    const refusal = await music.refusal(
      'mutation { insert_late_one(object: {id: 1, other: 9}) { id } insert_ticket_one(object: {}) { id } }',
      {},
      service,
    )
    expect(refusal).toMatchObject({ code: 'constraint-violation', path: '$' })
    expect(await music.database.sql('select from ticket')).toEqual([])
  })

  it('racing upserts of one key all succeed and leave one row', async () => {
    const upsert = `mutation ($n: Int!) {
      insert_writer_one(object: {name: "Same", email: "same@example.com", age: $n}, on_conflict: {constraint: writer_email_key, update_columns: [age]}) { id age }
    }`
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => music.ask(upsert, { n }, user)))
    expect(new Set(answers.map(({ insert_writer_one: { id } }) => id)).size).toBe(1)
    expect(answers.map(({ insert_writer_one: { age } }) => age)).toEqual(answers.map((_, n) => n))
    expect(await music.database.sql(`select from writer where email = 'same@example.com'`)).toHaveLength(1)
  })

  it('racing nested updates of the same rows lose nothing and do not lock each other out', async () => {
    const update = `mutation {
      update_book(where: {writer_id: {_eq: 1}}, _inc: {pages: 1}, _related: {chapter: {update: [{_inc: {place: 10}}]}, writer: {update: [{_inc: {age: 1}}]}}) { affected_rows }
    }`
    const answers = await Promise.all(Array.from({ length: 20 }, () => music.ask(update, {}, user)))
    expect(answers.map(({ update_book }) => update_book.affected_rows)).toEqual(answers.map(() => 6))
    const [row] = await music.database.sql(
      'select (select pages from book where id = 1) as pages, (select age from writer where id = 1) as age, (select place from chapter where id = 2) as place',
    )
    expect(row).toEqual({ pages: 320, age: 60, place: 202 })
  })

  it('a prepared plan that DDL made useless is made anew, wherever in the request it stands', async () => {
    const update = `mutation { update_book(where: {id: {_eq: 1}}, _inc: {pages: 1}) { returning { title chapter { title } } } }`
    for (let i = 0; i < 4; i++) await music.ask(update, {}, user)
    await music.database.sql('alter table chapter alter column title type varchar(50)')
    expect((await music.ask(update, {}, user)).update_book.returning[0].title).toBe('First')
  })
})
