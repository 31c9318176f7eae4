import { expect, it } from 'vitest'
import { heldRenames } from './settled-names.ts'

const held = (items: readonly (readonly [own: string, wanted?: string])[], taken: readonly string[] = []) =>
  Object.fromEntries(
    heldRenames(
      items.map(([own, wanted]) => ({ item: own, own, wanted })),
      (name) => !taken.includes(name),
    ),
  )

it('a new name holds where nobody else has it', () => {
  expect(held([['a', 'x'], ['b'], ['c', 'c']])).toEqual({ a: 'x' })
  expect(held([['a', 'b'], ['b']])).toEqual({})
  expect(held([['a', 'x']], ['x'])).toEqual({})
})
it('the first of two that want one name has it', () => {
  expect(
    held([
      ['a', 'x'],
      ['b', 'x'],
    ]),
  ).toEqual({ a: 'x' })
})
it('names may be exchanged', () => {
  expect(
    held([
      ['a', 'b'],
      ['b', 'a'],
    ]),
  ).toEqual({ a: 'b', b: 'a' })
})
it('who loses the new name has the own one back', () => {
  expect(held([['a', 'c'], ['b', 'a'], ['d', 'b'], ['c']])).toEqual({})
})
