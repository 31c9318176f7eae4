import { describe, expect, it } from 'vitest'
import { transitionOf } from './transition.ts'

describe('what a change is for a viewer', () => {
  const unknown = undefined
  it.each([
    ['insert', false, true, 'insert'],
    ['insert', false, false, undefined],
    ['insert', false, unknown, undefined],
    ['update', true, true, 'update'],
    ['update', false, true, 'insert'],
    ['update', true, false, 'delete'],
    ['update', false, false, undefined],
    ['update', unknown, true, 'update'],
    ['update', unknown, false, undefined],
    ['update', true, unknown, undefined],
    ['delete', true, false, 'delete'],
    ['delete', false, false, undefined],
    ['delete', unknown, false, undefined],
    ['truncate', true, false, undefined],
  ] as const)('%s, before %s, after %s: %s', (type, before, after, expected) => {
    expect(transitionOf(type, { before, after })).toBe(expected)
  })
})
