import { expect, it } from 'vitest'
import { arrayLiteral } from './array-literal.ts'

it('array literals keep what looks like syntax, null from the word, and dimensions', () => {
  expect(arrayLiteral(['a"b', 'c\\d', 'null', '', null, '{x,y}'])).toBe('{"a\\"b","c\\\\d","null","",NULL,"{x,y}"}')
  expect(arrayLiteral([['a', null], []])).toBe('{{"a",NULL},{}}')
  expect(arrayLiteral([])).toBe('{}')
})
