import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameWarnings } from '../src/model/name-warnings.ts'
import { functions } from './functions.sql.ts'
import { anon, Music, service, user } from './music.ts'

const reasonsOf = (music: Music) =>
  nameWarnings(music.catalog.current()).flatMap((warning) => {
    const [, of, reason] = /^The function public\.(.+?\)) is no field of GraphQL: (.+)\.$/.exec(warning) ?? []
    return of === undefined ? [] : [[of, reason]]
  })

describe('results of functions', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start({ rowsMax: 3 }, (database) => database.sql(functions))))
  afterAll(() => music[Symbol.asyncDispose]())

  it('rows of their own have types, with the arguments of every list', async () => {
    const query = `{
      row: __type(name: "areas_result") { kind fields { name type { name kind } } }
      filter: __type(name: "areas_result_bool_exp") { inputFields { name } }
      root: __type(name: "query_root") { fields { name args { name } type { kind ofType { kind ofType { ofType { name } } } } } }
    }`
    const { row, filter, root } = await music.ask(query, {}, service)
    expect(row).toEqual({
      kind: 'OBJECT',
      fields: [
        { name: 'room', type: { name: 'Int', kind: 'SCALAR' } },
        { name: 'label', type: { name: 'String', kind: 'SCALAR' } },
        { name: 'area', type: { name: 'numeric', kind: 'SCALAR' } },
      ],
    })
    expect(filter.inputFields.map((each: { name: string }) => each.name).toSorted()).toEqual([
      '_and',
      '_not',
      '_or',
      'area',
      'label',
      'room',
    ])
    const areas = root.fields.find((each: { name: string }) => each.name === 'areas')
    expect(areas.args.map((each: { name: string }) => each.name).toSorted()).toEqual([
      'args',
      'distinct_on',
      'limit',
      'offset',
      'order_by',
      'where',
    ])
    expect(areas.type).toEqual({ kind: 'NON_NULL', ofType: { kind: 'LIST', ofType: { ofType: { name: 'areas_result' } } } })
  })

  it('who may not call the function sees neither it nor the type of its rows', async () => {
    const types = '{ own: __type(name: "extent_result") { name } other: __type(name: "areas_result") { name } }'
    expect(await music.ask(types, {}, service)).toEqual({ own: { name: 'extent_result' }, other: { name: 'areas_result' } })
    expect(await music.ask(types, {}, anon)).toEqual({ own: null, other: { name: 'areas_result' } })
    expect(await music.ask(types, {}, user)).toEqual({ own: null, other: null })
    expect(
      (await music.refusal('{ areas { room } ... f } fragment f on query_root { sizes(args: { up_to: 1 }) { width } }', {}, anon)).code,
    ).toBe('validation-failed')
  })

  it('rows under policies are those that the caller may see', async () => {
    const query = '{ areas(order_by: { room: asc }) { room } areas_aggregate { aggregate { count } } }'
    expect(await music.ask(query, {}, anon)).toEqual({
      areas: [{ room: 1 }, { room: 3 }],
      areas_aggregate: { aggregate: { count: 2 } },
    })
    expect((await music.ask(query, {}, service)).areas).toHaveLength(3)
  })

  it('values of a set have the limit of every list', async () => {
    const query =
      '{ room(where: { id: { _eq: 3 } }) { words multiples(args: { up_to: 9 }) walls(limit: 1) { part } } sizes(args: { up_to: 9 }) { width } }'
    expect(await music.ask(query, {}, service)).toEqual({
      room: [{ words: ['c', 'e', 'l'], multiples: [3, 6, 9], walls: [{ part: 1 }] }],
      sizes: [{ width: 1 }, { width: 2 }, { width: 3 }],
    })
  })

  it('an overload is called by its arguments, whoever may call the others', async () => {
    expect(await music.ask('{ price_by_room_days(args: { room: 1, days: 2 }) }', {}, anon)).toEqual({ price_by_room_days: 200 })
    expect((await music.refusal('{ price(args: { room: 1 }) }', {}, anon)).message).toBe("field 'price' not found in type: 'query_root'")
  })

  it('what is left out is said with the reason', () => {
    expect(reasonsOf(music).toSorted()).toEqual([
      ['any_array(anyarray)', 'its argument "a" has the type anyarray, of which there is no input'],
      ['any_of(anyelement)', 'its argument "a" has the type anyelement, of which there is no input'],
      ['nameless()', 'it returns record: name its columns with OUT or RETURNS TABLE'],
      ['odd-name()', 'its name cannot stand in a schema, or other functions have it; give it one with @graphql({"name": …})'],
      ['odd_argument(integer)', 'an argument without default has a name that GraphQL cannot have'],
      ['of_room(integer, public.room)', 'its argument "r" takes rows of a table, of which there is no input'],
      ['swept(public.room)', 'it computes over rows of public.room but is volatile: declare it STABLE or IMMUTABLE'],
    ])
  })
})

it('a name keeps its meaning when an overload is added: the new one is called by its arguments, or nobody has the name any more', async () => {
  await using music = await Music.start({}, (database) =>
    database.sql(`create function tax(net int) returns text language sql immutable as $$ select 'net' $$;
      create function rate(a int) returns text language sql immutable as $$ select 'int' $$`),
  )
  expect(await music.ask('{ tax(args: { net: 1 }) rate(args: { a: 1 }) }')).toEqual({ tax: 'net', rate: 'int' })
  await music.database.sql(`create function tax(net int, country text) returns text language sql immutable as $$ select 'country' $$;
    create function rate(a text) returns text language sql immutable as $$ select 'text' $$;
    create function same(hasura_session json) returns int language sql immutable as 'select 1';
    create function same() returns int language sql immutable as 'select 2'`)
  await music.catalog.reload()
  expect(await music.ask('{ tax(args: { net: 1 }) tax_by_net_country(args: { net: 1, country: "x" }) }')).toEqual({
    tax: 'net',
    tax_by_net_country: 'country',
  })
  expect((await music.refusal('{ rate(args: { a: 1 }) }')).message).toBe("field 'rate' not found in type: 'query_root'")
  expect(await music.ask('{ rate_by_a_int4(args: { a: 1 }) rate_by_a_text(args: { a: "1" }) }')).toEqual({
    rate_by_a_int4: 'int',
    rate_by_a_text: 'text',
  })
  expect(reasonsOf(music).map(([of]) => of)).toEqual(['same(json)', 'same()'])
  await music.database.sql(`comment on function rate(a text) is '@graphql({"name": "rate_of_text"})'`)
  await music.catalog.reload()
  expect(await music.ask('{ rate(args: { a: 1 }) rate_of_text(args: { a: "1" }) }')).toEqual({ rate: 'int', rate_of_text: 'text' })
})

it('a table keeps its name when the type of a function would have it', async () => {
  await using music = await Music.start({}, (database) =>
    database.sql(`create table found_result (id int primary key); create table sum_result_bool_exp (id int primary key);
      grant select on found_result, sum_result_bool_exp to anon;
      create function found() returns table (n int) language sql stable as 'select 1';
      create function sum() returns table (n int) language sql stable as 'select 1'`),
  )
  expect(await music.ask('{ found_result { id } sum_result_bool_exp { id } }')).toEqual({ found_result: [], sum_result_bool_exp: [] })
  for (const name of ['found', 'sum'])
    expect((await music.refusal(`{ ${name} { n } }`)).message).toBe(`field '${name}' not found in type: 'query_root'`)
  expect(reasonsOf(music).map(([of]) => of)).toEqual(['found()', 'sum()'])
})
