import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildRoleModel } from '../src/model/build-role-model.ts'
import { namesOf } from '../src/model/catalog-names.ts'
import { nameWarnings } from '../src/model/name-warnings.ts'
import { isGenerated, nameSources, scalarNames } from '../src/model/names.ts'
import { buildSchema } from '../src/schema/build-schema.ts'
import { createTestDatabase } from '#test/postgres'
import { openDatabase } from './golden-databases.ts'
import { startServer, Told, tokenOf, userId } from './live-server.ts'
import { anon, Music, service } from './music.ts'
import { names, namesRows } from './names.sql.ts'

const builtIn = new Set(['Int', 'Float', 'String', 'Boolean', 'ID'])

describe('every type that the schema makes', () => {
  it.each(['music', 'kinds', 'names', 'writes'])('has a name that no table can take: %s', async (name) => {
    const music = await openDatabase(name)
    if (typeof music === 'string') throw new Error(music)
    const catalog = music.catalog.current()
    const sources = nameSources(catalog)
    const { byRelation } = namesOf(catalog)
    for (const relay of [false, true]) {
      const model = buildRoleModel(catalog, 'service_role', { relay })
      const known = new Set([
        ...byRelation.values(),
        ...scalarNames(catalog),
        ...builtIn,
        ...[...model.tables.values()].map(({ groupName }) => groupName),
      ])
      const types = Object.keys(buildSchema(model).getTypeMap()).filter((each) => !each.startsWith('__') && !known.has(each))
      expect(types.length).toBeGreaterThan(50)
      expect(types.filter((each) => !isGenerated(each, sources))).toEqual([])
    }
    await music[Symbol.asyncDispose]()
  })
})

describe('names by comments', () => {
  let music: Music
  beforeAll(async () => {
    music = await Music.start({}, (database) => database.sql(names + namesRows))
  })
  afterAll(() => music[Symbol.asyncDispose]())

  it('do not depend on the role', async () => {
    const document = '{ Customer(order_by: { id: asc }) { id emailAddress born_on orders { sum } } }'
    await music.database.sql('revoke select on account from anon; grant select (account_no, mail, born_on) on account to anon')
    await music.catalog.reload()
    expect(await music.ask(document, {}, anon)).toEqual(await music.ask(document, {}, service))
    const { message } = await music.refusal('{ Customer { credit } }', {}, anon)
    expect(message).toBe(`field 'credit' not found in type: 'Customer'`)
  })

  it('hold from the moment the comment is made', async () => {
    await music.database.sql(
      `comment on table purchase is '@graphql({"name": "Order"})'; comment on column purchase.state is '@graphql({"name": "phase"})'`,
    )
    await music.catalog.reload()
    expect(await music.ask('{ Order_by_pk(id: 2) { __typename phase } }')).toEqual({ Order_by_pk: { __typename: 'Order', phase: 'sent' } })
    await music.database.sql('comment on table purchase is null; comment on column purchase.state is null')
    await music.catalog.reload()
    expect(await music.ask('{ purchase_by_pk(id: 2) { state } }')).toEqual({ purchase_by_pk: { state: 'sent' } })
  })

  it('are those of the keys in variables', async () => {
    const insert =
      'mutation ($rows: [Customer_insert_input!]!) { insert_Customer(objects: $rows) { returning { id emailAddress credit } } }'
    const rows = [
      { id: 50, emailAddress: 'x@x.test', credit: '1.5', orders: { data: [{ id: 60, sum: '2' }] } },
      { id: 51, emailAddress: 'y@x.test' },
    ]
    expect(await music.ask(insert, { rows })).toEqual({
      insert_Customer: {
        returning: [
          { id: 50, emailAddress: 'x@x.test', credit: 1.5 },
          { id: 51, emailAddress: 'y@x.test', credit: 0 },
        ],
      },
    })
    expect(await music.refusal(insert, { rows: [{ account_no: 52, emailAddress: 'z@x.test' }] })).toEqual({
      code: 'validation-failed',
      message: `field 'account_no' not found in type: 'Customer_insert_input'`,
      path: '$.variables.rows[0]',
    })
  })
})

it('names may be exchanged: what is written goes to the column that is meant', async () => {
  await using music = await Music.start({}, (database) =>
    database.sql(`create table pair (id int primary key, a text, b text);
      comment on column pair.a is '@graphql({"name": "b"})'; comment on column pair.b is '@graphql({"name": "a"})';
      grant select, insert, update on pair to service_role`),
  )
  const insert = 'mutation ($rows: [pair_insert_input!]!) { insert_pair(objects: $rows) { returning { a b } } }'
  expect(await music.ask(insert, { rows: [{ id: 1, a: 'in b', b: 'in a' }] })).toEqual({
    insert_pair: { returning: [{ a: 'in b', b: 'in a' }] },
  })
  await music.ask('mutation { insert_pair_one(object: { id: 2, a: "in b" }) { id } }')
  await music.ask('mutation { update_pair(where: { a: { _eq: "in b" }, id: { _eq: 2 } }, _set: { b: "in a" }) { affected_rows } }')
  expect(await music.database.sql('select a, b from pair order by id')).toEqual([
    { a: 'in a', b: 'in b' },
    { a: 'in a', b: 'in b' },
  ])
})

it('names that the schema makes itself, or that are taken, are said', async () => {
  await using music = await Music.start({}, (database) =>
    database.sql(`create table item (id int primary key, title text);
      create table box (id int primary key); comment on table box is '@graphql({"name": "item_bool_exp"})';
      create table bag (id int primary key); comment on table bag is '@graphql({"name": "String"})';
      create table tin (id int primary key); comment on table tin is '@graphql({"name": "Tin"})';
      create function label(item) returns text language sql stable as $$ select $1.title $$; comment on function label(item) is '@graphql({"name": "title"})';
      create function one() returns int language sql stable as 'select 1';
      create function two() returns int language sql stable as 'select 2'; comment on function two() is '@graphql({"name": "one"})'`),
  )
  const said = (of: string, reason: string) =>
    `In the comment on ${of}, the option "name" is ignored: ${reason}. Choose another with COMMENT ON.`
  expect(nameWarnings(music.catalog.current()).toSorted()).toEqual(
    [
      said('public.box', 'the schema makes a type called "item_bool_exp" itself'),
      said('public.bag', 'the schema makes a type called "String" itself'),
      said('function public.label', 'another function, or a column of its row, is called "title"'),
      said('function public.two', 'another function, or a column of its row, is called "one"'),
    ].toSorted(),
  )
})

it('the cursor of a stream, and what wakes a live query, go by the column behind the name', async () => {
  await using db = await createTestDatabase()
  await db.sql(names + namesRows)
  const server = await startServer(db)
  const client = server.client(tokenOf(userId(1)))
  const stream = new Told(
    client,
    'subscription { Customer_stream(batch_size: 2, cursor: { initial_value: { id: 1 } }, where: { emailAddress: { _like: "%x.test" } }) { id emailAddress } }',
  )
  const live = new Told(
    client,
    'subscription { Customer(where: { id: { _eq: 2 } }) { emailAddress orders_aggregate { aggregate { count } } } }',
  )
  await stream.until(() => stream.results.length === 1)
  expect(stream.results[0]!.data).toEqual({
    Customer_stream: [
      { id: 2, emailAddress: 'bob@x.test' },
      { id: 3, emailAddress: 'cyd@x.test' },
    ],
  })
  await live.until(() => live.results.length === 1)
  await db.sql(
    `insert into account (account_no, mail) values (4, 'dee@x.test'); update account set mail = 'rob@x.test' where account_no = 2`,
  )
  await stream.until(() => stream.results.length === 2)
  expect(stream.results[1]!.data).toEqual({ Customer_stream: [{ id: 4, emailAddress: 'dee@x.test' }] })
  await live.until(() => live.results.length === 2)
  expect(live.results[1]!.data).toEqual({ Customer: [{ emailAddress: 'rob@x.test', orders_aggregate: { aggregate: { count: 2 } } }] })
  await server.stop()
})
