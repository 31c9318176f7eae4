import { expect, it } from 'vitest'
import { PlanCache } from './plan-cache.ts'

const document = { operation: 'query' as never, declared: [], literals: new Set<string>(), names: new Set<string>() }
const plan = { kind: 'local' as const, data: () => '{}', literalVariables: new Set<string>() }
const limits = { documentsMax: 3, bytesMax: 100_000, plansPerDocumentMax: 2 }

it('a document is kept when it comes a second time', () => {
  const cache = new PlanCache(limits)
  cache.add('a', document, '', plan)
  expect(cache.find('a')).toBeUndefined()
  cache.add('a', document, '', plan)
  expect(cache.find('a')?.plans.get('')).toBe(plan)
})

it('documents that come once throw nobody out, and the least recently used one goes first', () => {
  const cache = new PlanCache(limits)
  for (const key of ['a', 'b', 'c']) for (let i = 0; i < 2; i++) cache.add(key, document, '', plan)
  for (let i = 0; i < 1_000; i++) cache.add(`once${i}`, document, '', plan)
  expect(cache.find('a')).toBeDefined()
  for (let i = 0; i < 2; i++) cache.add('d', document, '', plan)
  expect([cache.find('a'), cache.find('b')].map((found) => found !== undefined)).toEqual([true, false])
  expect(cache.size).toBe(3)
})

it('a document keeps a bounded number of shapes, and memory is bounded in bytes', () => {
  const cache = new PlanCache({ ...limits, bytesMax: 6_000 })
  for (const shape of ['1', '1', '2', '3']) cache.add('a', document, shape, plan)
  expect([...(cache.find('a')?.plans.keys() ?? [])]).toEqual(['2', '3'])
  for (let i = 0; i < 2; i++) cache.add('b'.repeat(2_600), document, '', plan)
  expect([cache.size, cache.find('a')]).toEqual([1, undefined])
})

it('plans are void when a variable turns out to be part of the plan', () => {
  const cache = new PlanCache(limits)
  for (let i = 0; i < 2; i++) cache.add('a', document, 's', plan)
  const other = { ...plan }
  cache.add('a', { ...document, literals: new Set(['path']) }, '"x";', other)
  cache.add('a', { ...document, literals: new Set(['path']) }, '"x";', other)
  expect([...(cache.find('a')?.plans.keys() ?? [])]).toEqual(['"x";'])
})
