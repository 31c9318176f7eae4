// Input values that can be written in the document and as JSON of a variable.
import type { Column } from './model.ts'

/** Something that can be written as a literal and as JSON. */
export interface Written {
  /** `full`: nothing in it may be a variable. */
  literal(): string
  json(): unknown
}

export function constant(literal: string, json: unknown): Written {
  return { literal: () => literal, json: () => json }
}

export function names(columns: readonly Column[]): Written {
  return listOf(columns.map(({ name }) => constant(name, name)))
}

export function listOf(items: readonly Written[]): Written {
  return { literal: () => `[${items.map((item) => item.literal()).join(', ')}]`, json: () => items.map((item) => item.json()) }
}

export function objectOf(entries: readonly (readonly [string, Written])[]): Written {
  return {
    literal: () => `{${entries.map(([name, value]) => `${name}: ${value.literal()}`).join(', ')}}`,
    json: () => Object.fromEntries(entries.map(([name, value]) => [name, value.json()])),
  }
}

/** JSON as a literal of GraphQL: keys without quotes. */
export function graphqlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(graphqlOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}: ${graphqlOf(item)}`)
    .join(', ')}}`
}
