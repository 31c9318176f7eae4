import { expect, it } from 'vitest'
import { PersistedQueries } from './persisted-queries.ts'

it('keeps no more documents than it may, the newest and the last asked for', () => {
  const queries = new PersistedQueries({ entriesMax: 100, bytesMax: 1_000_000 })
  queries.keep('asked', 'text')
  for (let i = 0; i < 100_000; i++) {
    queries.keep(`hash ${i}`, 'document')
    queries.find('asked')
  }
  expect(queries.size).toBe(100)
  expect([queries.find('asked'), queries.find('hash 99999'), queries.find('hash 0')]).toEqual(['text', 'document', undefined])
})

it('keeps no more text than it may, and nothing that alone would be too long', () => {
  const queries = new PersistedQueries({ entriesMax: 1_000_000, bytesMax: 100_000 })
  for (let i = 0; i < 1_000; i++) queries.keep(`hash ${i}`, 'x'.repeat(1_000))
  expect(queries.size).toBe(Math.floor(100_000 / 2_300))
  queries.keep('long', 'x'.repeat(50_000))
  expect(queries.find('long')).toBeUndefined()
  expect(queries.size).toBe(Math.floor(100_000 / 2_300))
})

it('short documents in great number are counted with what they cost beside their text', () => {
  const queries = new PersistedQueries({ entriesMax: 1_000_000, bytesMax: 100_000 })
  for (let i = 0; i < 10_000; i++) queries.keep(`hash ${i}`, '')
  expect(queries.size).toBe(333)
})
