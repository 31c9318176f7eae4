import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ServedApp } from './served-app.ts'

const { user, service } = ServedApp.headers
const query = 'query Q($id: Int!) { artist_by_pk(id: $id) { name } }'
const sha256Hash = createHash('sha256').update(query).digest('hex')
const persisted = (hash = sha256Hash) => ({ persistedQuery: { version: 1, sha256Hash: hash } })

describe('documents that clients do not send in full', () => {
  let served: ServedApp
  beforeAll(async () => {
    served = await ServedApp.start()
  })
  afterAll(() => served[Symbol.asyncDispose]())
  afterEach(async () => {
    await served.settings.patch('graphql', { allowListEnabled: null, persistedQueriesEnabled: null })
    for (const { hash } of await served.allowList.list()) await served.allowList.remove(hash)
  })

  it('a hash is refused until its document came with it, and then answers under the rights of whoever sends it', async () => {
    const secret = '{ secret { word } }'
    const hash = createHash('sha256').update(secret).digest('hex')
    const unknown = await served.post({ extensions: persisted(hash) }, service)
    expect(unknown.status).toBe(200)
    expect(unknown.body.errors[0]).toMatchObject({
      message: 'PersistedQueryNotFound',
      extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
    })
    expect((await served.post({ query: secret, extensions: persisted(hash) }, service)).body).toEqual({
      data: { secret: [{ word: 'xyzzy' }] },
    })
    expect((await served.post({ extensions: persisted(hash) }, service)).body).toEqual({ data: { secret: [{ word: 'xyzzy' }] } })
    expect(await served.refusal({ extensions: persisted(hash) })).toEqual([
      "field 'secret' not found in type: 'query_root'",
      'validation-failed',
    ])
  })

  it('a registered document is found by GET and in a batch, with variables and the operation’s name', async () => {
    await served.post({ query, variables: { id: 1 }, extensions: persisted() })
    const got = await served.get({ extensions: JSON.stringify(persisted()), variables: '{"id":2}', operationName: 'Q' })
    expect(got.body).toEqual({ data: { artist_by_pk: { name: 'Bach' } } })
    const batch = await served.post([{ query: null, extensions: persisted(), variables: { id: 1 } }, { query: '{ __typename }' }])
    expect(batch.body).toEqual([{ data: { artist_by_pk: { name: 'AC/DC' } } }, { data: { __typename: 'query_root' } }])
  })

  it('a hash that is not the document’s, another version, or no hash at all is refused', async () => {
    expect(await served.refusal({ query: '{ __typename }', extensions: persisted() })).toEqual([
      'The hash is not that of the document.',
      'bad-request',
    ])
    for (const wrong of [{ version: 2, sha256Hash }, { version: 1, sha256Hash: 'x' }, { version: 1 }, 'x'])
      expect((await served.post({ query, extensions: { persistedQuery: wrong } })).status).toBe(400)
  })

  it('a document that is none is not registered', async () => {
    const broken = '{ nope }'
    const hash = createHash('sha256').update(broken).digest('hex')
    expect((await served.refusal({ query: broken, extensions: persisted(hash) }))[1]).toBe('validation-failed')
    expect((await served.refusal({ extensions: persisted(hash) }))[0]).toBe('PersistedQueryNotFound')
  })

  it('very many documents of a stranger push each other out: memory is bounded, and plans are still found', async () => {
    // 200 documents of 100 kB, twice that in memory, where 16 MB are kept.
    const documents = Array.from({ length: 200 }, (_, i) => `{ __typename } # ${i} ${'x'.repeat(100_000)}`)
    const hashes = documents.map((document) => createHash('sha256').update(document).digest('hex'))
    for (const [i, document] of documents.entries())
      expect((await served.post({ query: document, extensions: persisted(hashes[i]) })).body).toEqual({
        data: { __typename: 'query_root' },
      })
    const known: boolean[] = []
    for (const hash of hashes) known.push('data' in (await served.post({ extensions: persisted(hash) })).body)
    const kept = known.filter(Boolean).length
    expect(kept).toBeGreaterThan(70)
    expect(kept).toBeLessThan(81)
    expect(known.lastIndexOf(false)).toBe(200 - kept - 1)
    await served.post({ query, variables: { id: 1 }, extensions: persisted() })
    expect((await served.post({ extensions: persisted(), variables: { id: 2 } })).body).toEqual({
      data: { artist_by_pk: { name: 'Bach' } },
    })
  })

  it('says that it does not support hashes when the owner has switched them off', async () => {
    await served.post({ query, variables: { id: 1 }, extensions: persisted() })
    await served.settings.patch('graphql', { persistedQueriesEnabled: false })
    const refused = await served.post({ extensions: persisted(), variables: { id: 1 } })
    expect(refused.body.errors[0]).toMatchObject({
      message: 'PersistedQueryNotSupported',
      extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
    })
    expect((await served.post({ query, variables: { id: 1 }, extensions: persisted() })).body).toHaveProperty('data')
  })

  it('with the allow-list on, documents run that are on it: by text, hash and name; service_role runs anything', async () => {
    await served.allowList.add({ document: query, name: 'artist' })
    await served.settings.patch('graphql', { allowListEnabled: true })
    const variables = { id: 1 }
    const answer = { data: { artist_by_pk: { name: 'AC/DC' } } }
    for (const sent of [
      { query },
      { documentId: 'artist' },
      { documentId: `sha256:${sha256Hash}` },
      { documentId: sha256Hash },
      { extensions: persisted() },
    ]) {
      expect((await served.post({ ...sent, variables })).body, JSON.stringify(sent)).toEqual(answer)
      expect((await served.post({ ...sent, variables }, user)).body, JSON.stringify(sent)).toEqual(answer)
    }
    const withTypes = 'query Q($id: Int!) {\n  artist_by_pk(id: $id) { name __typename } # for the cache\n}'
    expect((await served.post({ query: withTypes, variables })).body.data.artist_by_pk).toEqual({ name: 'AC/DC', __typename: 'artist' })
    const other = { query: '{ artist { id } }' }
    for (const sent of [
      other,
      { query: '{ __schema { queryType { name } } }' },
      { ...other, extensions: persisted(createHash('sha256').update(other.query).digest('hex')) },
    ])
      expect(await served.refusal(sent, user)).toEqual(['query is not allowed', 'validation-failed'])
    expect((await served.post(other, service)).body.data.artist).toHaveLength(3)
    expect(await served.refusal({ documentId: 'other' })).toEqual(['No document is known by this id.', 'validation-failed'])
  })

  it('a plan made before the list was switched on or shortened is not used any more', async () => {
    const ask = () => served.post({ query, variables: { id: 1 } })
    for (let i = 0; i < 3; i++) expect((await ask()).body).toHaveProperty('data')
    await served.settings.patch('graphql', { allowListEnabled: true })
    expect((await ask()).body.errors[0].message).toBe('query is not allowed')
    const { hash } = await served.allowList.add({ document: query })
    for (let i = 0; i < 3; i++) expect((await ask()).body).toHaveProperty('data')
    await served.allowList.remove(hash)
    expect((await ask()).body.errors[0].message).toBe('query is not allowed')
  })

  it('the list takes documents that parse, under names that nobody else has', async () => {
    const { allowList } = served
    const first = await allowList.add({ document: query, name: 'one' })
    expect(first).toMatchObject({ hash: sha256Hash, name: 'one', document: query })
    expect(await allowList.add({ document: query, name: 'two' })).toMatchObject({ hash: sha256Hash, name: 'two' })
    expect([allowList.find('one'), allowList.find('two')]).toEqual([undefined, query])
    await expect(allowList.add({ document: '{ a }', name: 'two' })).rejects.toMatchObject({ code: 'document_name_taken' })
    await expect(allowList.add({ document: '{' })).rejects.toMatchObject({ code: 'document_invalid' })
    for (const name of ['', 'a b', 'x'.repeat(201), 'a'.repeat(64), `sha256:${sha256Hash}`])
      await expect(allowList.add({ document: '{ a }', name }), name).rejects.toMatchObject({ code: 'document_name_invalid' })
    await expect(allowList.remove('0')).rejects.toMatchObject({ code: 'document_not_found' })
  })
})
