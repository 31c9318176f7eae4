// GraphQL: values of composite types are objects, in and out, wherever a value may stand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Music } from './music.ts'

const script = `
  create type place as (lat numeric, lon numeric);
  create domain street as text check (value <> '');
  create type address as (street street, "Zip Code" int, tags text[], at place, extra jsonb);
  create table home (id int primary key, address address, others address[], note text);
  create table room (id int primary key, home_id int references home, corner place);
  create function latitude(p place) returns numeric language sql immutable as $$ select p.lat $$`

const whole = {
  street: `O'Neil "\\" (x), y`,
  'Zip Code': 8000,
  tags: ['a,b', '"c"'],
  at: { lat: '12345678901234567890.5', lon: '-1' },
  extra: { a: [1, null] },
}
/** The same in a document, where a key is a name: without "Zip Code". */
const written = String.raw`{street: "O'Neil \"\\\" (x), y", tags: ["a,b", "\"c\""], at: {lat: "12345678901234567890.5", lon: -1}, extra: {a: [1, null]}}`
const back = { ...whole, at: { lat: Number(whole.at.lat), lon: -1 } }
const partly = { ...back, 'Zip Code': null }
const nulls = { street: null, 'Zip Code': null, tags: null, at: null, extra: null }

describe('a value of a composite type', () => {
  let music: Music
  beforeAll(async () => {
    music = await Music.start({}, (database) => database.sql(script))
  })
  afterAll(() => music[Symbol.asyncDispose]())
  beforeEach(() => music.database.sql('truncate home, room'))

  const homes = async () => (await music.ask('{ home(order_by: {id: asc}) { address others } }')).home as unknown

  it('is inserted as an object: one row, several, rows in rows, in literals and variables', async () => {
    await music.ask(`mutation { insert_home_one(object: {id: 1, address: ${written}, others: [${written}, {}]}) { id } }`)
    await music.ask('mutation ($o: home_insert_input!) { insert_home_one(object: $o) { id } }', {
      o: { id: 2, address: whole, others: [whole, {}] },
    })
    await music.ask('mutation ($o: [home_insert_input!]!) { insert_home(objects: $o) { affected_rows } }', {
      o: [{ id: 3, address: whole, others: whole }, { id: 4, address: {}, others: [] }, { id: 5 }],
    })
    await music.ask('mutation ($a: address) { insert_home(objects: [{id: 6, address: $a}, {id: 7, others: []}]) { affected_rows } }', {
      a: whole,
    })
    expect(await homes()).toEqual([
      { address: partly, others: [partly, nulls] },
      { address: back, others: [back, nulls] },
      { address: back, others: [back] },
      { address: nulls, others: [] },
      { address: null, others: null },
      { address: back, others: null },
      { address: null, others: [] },
    ])
    expect(await music.database.sql('select distinct ((address).at).lat::text as lat from home where id in (1, 2, 3, 6)')).toEqual([
      { lat: whole.at.lat },
    ])
    await music.ask('mutation ($r: room_arr_rel_insert_input) { insert_home_one(object: {id: 8, room: $r}) { id } }', {
      r: { data: [{ id: 1, corner: whole.at }, { id: 2 }] },
    })
    expect((await music.ask('{ room(order_by: {id: asc}) { corner } }')).room).toEqual([{ corner: back.at }, { corner: null }])
  })

  it('is an object in updates, conditions and arguments', async () => {
    await music.database.sql(`insert into home values (1, '("Main St",,,"(1,2)",)'), (2, '("Main St",,,,)'), (3, null)`)
    const found = async (where: unknown) =>
      (
        (await music.ask('query ($w: home_bool_exp!) { home(where: $w, order_by: {id: asc}) { id } }', { w: where })).home as {
          id: number
        }[]
      ).map(({ id }) => id)
    expect(await found({ address: { _eq: { street: 'Main St', at: { lat: 1, lon: 2 } } } })).toEqual([1])
    expect(await found({ address: { _in: [{ street: 'Main St' }, { street: 'Side St' }] } })).toEqual([2])
    expect(await found({ address: { _neq: { street: 'Main St' } } })).toEqual([1])
    await music.ask('mutation ($a: address!) { update_home(where: {id: {_eq: 3}}, _set: {address: $a, others: [$a]}) { affected_rows } }', {
      a: whole,
    })
    await music.ask(`mutation { update_home_by_pk(pk_columns: {id: 2}, _set: {address: ${written}}) { id } }`)
    expect(await homes()).toEqual([expect.anything(), { address: partly, others: null }, { address: back, others: [back] }])
    expect(await music.ask('{ latitude(args: {p: {lat: 47.5, lon: 8}}) }')).toEqual({ latitude: 47.5 })
  })

  it('may be text in Postgres’ own form', async () => {
    await music.ask(`mutation { insert_home_one(object: {id: 1, address: "(\\"Main St\\",1,,,)", others: "{\\"(a,,,,)\\"}"}) { id } }`)
    await music.ask(
      `mutation { insert_home(objects: [{id: 2, address: "(b,,,,)"}, {id: 3, others: ["(c,,,,)", {street: "d"}]}]) { affected_rows } }`,
    )
    expect(await homes()).toEqual([
      { address: { ...nulls, street: 'Main St', 'Zip Code': 1 }, others: [{ ...nulls, street: 'a' }] },
      { address: { ...nulls, street: 'b' }, others: null },
      {
        address: null,
        others: [
          { ...nulls, street: 'c' },
          { ...nulls, street: 'd' },
        ],
      },
    ])
  })

  it('with a key that the type has not is refused, and nothing is written', async () => {
    const refused = (document: string, variables = {}) => music.refusal(document, variables)
    const unknown = { message: `field 'cty' not found in type: 'address'`, code: 'validation-failed' }
    for (const [document, variables] of [
      ['mutation { insert_home_one(object: {id: 1, address: {cty: "x"}}) { id } }', {}],
      [
        'mutation ($o: [home_insert_input!]!) { insert_home(objects: $o) { affected_rows } }',
        { o: [{ id: 1 }, { id: 2, address: { cty: 'x' } }] },
      ],
      ['mutation { insert_home(objects: [{id: 1, others: [{cty: 1}]}, {id: 2}]) { affected_rows } }', {}],
      ['mutation ($a: address) { update_home(where: {}, _set: {address: $a}) { affected_rows } }', { a: { cty: 'x' } }],
      ['{ home(where: {address: {_eq: {cty: "x"}}}) { id } }', {}],
    ] as const)
      expect(await refused(document, variables), document).toMatchObject(unknown)
    // Which row of many it is, is not told, and not told wrong either.
    const many = await refused('mutation ($o: [home_insert_input!]!) { insert_home(objects: $o) { affected_rows } }', {
      o: [{ id: 1 }, { id: 2, address: { cty: 'x' } }],
    })
    expect(many.path).toBe('$.selectionSet.insert_home.args.objects')
    expect(await refused('mutation { insert_home_one(object: {id: 1, address: {street: ""}}) { id } }')).toMatchObject({
      code: 'permission-error',
      message: expect.stringContaining('street_check'),
    })
    expect(await homes()).toEqual([])
  })

  it('follows the type when that is altered', async () => {
    await music.database.sql('alter type address add attribute floor int')
    await music.catalog.refreshIfStale()
    await music.ask('mutation { insert_home_one(object: {id: 1, address: {floor: 3}}) { id } }')
    expect(await homes()).toEqual([{ address: { ...nulls, floor: 3 }, others: null }])
  })
})
