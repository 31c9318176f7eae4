// The shape of a request's variables: what a plan depends on. Two requests of one document with equal shapes have the
// same statement; only the values of its parameters differ.
import {
  getNamedType,
  getNullableType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { validationFailed } from '../graphql.errors.ts'
import { exactJson, NumberText, type Variables } from './inputs.ts'

/** A variable of an operation with its declared type. */
export interface DeclaredVariable {
  readonly name: string
  readonly type: GraphQLInputType
}

/** Deeper JSON than this is refused before anything walks it. */
const DEPTH_MAX = 64
/** Longer lists take so long to be checked and printed that other requests would wait. */
const LIST_ITEMS_MAX = 100_000

const kindBits: Readonly<Record<string, number>> = { string: 1, number: 2, boolean: 4, object: 8 }

/** One bit for what JSON calls the value; whole numbers and others are two kinds. */
export function valueKind(value: unknown): number {
  if (value === null) return 16
  if (Array.isArray(value)) return 32
  if (value instanceof NumberText) return value.isInteger ? 2 : 64
  return typeof value === 'number' && !Number.isInteger(value) ? 64 : (kindBits[typeof value] ?? 0)
}

/** The key of a plan among the plans of its document. */
export function shapeOf(declared: readonly DeclaredVariable[], variables: Variables, literals: ReadonlySet<string>): string {
  let shape = ''
  for (const { name, type } of declared) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    shape += literals.has(name) ? `${value === undefined ? 'u' : exactJson(value)};` : `${valueShape(type, value, 0)};`
  }
  return shape
}

function valueShape(type: GraphQLInputType, value: unknown, depth: number): string {
  if (value === undefined) return 'u'
  if (value === null) return '_'
  if (depth > DEPTH_MAX) throw validationFailed(`the variables are nested more than ${DEPTH_MAX} levels deep`)
  if (isNonNullType(type)) return valueShape(type.ofType, value, depth)
  // A number like any other. Typed objects and enums have refused it before a plan was made.
  if (value instanceof NumberText) return 'n'
  if (isListType(type)) return listShape(type.ofType, value, depth)
  if (isInputObjectType(type)) {
    if (type.extensions['plinthRow'] === true) return rowShape(type, value, depth)
    if (type.extensions['plinthRelated'] === true) return relatedShape(type, [value], depth)
    if (typeof value !== 'object' || Array.isArray(value)) return `!${typeof value}`
    const fields = type.getFields()
    let shape = '{'
    for (const [key, item] of Object.entries(value)) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined
      // A key that the type had no reason to have before is a shape of its own, value and all.
      shape += field === undefined ? `${JSON.stringify(key)}?${exactJson(item)},` : `${key}:${valueShape(field.type, item, depth + 1)},`
    }
    return `${shape}}`
  }
  if (isEnumType(type)) return exactJson(value)
  // Booleans decide about the plan (_is_null, @include); other scalars only about their kind.
  if (typeof value === 'boolean') return value ? 't' : 'f'
  return Array.isArray(value) ? 'a' : (typeof value)[0]!
}

function listShape(itemType: GraphQLInputType, value: unknown, depth: number): string {
  const inner = isNonNullType(itemType) ? itemType.ofType : itemType
  if (!Array.isArray(value)) return valueShape(itemType, value, depth + 1)
  if (value.length > LIST_ITEMS_MAX) throw tooManyItems()
  if (isInputObjectType(inner)) {
    // One row has a statement of its own, and lies elsewhere than one that is no list's.
    if (inner.extensions['plinthRow'] === true)
      return value.length === 1 ? `1${rowShape(inner, value[0], depth)}` : `n${rowsShape(inner, value, depth)}`
    return `[${value.map((item) => valueShape(inner, item, depth + 1)).join(',')}]`
  }
  if (isEnumType(inner)) return exactJson(value)
  // One array is one parameter, whatever its length; which kinds of items it holds was validated with the plan.
  const kinds = new Set(value.map((item) => valueShape(inner, item, depth + 1)))
  return `(${[...kinds].sort().join('')})`
}

/** Keys of a row that are more than values: rows inside it, and enums, whose values were validated with the plan. */
export interface SpecialKeys {
  readonly related: ReadonlyMap<string, GraphQLInputObjectType>
  readonly enums: ReadonlySet<string>
}

const specialKeys = new WeakMap<GraphQLInputObjectType, SpecialKeys>()

/** Those of an insert input. */
export function specialKeysOf(type: GraphQLInputObjectType): SpecialKeys {
  let known = specialKeys.get(type)
  if (known === undefined) {
    const fields = Object.entries(type.getFields()).map(([name, field]) => [name, getNullableType(field.type)] as const)
    known = {
      related: new Map(fields.flatMap(([name, inner]) => (isInputObjectType(inner) ? [[name, inner] as const] : []))),
      enums: new Set(fields.flatMap(([name, inner]) => (isEnumType(inner) ? [name] : []))),
    }
    specialKeys.set(type, known)
  }
  return known
}

/** The one row of an insert: its keys as they stand, and the kinds of its values. */
function rowShape(type: GraphQLInputObjectType, row: unknown, depth: number): string {
  if (typeof row !== 'object' || row === null || Array.isArray(row) || row instanceof NumberText) return `!${typeof row}`
  const { related, enums } = specialKeysOf(type)
  let shape = 'o'
  for (const key of Object.keys(row)) {
    if (related.has(key) || enums.has(key)) return rowsShape(type, [row], depth)
    shape += `${key.length}:${key}${valueKind((row as Record<string, unknown>)[key])};`
  }
  return shape
}

/**
 * Rows to insert are one JSON parameter: the plan depends on the union of their keys, on the kinds of their values, and on
 * the same of the rows inside them.
 */
function rowsShape(type: GraphQLInputObjectType, rows: readonly unknown[], depth: number): string {
  if (depth > DEPTH_MAX) throw validationFailed(`the variables are nested more than ${DEPTH_MAX} levels deep`)
  const { related, enums } = specialKeysOf(type)
  const kinds = new Map<string, number>()
  const inside = new Map<string, unknown[]>()
  const listed = new Set<string>()
  for (const row of rows) {
    if (typeof row !== 'object' || row === null || Array.isArray(row) || row instanceof NumberText) return `!${typeof row}`
    let isOuter = false
    for (const [key, value] of Object.entries(row)) {
      const bit = valueKind(value)
      kinds.set(key, (kinds.get(key) ?? 0) | bit)
      if (related.size > 0 && bit !== 16 && related.has(key)) {
        isOuter = true
        const values = inside.get(key)
        if (values === undefined) inside.set(key, [value])
        else values.push(value)
      } else if (enums.size > 0 && enums.has(key)) listed.add(`${key}=${String(value)}`)
    }
    // Which columns stand beside rows that may determine them is checked row by row.
    if (isOuter) listed.add(Object.keys(row).sort().join())
  }
  let shape = `r${rows.length === 0 ? '0' : ''}${JSON.stringify([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)))}`
  if (listed.size > 0) shape += JSON.stringify([...listed].sort())
  for (const [key, values] of inside) shape += `${key}:${relatedShape(related.get(key)!, values, depth + 1)}`
  return shape
}

/**
 * `{data on_conflict}` of several rows: what lies in `data` counts as one list for each on_conflict, which is part of the plan as
 * it is.
 */
export function relatedShape(type: GraphQLInputObjectType, values: readonly unknown[], depth: number): string {
  const data = type.getFields()['data']
  const rowType = data === undefined ? undefined : getNamedType(data.type)
  if (!isInputObjectType(rowType)) return '!'
  const groups = new Map<string, { readonly kinds: Set<string>; readonly rows: unknown[] }>()
  let items = 0
  for (const value of values) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText) return `!${typeof value}`
    const { data: inner, ...others } = value as Record<string, unknown>
    const key = exactJson(others)
    let group = groups.get(key)
    if (group === undefined) groups.set(key, (group = { kinds: new Set(), rows: [] }))
    // A list where one row must be is refused, but not by those who print it.
    group.kinds.add(Array.isArray(inner) ? 'l' : 'o')
    if (!Array.isArray(inner)) group.rows.push(inner)
    else if (inner.length + items > LIST_ITEMS_MAX) throw tooManyItems()
    else for (const row of inner) group.rows.push(row)
    items += Array.isArray(inner) ? inner.length : 1
  }
  return [...groups].map(([key, { kinds, rows }]) => `(${[...kinds].sort().join('')}${key})${rowsShape(rowType, rows, depth)}`).join('')
}

function tooManyItems() {
  return validationFailed(`a list in the variables has more than ${LIST_ITEMS_MAX} items`)
}
