// A document is validated against the part of the schema that it mentions. That must judge as the whole schema does.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type GraphQLSchema, Kind, parse, validate, getVariableValues, type DocumentNode } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildRoleModel } from '../src/model/build-role-model.ts'
import type { RoleModel } from '../src/model/role-model.ts'
import { buildSchema } from '../src/schema/build-schema.ts'
import { documentSchema, mentionedIn } from '../src/schema/document-schema.ts'
import { openDatabase } from './golden-databases.ts'
import { Music } from './music.ts'

const folder = fileURLToPath(new URL('../../query/test/golden/graphql', import.meta.url))
const goldens = readdirSync(folder)
  .filter((file) => file.endsWith('.in'))
  .map((file) => {
    const [head = '', ...rest] = readFileSync(join(folder, file), 'utf8').split('\n')
    const [query = '', variables = '{}'] = rest.join('\n').split(/^---$/m)
    const [, , database = 'music'] = head.split(' ')
    return { name: file.slice(0, -'.in'.length), database, query, variables: JSON.parse(variables) as Record<string, unknown> }
  })

/** Faults that neither golden cases nor anybody's typing order would bring together. */
const more = [
  'query ($id: uuid!) { artist_by_pk(id: $id) { id } }',
  'query ($id: bigint!) { album(where: {title: {_eq: $id}}) { id } }',
  'query ($w: album_bool_exp) { artist(where: $w) { id } }',
  'query ($o: [album_order_by!]) { artist(order_by: $o) { id } }',
  'query ($w: nothing) { artist(where: $w) { id } }',
  'mutation ($o: [album_insert_input!]!) { insert_artist(objects: $o) { affected_rows } }',
  'mutation { insert_artist_one { id } }',
  'mutation { insert_artist_one(object: {name: "x"}, on_conflict: {update_columns: [name]}) { id } }',
  'mutation { update_artist(_set: {name: "x"}) { affected_rows } }',
  'mutation { update_artist_by_pk(pk_columns: {}, _set: {name: "x"}) { id } }',
  'mutation { delete_artist_by_pk { id } }',
  '{ artist(where: {constructor: {_eq: 1}}) { toString } }',
  '{ artist { ... on album { id } } }',
  '{ artist { ... on artist_aggregate { __typename } } }',
  '{ artist_aggregate { aggregate { sum { name } max { name } count(columns: [nope]) } } }',
  '{ artist_aggregate { nodes } }',
  'fragment F on album_aggregate_fields { count } { artist_aggregate { aggregate { ...F } } }',
  '{ __schema { types { name } } __type(name: "artist") { fields { name } } }',
  '{ artist @include { id } }',
  'subscription { artist_stream(batch_size: 1) { id } }',
  'subscription { artist_stream(cursor: [{initial_value: {id: 1}, ordering: UP}], batch_size: 1) { id } }',
]

function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** What is wrong with a document and its variables; what else could have been meant is told to owners only. */
function verdict(schema: GraphQLSchema, document: DocumentNode, variables: Record<string, unknown>): string[] {
  const found = validate(schema, document, undefined, { hideSuggestions: true }).map(({ message }) => message)
  if (found.length > 0) return found.slice(0, 1)
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return []
    const { errors } = getVariableValues(schema, definition.variableDefinitions ?? [], variables)
    return (errors ?? []).map(({ message }) => message.replace(/ Did you mean .*$/s, ''))
  })
}

describe('the schema of a document', () => {
  let music: Music
  const opened = new Map<string, Music | string>()
  beforeAll(async () => {
    music = await Music.start()
    opened.set('music', music)
    for (const { database } of goldens) if (!opened.has(database)) opened.set(database, await openDatabase(database))
  })
  afterAll(async () => {
    for (const each of opened.values()) if (typeof each !== 'string') await each[Symbol.asyncDispose]()
  })

  it.each([false, true])('judges every golden document as the whole schema does (at the Relay endpoint: %s)', (relay) => {
    let faults = 0
    for (const role of ['service_role', 'authenticated', 'anon']) {
      const whole = new Map<string, { model: RoleModel; schema: GraphQLSchema }>()
      for (const { name, database, query, variables } of [
        ...goldens,
        ...more.map((query) => ({ name: query, database: 'music', query, variables: {} })),
      ]) {
        const of = opened.get(database)!
        const document = parsed(query)
        if (typeof of === 'string' || document === undefined) continue
        let known = whole.get(database)
        if (known === undefined) {
          const model = buildRoleModel(of.catalog.current(), role, { relay })
          known = { model, schema: buildSchema(model) }
          whole.set(database, known)
        }
        const expected = verdict(known.schema, document, variables)
        faults += expected.length
        // A type of Postgres that the role happens to see no column of: it is told what is really wrong.
        if (expected[0] === 'Unknown type "uuid".' || expected[0] === 'Unknown type "bigint".') continue
        expect(verdict(documentSchema(known.model, mentionedIn(document, variables)), document, variables), `${role}: ${name}`).toEqual(
          expected,
        )
      }
    }
    expect(faults).toBeGreaterThan(100)
  })

  it('holds what is mentioned and little more', () => {
    const model = buildRoleModel(music.catalog.current(), 'service_role')
    const document = parse('{ album(where: {artist: {name: {_eq: "x"}}}) { title } }')
    const schema = documentSchema(model, mentionedIn(document, {}))
    expect(Object.keys(schema.getQueryType()!.getFields())).toEqual(['album', 'artist'])
    expect(schema.getType('track')).toBeUndefined()
    expect(Object.keys(schema.getTypeMap()).length).toBeLessThan(40)
    expect(Object.keys(buildSchema(model).getTypeMap()).length).toBeGreaterThan(200)
  })

  it('plans with keys of variables that came later are those of their own keys', async () => {
    const query = 'query ($w: album_bool_exp!) { album(where: $w, order_by: {id: asc}) { id } }'
    const ids = async (w: unknown): Promise<number[]> => ((await music.ask(query, { w })).album as { id: number }[]).map(({ id }) => id)
    for (let round = 0; round < 3; round++) {
      expect(await ids({ id: { _eq: 1 } })).toEqual([1])
      expect(await ids({ feel: { _is_null: true } })).toEqual([])
      expect(await ids({ feel: { _is_null: false } })).toEqual([1, 2, 3])
      expect(await ids({ artist: { name: { _eq: 'Bach' } } })).toEqual([3])
      expect(await ids({ artist: { name: { _neq: 'Bach' } } })).toEqual([1, 2])
      expect(await ids({ _not: { artist: { name: { _neq: 'Bach' } } } })).toEqual([3])
    }
  })
})
