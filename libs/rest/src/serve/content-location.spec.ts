import { expect, it } from 'vitest'
import { shapeOf } from '../parse/shape.ts'
import { addressOf, addressRecipe, contentLocation } from './content-location.ts'

it.each([
  ['', '/things'],
  ['&', '/things'],
  ['flag', '/things'],
  ['id=eq.1', '/things?id=eq.1'],
  ['select=*', '/things?select=%2A'],
  ['b=eq.2&a=eq.1', '/things?a=eq.1&b=eq.2'],
  ['b=gt.2&a=eq.1&b=lt.1', '/things?a=eq.1&b=gt.2&b=lt.1'],
  ['select=id,rel(a,b)&order=id.desc', '/things?order=id.desc&select=id%2Crel%28a%2Cb%29'],
  ['a=eq.x=y', '/things?a=eq.x%3Dy'],
  ['name=eq.a+b', '/things?name=eq.a%20b'],
  ['name=not.eq.%C3%A9%26', '/things?name=not.eq.%C3%A9%26'],
  ['name=eq.%0d%0aX:1', '/things?name=eq.%0D%0AX%3A1'],
  ['name=eq.\u00e9', '/things?name=eq.%C3%A9'],
  ['name=eq.100%', '/things?name=eq.100%25'],
  ["name=in.(it's,!)", '/things?name=in.%28it%27s%2C%21%29'],
])('%j becomes %s, with a recipe and without', (query, location) => {
  expect(contentLocation('things', query)).toBe(location)
  expect(addressOf(addressRecipe('things', query)!, shapeOf(query, false).values)).toBe(location)
})

it('values inside of logic trees and offsets are not taken apart', () => {
  for (const query of ['or=(a.eq.1,b.eq.2)', 'offset=10', 'a.offset=5']) expect(addressRecipe('things', query), query).toBeUndefined()
})
