import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anon, Music, user } from './music.ts'

const wide = `{ ${Array.from({ length: 101 }, (_, i) => `a${i}: album { id }`).join(' ')} }`
const roots = `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: album { id }`).join(' ')} }`
const nest = (levels: number): string => (levels === 0 ? 'id' : `id parent { ${nest(levels - 1)} }`)
const lists = (levels: number): string => (levels === 0 ? 'id' : `id folder { ${lists(levels - 1)} }`)
const deepWhere = (levels: number): unknown => (levels === 0 ? {} : { _not: deepWhere(levels - 1) })

describe('bad input', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start()))
  afterAll(() => music[Symbol.asyncDispose]())

  const cases: readonly (readonly [query: string, message: string | RegExp, path?: string, variables?: Record<string, unknown>])[] = [
    ['{ nothing { id } }', "field 'nothing' not found in type: 'query_root'", '$.selectionSet.nothing'],
    [
      '{ artist { album_by_artist_id { nope } } }',
      "field 'nope' not found in type: 'album'",
      '$.selectionSet.artist.selectionSet.album_by_artist_id.selectionSet.nope',
    ],
    [
      '{ artist(where: {nope: {_eq: 1}}) { id } }',
      "field 'nope' not found in type: 'artist_bool_exp'",
      '$.selectionSet.artist.args.where.nope',
    ],
    ['{ artist(where: {id: {_near: 1}}) { id } }', "field '_near' not found in type: 'Int_comparison_exp'"],
    ['{ artist(nope: 1) { id } }', "'artist' has no argument named 'nope'"],
    [
      '{ artist(order_by: {id: sideways}) { id } }',
      /^expected one of the values \['asc', 'asc_nulls_first', .*\] for type 'order_by', but found 'sideways'$/,
    ],
    ['{ artist(order_by: {id: "asc"}) { id } }', "expected an enum value for type 'order_by', but found a string"],
    ['{ artist(where: 5) { id } }', "expected an object for type 'artist_bool_exp', but found 5"],
    ['{ artist(where: {id: {_eq: null}}) { id } }', "unexpected null value for type 'Int'"],
    ['{ artist(where: {id: {_eq: 1.5}}) { id } }', "expected an integer for type 'Int', but found a number"],
    [
      '{ artist(limit: -1) { id } }',
      /expected a non-negative 32-bit integer for type 'Int', but found -1/,
      '$.selectionSet.artist.args.limit',
    ],
    ['query ($n: Int) { artist(limit: $n) { id } }', /expected a non-negative 32-bit integer/, undefined, { n: 3_000_000_000 }],
    ['{ artist(distinct_on: name, order_by: {id: asc}) { id } }', '"distinct_on" columns must match initial "order_by" columns'],
    ['{ artist { details(path: "$.a[") } }', /parse json path error/],
    ['{ artist_by_pk { id } }', "missing required field 'id'"],
    ['{ artist }', "missing selection set for 'artist'"],
    ['{ artist { id { x } } }', 'unexpected subselection set for non-object field'],
    ['query ($x: Int) { artist { id } }', 'following variable(s) have been defined, but have not been used in the query - x'],
    ['query ($x: Int!) { artist_by_pk(id: $x) { id } }', 'expecting a value for non-nullable variable: "x"'],
    [
      'query ($x: String!) { artist_by_pk(id: $x) { id } }',
      "variable 'x' is declared as 'String!', but used where 'Int!' is expected",
      undefined,
      { x: '1' },
    ],
    [
      'query ($x: Int!) { artist_by_pk(id: $x) { id } }',
      "expected an integer for type 'Int', but found an object",
      '$.variables.x',
      { x: {} },
    ],
    ['{ artist { id } }', 'unexpected variables in variableValues: y', undefined, { y: 1 }],
    ['{ artist { ...F } }', 'reference to undefined fragment "F"'],
    ['{ artist { ...A } } fragment A on artist { ...B } fragment B on artist { ...A }', 'the fragment definition(s) A and B form a cycle'],
    ['{ artist { id } } fragment A on artist { id }', 'following fragment(s) have been defined, but have not been used in the query - A'],
    ['{ artist { id @nope } }', "directive 'nope' is not defined in the schema"],
    ['{ artist { id @include(if: true) @include(if: true) } }', "the following directives are used more than once: ['include']"],
    ['{ artist { id: name id } }', /conflict/],
    ['{ artist { id ', /^not a valid graphql query: /, '$.query'],
    ['', /^not a valid graphql query: /, '$.query'],
    [
      'query A { artist { id } } query B { artist { id } }',
      'exactly one operation has to be present in the document when operationName is not specified',
    ],
    ['mutation { nope }', "field 'nope' not found in type: 'mutation_root'"],
    ['subscription { artist { id } }', /subscriptions are not supported over HTTP|no subscriptions exist/],
    [`{ folder { ${nest(12)} } }`, /nested 13 levels deep; at most 12/],
    [`{ folder { ${lists(7)} } }`, /costs more than 10000/],
    [wide, /more than 50 root fields|more than 100 aliases/],
    [roots, /more than 50 root fields/],
    [`{ artist { ${'id '.repeat(10_001)} } }`, /more than 10000 tokens/],
    ['query ($w: artist_bool_exp) { artist(where: $w) { id } }', /nested more than 64 levels deep/, undefined, { w: deepWhere(200) }],
  ]
  it.each(cases.map(([query, message, path, variables = {}]) => ({ query, message, path, variables })))(
    '$query',
    async ({ query, message, path, variables }) => {
      const refusal = await music.refusal(query, variables)
      if (typeof message === 'string') expect(refusal.message).toBe(message)
      else expect(refusal.message).toMatch(message)
      if (path !== undefined) expect(refusal.path).toBe(path)
      expect(['validation-failed', 'unexpected-payload']).toContain(refusal.code)
    },
  )

  it('is refused again after the same document was planned with good values', async () => {
    const query = 'query ($n: Int, $id: Int!) { artist(limit: $n, where: {id: {_eq: $id}}) { id } }'
    for (let i = 0; i < 3; i++) await music.ask(query, { n: 1, id: 1 })
    expect((await music.refusal(query, { n: -1, id: 1 })).message).toMatch(/non-negative/)
    expect((await music.refusal(query, { n: 1, id: null })).message).toBe("unexpected null value for type 'Int'")
    expect((await music.refusal(query, { n: 1, id: [1] })).code).toBe('validation-failed')
    expect((await music.refusal(query, { n: 1, id: 1, extra: 1 })).message).toBe('unexpected variables in variableValues: extra')
    expect((await music.refusal(query, { n: 1, id: 'x' })).code).toBe('data-exception')
    expect(await music.ask(query, { n: 1, id: '2' })).toEqual({ artist: [{ id: 2 }] })
  })

  it('of any size is refused in few words: deep JSON, long lists, long values, many schemas', async () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown
    const where = 'query ($d: jsonb) { artist(where: {details: {_contains: $d}}) { id } }'
    expect((await music.refusal(where, { d: deep })).message).toMatch(/nested more than 256 levels deep/)
    const among = 'query ($n: [Int!]) { artist(where: {id: {_in: $n}}) { id } }'
    expect((await music.refusal(among, { n: Array.from({ length: 100_001 }, (_, i) => i) })).message).toMatch(/more than 100000 items/)
    const limit = await music.refusal('query ($n: Int) { artist(limit: $n) { id } }', { n: 'y'.repeat(100_000) })
    expect(limit.message.length).toBeLessThan(1_100)
    const schemas = Array.from({ length: 4 }, (_, i) => `a${i}: __schema { queryType { name } }`).join(' ')
    expect((await music.refusal(`{ ${schemas} }`)).message).toMatch(/__schema more than 3 times/)
  })

  it('does not take what every object of JavaScript inherits for columns of that name', async () => {
    await music.database.sql(`create table car (id int primary key, constructor text, "toString" text, "hasOwnProperty" text);
      insert into car values (1, 'Lotus', 's', 'h')`)
    await music.catalog.reload()
    const insert = 'mutation ($cars: [car_insert_input!]!) { insert_car(objects: $cars) { returning { id constructor } } }'
    const update = 'mutation ($set: car_set_input) { update_car(where: {id: {_eq: 2}}, _set: $set) { returning { constructor toString } } }'
    const find = 'query ($w: car_bool_exp, $o: [car_order_by!]) { car(where: $w, order_by: $o) { id } }'
    for (let i = 0; i < 2; i++) {
      expect(await music.ask(insert, { cars: [{ id: 2 + 2 * i }, { id: 3 + 2 * i, constructor: 'Brabham' }] })).toEqual({
        insert_car: {
          returning: [
            { id: 2 + 2 * i, constructor: null },
            { id: 3 + 2 * i, constructor: 'Brabham' },
          ],
        },
      })
      expect(await music.ask(update, { set: { toString: 'x' } })).toEqual({
        update_car: { returning: [{ constructor: null, toString: 'x' }] },
      })
      expect(await music.ask(find, { w: { id: { _lte: 1 } }, o: [{ id: 'asc' }] })).toEqual({ car: [{ id: 1 }] })
      expect(await music.ask(find, { w: { constructor: { _eq: 'Lotus' } } })).toEqual({ car: [{ id: 1 }] })
    }
  })

  it('cannot reach SQL through names, values or keys', async () => {
    const nasty = `x'"; drop table artist; --`
    expect(await music.ask('query ($n: String!) { artist(where: {name: {_eq: $n}}) { id } }', { n: nasty })).toEqual({ artist: [] })
    expect(
      await music.ask(
        `{ artist(where: {name: {_in: [${JSON.stringify(nasty)}]}, tags: {_contained_in: [${JSON.stringify(nasty)}]}}) { id } }`,
      ),
    ).toEqual({ artist: [] })
    expect(
      await music.ask('query ($p: String) { artist_by_pk(id: 1) { details(path: $p) } }', { p: `["${nasty.replaceAll('"', '\\"')}"]` }),
    ).toEqual({ artist_by_pk: { details: null } })
    const long = 'k'.repeat(80)
    expect(await music.ask(`{ ${long}: artist_by_pk(id: 1) { ${long}1: id ${long}2: id } }`)).toEqual({
      [long]: { [`${long}1`]: 1, [`${long}2`]: 1 },
    })
  })

  it('finds no schema when introspection is switched off', async () => {
    await using closed = await Music.start({ introspection: false })
    expect((await closed.refusal('{ __schema { types { name } } }', {}, anon)).message).toBe(
      "field '__schema' not found in type: 'query_root'",
    )
    expect((await closed.ask('{ __schema { queryType { name } } }')).__schema.queryType.name, 'the owner may').toBe('query_root')
    expect(await closed.ask('{ __typename artist_by_pk(id: 1) { __typename } }')).toEqual({
      __typename: 'query_root',
      artist_by_pk: { __typename: 'artist' },
    })
  })
})

it('a policy that reads its own table is told in words that help', async () => {
  await using music = await Music.start({}, (database) =>
    database.sql(`create table seat (id int primary key); grant select on seat to authenticated; alter table seat enable row level security;
      create policy own on seat for select using (exists (select from seat other where other.id = seat.id))`),
  )
  const { code, message } = await music.refusal('{ seat { id } }', {}, user)
  expect(code).toBe('postgres-error')
  expect(message).toBe(
    'infinite recursion detected in policy for relation "seat". A policy cannot read its own table: let it call a function that is SECURITY DEFINER.',
  )
})

it('text that Postgres cannot hold is refused wherever it stands, and nothing becomes another character', async () => {
  await using music = await Music.start()
  const before = await music.ask('{ artist(order_by: {id: asc}) { name tags } }')
  for (const text of ['half \ud800', '\udc00', 'a\0b']) {
    for (const query of [
      'mutation ($t: String!) { update_artist(where: {id: {_eq: 1}}, _set: {name: $t}) { affected_rows } }',
      'mutation ($t: String!) { update_artist(where: {id: {_eq: 1}}, _set: {tags: [$t]}) { affected_rows } }',
      'mutation ($t: String!) { insert_artist_one(object: {name: $t}) { id } }',
      'mutation ($t: String!) { insert_artist(objects: [{name: $t}, {name: "other"}]) { affected_rows } }',
      'mutation ($t: String!) { update_artist(where: {id: {_eq: 1}}, _delete_key: {details: $t}) { affected_rows } }',
      'query ($t: String!) { artist(where: {name: {_eq: $t}}) { id } }',
      'query ($t: String!) { artist(where: {name: {_in: ["x", $t]}}) { id } }',
      'query ($t: String!) { artist(where: {name: {_ilike: $t}}) { id } }',
      'query ($t: String!) { artist { details(path: $t) } }',
    ]) {
      expect((await music.refusal(query, { t: text })).code, `${JSON.stringify(text)} in ${query}`).toBe('data-exception')
    }
  }
  expect(await music.ask('{ artist(order_by: {id: asc}) { name tags } }')).toEqual(before)
})
