// Introspection is told without a GraphQLSchema, in slices. It must say what graphql-js says of the whole schema.
import { execute, getIntrospectionQuery, type GraphQLSchema, type IntrospectionType, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Principal } from '#libs/identity'
import { buildRoleModel } from '../src/model/build-role-model.ts'
import { buildSchema } from '../src/schema/build-schema.ts'
import { openDatabase } from './golden-databases.ts'
import { anon, Music, principal, service, user } from './music.ts'

/** Everything that there is to ask. */
const everything = getIntrospectionQuery({
  inputValueDeprecation: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  oneOf: true,
})

/** Ways to ask that tools have, with variables. */
const questions: readonly (readonly [string, Record<string, unknown>?])[] = [
  [everything],
  ['{ __typename s: __schema { __typename queryType { __typename n: name fields { name args { name type { name } } } } } }'],
  [
    '{ __schema { types { name fields { type { ...T ofType { ...T ofType { ...T } } } } } } } fragment T on __Type { kind name fields { name } }',
  ],
  ['{ __schema { types { kind name possibleTypes { name fields { name } } interfaces { name } inputFields { name defaultValue } } } }'],
  ['query ($yes: Boolean!) { __schema { types @include(if: $yes) { name } directives @skip(if: $yes) { name } } }', { yes: true }],
  ['query ($all: Boolean = true) { __schema { types { name fields(includeDeprecated: $all) { name deprecationReason } } } }'],
  [
    'query ($name: String!) { __type(name: $name) { name description fields { name } enumValues { name description } } }',
    { name: 'artist' },
  ],
  ['{ __type(name: "nothing") { name } a: __type(name: "__Type") { name kind } m: __type(name: "mutation_root") { fields { name } } }'],
]

async function asked(schema: GraphQLSchema, query: string, variableValues: Record<string, unknown>): Promise<unknown> {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  const { data, errors } = await execute({ schema, document, variableValues })
  expect(errors).toBeUndefined()
  return JSON.parse(JSON.stringify(data))
}

/** In which order types stand says nothing. */
function sorted(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item))
    return key === 'types' || key === 'possibleTypes' ? (items as { name: string }[]).sort((a, b) => (a.name < b.name ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sorted(item, name)]))
}

const roles: readonly Principal[] = [service, user, anon, principal('nobody')]

describe.each(['music', 'kinds', 'names', 'writes'])('introspection of the database %s', (name) => {
  let music: Music
  beforeAll(async () => {
    const opened = await openDatabase(name)
    if (typeof opened === 'string') throw new Error(opened)
    music = opened
  })
  afterAll(() => music[Symbol.asyncDispose]())

  it.each([false, true])('says what graphql-js says of the whole schema (at the Relay endpoint: %s)', async (relay) => {
    for (const role of roles) {
      const schema = buildSchema(buildRoleModel(music.catalog.current(), role.role, { relay }))
      const executor = relay ? music.relay : music.executor
      for (const [query, variables = {}] of questions) {
        const text = await executor.execute({ query, variables, operationName: undefined, principal: role, mayWrite: true })
        const expected = await asked(schema, query, variables)
        expect(sorted(JSON.parse(text)), `${role.role}: ${query}`).toEqual({ data: sorted(expected) })
      }
    }
  })

  it('finds every type by its name', async () => {
    const schema = buildSchema(buildRoleModel(music.catalog.current(), 'authenticated'))
    const query = 'query ($name: String!) { __type(name: $name) { kind name fields { name } inputFields { name } enumValues { name } } }'
    for (const type of Object.keys(schema.getTypeMap()))
      expect(await music.ask(query, { name: type }, user), type).toEqual(await asked(schema, query, { name: type }))
  })
})

describe('introspection', () => {
  let music: Music
  beforeAll(async () => {
    music = await Music.start()
  })
  afterAll(() => music[Symbol.asyncDispose]())

  it('stands beside rows in one answer, in the order of the document', async () => {
    const query =
      '{ before: __typename artist(limit: 1, order_by: {id: asc}) { id } __schema { queryType { name } } __type(name: "artist") { name } }'
    expect(JSON.stringify(await music.ask(query))).toBe(
      '{"before":"query_root","artist":[{"id":1}],"__schema":{"queryType":{"name":"query_root"}},"__type":{"name":"artist"}}',
    )
  })

  it('leaves out columns and constraints whose names no enum can hold, and tells the rest', async () => {
    await music.database.sql(`create table odd (id int primary key, "true" bool, "null" int constraint "false" unique, plain int unique);
      insert into odd values (1, true, 2, 3); comment on column odd.plain is '@graphql({"name": "false"})'`)
    await music.catalog.refreshIfStale()
    const query = 'query ($name: String!) { __type(name: $name) { fields { name } enumValues { name } } }'
    expect((await music.ask(query, { name: 'odd' })).__type.fields).toEqual([{ name: 'id' }])
    expect((await music.ask(query, { name: 'odd_select_column' })).__type.enumValues).toEqual([{ name: 'id' }])
    expect((await music.ask(query, { name: 'odd_constraint' })).__type.enumValues).toEqual([
      { name: 'odd_pkey' },
      { name: 'odd_plain_key' },
    ])
    expect(await music.ask('{ odd(distinct_on: id) { id } }')).toEqual({ odd: [{ id: 1 }] })
    await music.database.sql('drop table odd')
  })

  it('is the newest after a change of the database, also of what was kept', async () => {
    const names = async (): Promise<string[]> => {
      const { __schema } = await music.ask('{ __schema { types { name } } }')
      return (__schema.types as IntrospectionType[]).map(({ name }) => name)
    }
    for (let round = 0; round < 4; round++) expect(await names()).not.toContain('fresh')
    await music.database.sql('create table fresh (id int primary key)')
    await music.catalog.refreshIfStale()
    for (let round = 0; round < 4; round++) expect(await names()).toContain('fresh')
  })
})
