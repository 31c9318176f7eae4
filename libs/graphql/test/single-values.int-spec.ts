// GraphQL: where a list is expected, a single value stands for a list of one. Arrays of Postgres are lists.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Music } from './music.ts'

const script = `
  create table arr (id int primary key, i int[], t text[], j jsonb[]);
  create function total(nums int[]) returns bigint language sql stable as $$ select sum(n) from unnest(nums) n $$`

describe('a single value for an array', () => {
  let music: Music
  beforeAll(async () => {
    music = await Music.start({}, (database) => database.sql(script))
  })
  afterAll(() => music[Symbol.asyncDispose]())
  beforeEach(() => music.database.sql('truncate arr'))

  const rows = async () => (await music.ask('{ arr(order_by: {id: asc}) { i t j } }')).arr as unknown
  const one = { i: [5], t: ['x'], j: [{ a: 1 }] }

  it('is inserted as a list of one, in literals and variables, in one row and in many', async () => {
    await music.ask('mutation { insert_arr_one(object: {id: 1, i: 5, t: "x", j: {a: 1}}) { id } }')
    await music.ask('mutation ($o: arr_insert_input!) { insert_arr_one(object: $o) { id } }', { o: { id: 2, i: 5, t: 'x', j: { a: 1 } } })
    await music.ask('mutation ($o: [arr_insert_input!]!) { insert_arr(objects: $o) { affected_rows } }', {
      o: [
        { id: 3, i: 5, t: 'x', j: { a: 1 } },
        { id: 4, i: [5], t: ['x'], j: [{ a: 1 }] },
      ],
    })
    await music.ask(
      'mutation ($i: [Int!], $t: [String!]) { insert_arr(objects: [{id: 5, i: $i, t: $t, j: {a: 1}}, {id: 6, i: 5, t: "x", j: {a: 1}}]) { affected_rows } }',
      {
        i: 5,
        t: 'x',
      },
    )
    expect(await rows()).toEqual([one, one, one, one, one, one])
  })

  it('is one in updates, filters and arguments', async () => {
    await music.database.sql(`insert into arr values (1, '{1,2}', '{a}', null), (2, '{5}', '{x}', null)`)
    await music.ask('mutation { update_arr(where: {i: {_contains: 2}}, _set: {i: 7, t: "y z", j: 3}) { affected_rows } }')
    expect(await rows()).toEqual([
      { i: [7], t: ['y z'], j: [3] },
      { i: [5], t: ['x'], j: null },
    ])
    expect((await music.ask('{ arr(where: {i: {_eq: 5}, t: {_contained_in: "x"}}) { id } }')).arr).toEqual([{ id: 2 }])
    expect(await music.ask('query ($n: [Int!]!) { total(args: {nums: 5}) more: total(args: {nums: $n}) }', { n: 6 })).toEqual({
      total: 5,
      more: 6,
    })
  })

  it('may be a whole array in Postgres’ own form, and null stays null', async () => {
    await music.ask('mutation { insert_arr_one(object: {id: 1, i: "{1,2}", t: "{a,b}", j: null}) { id } }')
    await music.ask('mutation { insert_arr(objects: [{id: 2, i: "{1,2}", t: "{a,b}", j: null}, {id: 3}]) { affected_rows } }')
    const both = { i: [1, 2], t: ['a', 'b'], j: null }
    expect(await rows()).toEqual([both, both, { i: null, t: null, j: null }])
  })
})
