import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

// Words and winners as the documentation of the algorithm's first implementations gives them.
const states =
  'Alabama,Alaska,American Samoa,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,District of Columbia,Florida,Georgia,Guam,Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,New York,North Carolina,North Dakota,Northern Marianas Islands,Ohio,Oklahoma,Oregon,Pennsylvania,Puerto Rico,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,Virgin Islands,Washington,West Virginia,Wisconsin,Wyoming'.split(
    ',',
  )

describe('the nearest name', () => {
  it.each([
    ['Burger Islands', 'Virgin Islands'],
    ['Why-oh-me-ing', 'Wyoming'],
    ['Connect a cat', 'Connecticut'],
    ['Transylvania', 'Pennsylvania'],
    ['CanOfSauce', 'Kansas'],
    ['alaska', 'Alaska'],
    ['Alaskanbraskansas', 'Arkansas'],
  ])('%s is taken for %s', (word, winner) => {
    expect(nearestName(word, states, 0.33)).toBe(winner)
  })

  it('is not given when it is less alike than asked for', () => {
    expect(nearestName('Transylvania', states, 0.75)).toBe('Pennsylvania')
    expect(nearestName('Transylvania', states, 0.76)).toBeUndefined()
    expect(nearestName('nothing like it at all', states, 0.75)).toBeUndefined()
  })

  it('is not looked for when the word is longer than any name', () => {
    expect(nearestName('a'.repeat(10_000), ['a'.repeat(250)], 0)).toBeUndefined()
  })
})
