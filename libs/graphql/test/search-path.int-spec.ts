// Operators and functions of extensions that live in a schema of their own, as PLINTH_API_EXTRA_SEARCH_PATH names it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Music, user } from './music.ts'

const script = `
  create table place (id int primary key, path extra.ltree not null, code extra.citext not null);
  insert into place values (1, 'Top', 'abc'), (2, 'Top.Science', 'ABC'), (3, 'Top.Science.Astronomy', 'x');
  create function path_now() returns setof place language sql stable as $$ select 0, 'p'::extra.ltree, current_setting('search_path')::extra.citext $$;
  create function path_then() returns setof place language sql volatile as $$ select * from path_now() $$;
  grant execute on all functions in schema public to authenticated;
  grant select, insert, update on place to authenticated`

describe('the extra search path', () => {
  let music: Music
  beforeAll(async () => {
    music = await Music.start({ extraSearchPath: ['extra', 'public'] }, async (database) => {
      await database.superuserSql(
        'create schema extra; create extension ltree schema extra; create extension citext schema extra; grant usage on schema extra to public',
      )
      await database.sql(script)
    })
  })
  afterAll(() => music[Symbol.asyncDispose]())

  it('queries find the operators of an extension', async () => {
    expect(await music.ask('{ place(where: {path: {_ancestor: "Top.Science"}}, order_by: {id: asc}) { id } }', {}, user)).toEqual({
      place: [{ id: 1 }, { id: 2 }],
    })
    expect(await music.ask('{ place(where: {code: {_eq: "aBc"}}, order_by: {id: asc}) { id } }', {}, user)).toEqual({
      place: [{ id: 1 }, { id: 2 }],
    })
  })

  it('mutations find them, in every root field', async () => {
    const update = (key: string) => `${key}: update_place(where: {path: {_descendant: "Top.Science"}}, _set: {code: "y"}) { affected_rows }`
    expect(await music.ask(`mutation { ${update('a')} ${update('b')} }`, {}, user)).toEqual({
      a: { affected_rows: 2 },
      b: { affected_rows: 2 },
    })
  })

  it('functions see the default schema and then the extra ones', async () => {
    const code = '"public", "extra"'
    expect(await music.ask('{ path_now { code } }', {}, user)).toEqual({ path_now: [{ code }] })
    expect(await music.ask('mutation { a: path_then { code } b: path_then { code } }', {}, user)).toEqual({ a: [{ code }], b: [{ code }] })
  })

  it('explain and subscriptions run under it too', () => {
    expect(music.executor.contextOf(user, true).settings).toContainEqual(['search_path', '"public", "extra"'])
    expect(music.relay.contextOf(user, true).settings).toContainEqual(['search_path', '"public", "extra"'])
  })

  it('nothing is set where public is all that there is', async () => {
    await using plain = await Music.start({ extraSearchPath: ['public'] }, (database) => database.sql('create table t (id int)'))
    expect(plain.executor.contextOf(user, true).settings).toBeUndefined()
  })
})
