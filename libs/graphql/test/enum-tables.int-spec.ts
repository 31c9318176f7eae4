import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anon, Music, user } from './music.ts'

const script = `
  create table mood (value text primary key, remark text);
  insert into mood values ('calm', 'not loud'), ('loud', null);
  comment on table mood is '@graphql({"enum": true})';
  create table odd (value text primary key);
  insert into odd values ('not a name');
  comment on table odd is '@graphql({"enum": true})';
  create table song (id int primary key, feel text references mood, odd text references odd);
  insert into song values (1, 'calm', 'not a name'), (2, 'loud', null);
  grant select on song to anon, authenticated;
  grant select on mood, odd to authenticated;
`

describe('enum tables', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start({}, (database) => database.sql(script))))
  afterAll(() => music[Symbol.asyncDispose]())

  it('a column that refers to one has its type', async () => {
    expect(await music.ask('{ song(where: {feel: {_eq: calm}}) { id feel } }', {}, user)).toEqual({ song: [{ id: 1, feel: 'calm' }] })
    const { type } = await music.ask('{ type: __type(name: "mood_enum") { enumValues { name description } } }', {}, user)
    expect(type.enumValues).toEqual([
      { name: 'calm', description: 'not loud' },
      { name: 'loud', description: null },
    ])
  })

  it('a value that is not there is refused, also when the document was planned before', async () => {
    const query = 'query ($feel: mood_enum!) { song(where: {feel: {_eq: $feel}}) { id } }'
    for (let i = 0; i < 2; i++) {
      expect(await music.ask(query, { feel: 'calm' }, user)).toEqual({ song: [{ id: 1 }] })
      expect(await music.ask(query, { feel: 'loud' }, user)).toEqual({ song: [{ id: 2 }] })
      expect(await music.refusal(query, { feel: 'sad' }, user)).toEqual({
        code: 'validation-failed',
        message: "expected one of the values ['calm', 'loud'] for type 'mood_enum', but found 'sad'",
        path: '$.variables.feel',
      })
    }
  })

  it('who may not read the table does not see its values', async () => {
    expect(await music.ask('{ type: __type(name: "mood_enum") { name } song(where: {feel: {_eq: "calm"}}) { id } }', {}, anon)).toEqual({
      type: null,
      song: [{ id: 1 }],
    })
  })

  it('a row that is added is a value, in documents planned before too, without DDL', async () => {
    const query = 'query ($feel: mood_enum!) { song(where: {feel: {_neq: $feel}}) { id } }'
    expect((await music.refusal(query, { feel: 'wild' }, user)).code).toBe('validation-failed')
    await music.database.sql(`insert into mood values ('wild', 'new')`)
    await music.catalog.refreshIfStale()
    expect(await music.ask(query, { feel: 'wild' }, user)).toEqual({ song: [{ id: 1 }, { id: 2 }] })
    await music.database.sql(`delete from mood where value = 'wild'`)
    await music.catalog.refreshIfStale()
    expect((await music.refusal(query, { feel: 'wild' }, user)).code).toBe('validation-failed')
  })

  it('one whose keys cannot be names in a schema is a table like others', async () => {
    expect(await music.ask('{ song(where: {odd: {_eq: "not a name"}}) { id } }', {}, user)).toEqual({ song: [{ id: 1 }] })
  })
})
