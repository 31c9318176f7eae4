import { expect, it } from 'vitest'
import type { Catalog, DatabaseFunction, Relation } from '#libs/catalog'
import { OpenApiDocuments, type DocumentRequest } from './open-api-documents.ts'

const catalogOf = (roles: readonly string[]): Catalog => ({
  version: 1,
  hash: '',
  enumValues: new Map(),
  relations: new Map<string, Relation>(),
  functions: new Map<string, readonly DatabaseFunction[]>(),
  types: new Map(),
  roles: new Set(roles),
  schemas: ['public'],
  schemaComments: new Map(),
  roleSettings: new Map(),
  mediaHandlers: [],
  geoJsonSchema: null,
  readsRequestSettings: false,
  frozenSettingReaders: [],
  writesResponseSettings: false,
  findRelation: () => undefined,
})
const server = { publicUrl: 'http://[::1]:8000', version: '1' }
const request = (role: string): DocumentRequest => ({ kind: 'swagger', schema: 'public', role })

it('keeps a document while the catalog stays, one for all roles that nobody may take', async () => {
  const documents = new OpenApiDocuments(server)
  const catalog = catalogOf(['anon'])
  const first = documents.document(catalog, request('anon'))
  expect(documents.document(catalog, request('anon'))).toBe(first)
  expect(documents.document(catalog, request('x'))).toBe(documents.document(catalog, request('y')))
  const later = documents.document(catalogOf(['anon']), request('anon'))
  expect(later).not.toBe(first)
  expect(await later).toEqual(await first)
})

it('forgets the document that nobody asked for longest, when there are too many', async () => {
  const documents = new OpenApiDocuments(server, { documents: 2, characters: 1_000_000 })
  const catalog = catalogOf(['a', 'b', 'c'])
  const [a, b] = [documents.document(catalog, request('a')), documents.document(catalog, request('b'))]
  await Promise.all([a, b])
  expect(documents.document(catalog, request('a'))).toBe(a)
  await documents.document(catalog, request('c'))
  expect(documents.document(catalog, request('a'))).toBe(a)
  expect(documents.document(catalog, request('b'))).not.toBe(b)
})

it('leaves out a host that the format has no room for', async () => {
  const { body } = await new OpenApiDocuments(server).document(catalogOf([]), request('x'))
  expect(JSON.parse(body)).toMatchObject({ basePath: '/rest/v1', schemes: ['http'] })
  expect(JSON.parse(body)).not.toHaveProperty('host')
})
