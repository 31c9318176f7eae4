// Rows of a variable for validation. Whether a row is valid depends on which keys it has and of which kind their values are
// (shapes.ts), so of many rows only those are looked at that show something new.
import { type GraphQLInputObjectType, getNullableType, isInputObjectType, isListType } from 'graphql'
import type { Variables } from '../inputs.ts'
import { type DeclaredVariable, relatedShape, specialKeysOf, valueKind } from '../shapes.ts'

/** Shorter lists are validated as they are. */
const ROWS_MIN = 50

/** The variables with long lists of rows cut to samples of them; the same object when there are none. */
export function withSampledRows(declared: readonly DeclaredVariable[], variables: Variables): Variables {
  let sampled = variables
  for (const { name, type } of declared) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    const list = getNullableType(type)
    if (!Array.isArray(value) || value.length < ROWS_MIN || !isListType(list)) continue
    const row = getNullableType(list.ofType as GraphQLInputObjectType)
    if (isInputObjectType(row) && row.extensions['plinthRow'] === true) sampled = { ...sampled, [name]: sampleOf(row, value) }
  }
  return sampled
}

function sampleOf(type: GraphQLInputObjectType, rows: readonly unknown[]): unknown[] {
  const { related, enums } = specialKeysOf(type)
  const kinds = new Map<string, number>()
  const shapes = new Set<string>()
  return rows.filter((row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return true
    let isNew = false
    for (const [key, value] of Object.entries(row)) {
      const kind = valueKind(value)
      const known = kinds.get(key) ?? 0
      if ((known & kind) === 0) {
        kinds.set(key, known | kind)
        isNew = true
      }
      const inner = related.get(key)
      if (inner === undefined && !enums.has(key)) continue
      const shape = `${key}:${inner === undefined ? String(value) : relatedShape(inner, [value], 0)}`
      if (shapes.has(shape)) continue
      shapes.add(shape)
      isNew = true
    }
    return isNew
  })
}
