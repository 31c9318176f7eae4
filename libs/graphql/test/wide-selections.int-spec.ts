// Selections as long as an owner's limits allow.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ServedApp } from './served-app.ts'

let served: ServedApp
beforeAll(async () => {
  served = await ServedApp.start()
  await served.settings.patch('graphql', { aliasesMax: 10_000, tokensMax: 50_000, costMax: 1_000_000 })
})
afterAll(() => served[Symbol.asyncDispose]())

it('5,000 aliases in a row and in an aggregate', async () => {
  const keys = Array.from({ length: 5_000 }, (_, i) => `k${i}`)
  const { user } = ServedApp.headers
  const names = keys.map((key) => `${key}: name`).join(' ')
  const row = await served.post({ query: `{ artist_by_pk(id: 1) { ${names} } }` }, user)
  expect(row.body).toEqual({ data: { artist_by_pk: Object.fromEntries(keys.map((key) => [key, 'AC/DC'])) } })
  const counts = keys.map((key) => `${key}: count`).join(' ')
  const aggregate = await served.post({ query: `{ artist_aggregate(where: {id: {_eq: 1}}) { aggregate { ${counts} } } }` }, user)
  expect(aggregate.body).toEqual({ data: { artist_aggregate: { aggregate: Object.fromEntries(keys.map((key) => [key, 1])) } } })
})
