import { expect, it } from 'vitest'
import { arrayLiteral, recordLiteral } from './literals.ts'

it('array literals keep what looks like syntax, null from the word, and dimensions', () => {
  expect(arrayLiteral(['a"b', 'c\\d', 'null', '', null, '{x,y}'])).toBe('{"a\\"b","c\\\\d","null","",NULL,"{x,y}"}')
  expect(arrayLiteral([['a', null], []])).toBe('{{"a",NULL},{}}')
  expect(arrayLiteral([])).toBe('{}')
})

it('record literals keep what looks like syntax, and null from the empty text', () => {
  expect(recordLiteral(['a"b', 'c\\d', '', null, '(x,y)'])).toBe('("a""b","c\\\\d","",,"(x,y)")')
  expect(recordLiteral([null])).toBe('()')
})
