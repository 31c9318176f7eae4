import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestDatabase } from '#test/postgres'
import { anon, Music, service, user, userOne } from './music.ts'

const script = `
  create table note (id int primary key, body text not null, owner uuid);
  insert into note values (1, 'one', '${userOne}'), (2, 'two', null), (3, 'three', null);
  alter table note enable row level security;
  create policy own on note for select to authenticated using (owner = (select auth.uid()));
  create policy open on note for select to anon using (owner is null);
  create function me(hasura_session json) returns text language sql stable as $$ select coalesce($1 ->> 'sub', $1 ->> 'role') $$;
  create function tag(note, session jsonb) returns text language sql stable as $$ select $1.body || '/' || ($2 ->> 'role') $$;
  create function others(note) returns setof note language sql stable as $$ select * from public.note n where n.id <> $1.id $$;
  create function notes(above int default 0) returns setof note language sql stable as $$ select * from public.note n where n.id >= above order by n.id $$;
  create function all_notes() returns setof note language sql stable security definer as $$ select * from public.note order by id $$;
  create function up_to(n int) returns setof int language sql immutable as 'select generate_series(1, n)';
  create function twin(a int) returns int language sql immutable as 'select 1';
  create function twin(a text) returns int language sql immutable as 'select 2';
  create function hidden() returns int language sql immutable as 'select 1';
  create function hidden_of(note) returns int language sql immutable as 'select 1';
  create sequence written;
  create function write_notes(above int) returns setof note language plpgsql volatile security definer as
    $$ begin perform nextval('public.written'); return query select * from public.note where id > above order by id; end $$;
  create function changes() returns int language sql volatile as 'select 1';
  grant execute on all functions in schema public to anon, authenticated;
  revoke execute on function hidden(), hidden_of(note) from public, anon, authenticated;
  grant select (id, body) on note to anon; grant select on note to authenticated;
`

async function install(database: TestDatabase): Promise<void> {
  await database.superuserSql('create extension citext schema public')
  await database.sql(script)
}

describe('functions', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start({ costMax: 200, depthMax: 4, rowsMax: 2 }, install)))
  afterAll(() => music[Symbol.asyncDispose]())

  it('the session argument is the caller of this request, also when the plan is an earlier one', async () => {
    const query = '{ me note(order_by: {id: asc}, limit: 1) { tag } }'
    for (let i = 0; i < 3; i++) {
      expect(await music.ask(query, {}, user)).toEqual({ me: userOne, note: [{ tag: 'one/authenticated' }] })
      const other = {
        ...user,
        claims: { role: 'authenticated', sub: 'x' },
        claimsJson: '{"role":"authenticated","sub":"00000000-0000-4000-8000-00000000000f"}',
      }
      expect(await music.ask(query, {}, other)).toEqual({ me: '00000000-0000-4000-8000-00000000000f', note: [] })
    }
    expect(await music.ask('{ me }', {}, anon)).toEqual({ me: 'anon' })
    expect(await music.ask(query, {}, service)).toEqual({ me: 'service_role', note: [{ tag: 'one/service_role' }] })
  })

  it('computed fields stand wherever rows do', async () => {
    const query = `{
      note_aggregate { nodes { tag others { id } } }
      note_group_by(by: body) { nodes { tag others { id } } }
      notes_aggregate { nodes { tag } }
      notes { tag others { tag } }
    }`
    const row = { tag: 'one/authenticated' }
    expect(await music.ask(query, {}, user)).toEqual({
      note_aggregate: { nodes: [{ ...row, others: [] }] },
      note_group_by: [{ nodes: [{ ...row, others: [] }] }],
      notes_aggregate: { nodes: [row] },
      notes: [{ ...row, others: [] }],
    })
  })

  it('nobody can say who asks', async () => {
    expect((await music.refusal('{ me(args: {hasura_session: "{}"}) }')).message).toBe("'me' has no argument named 'args'")
    expect((await music.refusal('{ note { tag(args: {session: {}}) } }')).message).toBe("'tag' has no argument named 'args'")
  })

  it('rows of a function that runs as its caller are those that the caller may see', async () => {
    expect(await music.ask('{ notes { id } notes_aggregate { aggregate { count } } }', {}, user)).toEqual({
      notes: [{ id: 1 }],
      notes_aggregate: { aggregate: { count: 1 } },
    })
    expect(await music.ask('{ note { id others { id } } }', {}, user)).toEqual({ note: [{ id: 1, others: [] }] })
    expect(await music.ask('{ all_notes_aggregate { aggregate { count } } }', {}, user)).toEqual({
      all_notes_aggregate: { aggregate: { count: 3 } },
    })
  })

  it('columns that the caller may not select are no fields of a function, not even through a filter or an order', async () => {
    for (const query of [
      '{ all_notes { owner } }',
      '{ all_notes(where: {owner: {_is_null: true}}) { id } }',
      '{ all_notes(order_by: {owner: asc}) { id } }',
      '{ all_notes_aggregate { aggregate { max { owner } } } }',
    ])
      expect((await music.refusal(query, {}, anon)).code, query).toBe('validation-failed')
  })

  it('a function over a whole row is no field for those who may not select all of it', async () => {
    expect((await music.refusal('{ note { tag } }', {}, anon)).message).toBe("field 'tag' not found in type: 'note'")
  })

  it('what may not be executed, or is called like another, does not exist', async () => {
    for (const name of ['hidden', 'twin', 'changes'])
      expect((await music.refusal(`{ ${name} }`, {}, anon)).message).toBe(`field '${name}' not found in type: 'query_root'`)
    expect((await music.refusal('{ note { hidden_of } }', {}, user)).message).toBe("field 'hidden_of' not found in type: 'note'")
    expect((await music.refusal('{ note(where: {hidden_of: {_eq: 1}}) { id } }', {}, user)).code).toBe('validation-failed')
  })

  it('functions of extensions are no fields', async () => {
    expect(music.catalog.current().functions.has('public.citext_hash')).toBe(true)
    expect((await music.refusal('{ citext_hash(args: {arg_1: "a"}) }')).message).toBe("field 'citext_hash' not found in type: 'query_root'")
  })

  it('lists of functions have the limit of every list', async () => {
    expect(await music.ask('{ up_to(args: {n: 1000000}) notes(limit: 50) { id } }')).toEqual({
      up_to: [1, 2],
      notes: [{ id: 1 }, { id: 2 }],
    })
  })

  it('functions and what they nest count as depth and cost', async () => {
    expect((await music.refusal('{ notes { others { others { others { others { id } } } } } }')).message).toMatch(
      /nested 5 levels deep; at most 4/,
    )
    const costly = `{ ${Array.from({ length: 30 }, (_, i) => `f${i}: notes { others { others { id } } }`).join(' ')} }`
    expect((await music.refusal(costly)).message).toMatch(/costs more than 200/)
    expect(await music.ask('{ notes { others { id } } }', {}, service)).toBeDefined()
  })

  it('a variable that is not given leaves an argument to its default', async () => {
    const query = 'query ($above: Int) { notes(args: {above: $above}, order_by: {id: asc}) { id } }'
    expect(await music.ask(query)).toEqual({ notes: [{ id: 1 }, { id: 2 }] })
    expect(await music.ask(query, { above: 3 })).toEqual({ notes: [{ id: 3 }] })
    expect(await music.ask(query, { above: null })).toEqual({ notes: [] })
  })

  it('a volatile function does its work whatever part of its rows is asked for', async () => {
    const read = async () =>
      (await music.database.sql<{ n: number }>('select case when is_called then last_value else 0 end::int as n from written'))[0]!.n
    const write = (limit: string, variables = {}) =>
      music.ask(`mutation${limit.includes('$') ? ' ($n: Int)' : ''} { write_notes(args: {above: 0}${limit}) { id } }`, variables, service)
    const before = await read()
    expect(await write(', limit: 0')).toEqual({ write_notes: [] })
    for (const never of ['_or: []', '_not: {}', '_and: [{id: {_gt: 0}}, {_or: []}]', 'id: {_in: []}'])
      expect(await write(`, where: {${never}}`), never).toEqual({ write_notes: [] })
    expect(await write(', limit: $n', { n: 0 })).toEqual({ write_notes: [] })
    expect(await write(', limit: $n', { n: 1 })).toEqual({ write_notes: [{ id: 1 }] })
    expect((await write('')).write_notes).toHaveLength(2)
    expect((await read()) - before).toBe(8)
  })
})
