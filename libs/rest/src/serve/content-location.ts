// Content-Location of a read: its path and its parameters in a canonical order and spelling. All but the values of
// filters is the same for all requests of one plan, so a plan keeps it ready.
import { decode, isReserved, parametersOf } from '../parse/shape.ts'

/** Text, and the numbers of the slots whose values stand between. */
export type AddressRecipe = readonly (string | number)[]

/** The recipe of a read's address; undefined when values are inside of logic trees and the like. `path` is as it came in the URL. */
export function addressRecipe(path: string, query: string): AddressRecipe | undefined {
  const parameters = parametersOf(query, false).sort((a, b) => compare(a.name, b.name))
  const recipe: (string | number)[] = [`/${path}`]
  for (const [i, { name, value, head, slot }] of parameters.entries()) {
    if (slot !== undefined && (isReserved(name) || name === 'cursor')) return undefined
    const start = `${i === 0 ? '?' : '&'}${encode(name)}=`
    if (slot === undefined) recipe.push(start + encode(value))
    else recipe.push(start + encode(head), slot)
  }
  return recipe
}

/** `/todos?id=eq.1&select=%2A`: the address with a request's values. */
export function addressOf(recipe: AddressRecipe, slots: readonly string[]): string {
  let address = ''
  for (const part of recipe) address += typeof part === 'string' ? part : encode(slots[part]!)
  return address
}

/** The same without a recipe: parameters by name. */
export function contentLocation(path: string, query: string): string {
  const pairs = query
    .split('&')
    .filter((part) => part.includes('='))
    .map((part) => {
      const equals = part.indexOf('=')
      return [encode(decode(part.slice(0, equals))), encode(decode(part.slice(equals + 1)))] as const
    })
  const parameters = pairs.sort(([a], [b]) => compare(a, b)).map((pair) => pair.join('='))
  return parameters.length === 0 ? `/${path}` : `/${path}?${parameters.join('&')}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const plain = /^[\w.~-]*$/

/** Everything but letters, digits and `-_.~`. A lone surrogate is no character and has no code. */
function encode(text: string): string {
  if (plain.test(text)) return text
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
