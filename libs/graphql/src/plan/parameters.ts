// Leaves of the arguments as SQL parameters: a value node whose `ref` is the recipe for the next request's value.
import { baseType } from '#libs/query'
import type { Attribute, DataType } from '#libs/catalog'
import { arrayLiteral, type ArrayItem, recordLiteral } from '#libs/postgres'
import type { ValueNode } from '#libs/query'
import { GraphQLFailure, validationFailed } from '../graphql.errors.ts'
import { isArrayType, itemType, scalarName } from '../model/names.ts'
import { describeValue } from '../schema/scalars.ts'
import { geoJsonText } from './filters/geojson-text.ts'
import { evaluate, jsonText, NumberText, type Template, type Variables } from './inputs.ts'

/** What a request's parameters may come from besides its variables. */
export interface Session {
  /** The claims of the caller as JSON: what functions get for their session argument. */
  readonly claimsJson: string
  /** Root fields that are not in the database, as JSON by response key: of resolvers, and introspection. */
  readonly outside?: ReadonlyMap<string, string>
}

/** Makes the parameter's text from the variables of a request, and from who asks where a statement is run. */
export type Recipe = (variables: Variables, session?: Session) => string | null

/** Writes a JSON value as a parameter's text. */
export type ToText = (value: unknown) => string | null

/** The caller's claims: another value in each request, whatever the variables are. */
export function sessionParameter(type: DataType): ValueNode {
  const recipe: Recipe = (_variables, session) => {
    if (session === undefined) throw new TypeError('a statement with a session argument was run without its session')
    return session.claimsJson
  }
  return { kind: 'value', value: null, type, ref: recipe }
}

/** A parameter. Constants are computed once; anything with a variable in it is computed for each request. */
export function parameter(template: Template, convert: ToText, type?: DataType | string, variables: Variables = {}): ValueNode {
  if (template.kind === 'constant') return { kind: 'value', value: convert(template.value), type }
  const recipe: Recipe = (current) => convert(evaluate(template, current))
  return { kind: 'value', value: recipe(variables), type, ref: recipe }
}

/** The text of a value for a column of that type. */
export function textFor(type: DataType, location: string): ToText {
  const plain = baseType(type)
  if (plain.kind === 'array') {
    const item = plain.base === undefined ? scalarText(type, location) : textFor(plain.base, location)
    return (value) => {
      if (value === null || value === undefined) return null
      return isArrayLiteral(value) ? storable(value, location) : arrayText(asItems(value), item)
    }
  }
  if (plain.name === 'json' || plain.name === 'jsonb') return (value) => (value === null || value === undefined ? null : jsonText(value))
  if (isSpatial(plain)) return spatialText(type, location)
  if (plain.attributes !== undefined) return recordText(plain, plain.attributes, location)
  return scalarText(type, location)
}

/** An object of the attributes, those that are left out being null; or text in Postgres' own form: `(a,b)`. */
function recordText(type: DataType, attributes: readonly Attribute[], location: string): ToText {
  const text = scalarText(type, location)
  let parts: Map<string, ToText> | undefined
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText) return text(value)
    parts ??= new Map(attributes.map((attribute) => [attribute.name, textFor(attribute.type, location)]))
    for (const name of Object.keys(value))
      if (!parts.has(name)) throw validationFailed(`field '${name}' not found in type: '${scalarName(type)}'`, location)
    const given = value as Readonly<Record<string, unknown>>
    return recordLiteral([...parts].map(([name, write]) => (Object.hasOwn(given, name) ? write(given[name]) : null)))
  }
}

/** A single value stands for a list of one, as everywhere in GraphQL. */
export function asItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Text for an array column may also be Postgres' own form of the whole array: `{a,b}`, `[2:3]={a,b}`. */
function isArrayLiteral(value: unknown): value is string {
  return typeof value === 'string' && /^\s*[[{]/.test(value)
}

/** How a value of that type is written among the JSON of a row; undefined where it stays as it came. */
export function jsonValueFor(type: DataType, location: string): ((value: unknown) => unknown) | undefined {
  if (itemType(type).attributes !== undefined) return textFor(type, location)
  return isArrayType(type) ? arrayValue : undefined
}

function arrayValue(value: unknown): unknown {
  return value === null || value === undefined || isArrayLiteral(value) ? value : asItems(value)
}

/** Is it a type whose values are GeoJSON? */
export function isSpatial(type: DataType): boolean {
  const { kind, name } = baseType(type)
  return kind === 'base' && (name === 'geometry' || name === 'geography')
}

/** GeoJSON, or text in any form that PostGIS reads. */
function spatialText(type: DataType, location: string): ToText {
  const text = scalarText(type, location)
  return (value) => {
    if (typeof value !== 'object' || value === null || value instanceof NumberText) return text(value)
    const written = geoJsonText(value)
    if (written === null)
      throw validationFailed(`expected a GeoJSON geometry for type '${scalarName(type)}', but found ${describeValue(value)}`, location)
    return written
  }
}

/** The text of a list of such values, as an array of Postgres. */
export function listTextFor(type: DataType, location: string): ToText {
  const item = textFor(type, location)
  const { name } = baseType(type)
  // A list among JSON values is a value, no array in the array.
  if (name === 'json' || name === 'jsonb') return (value) => arrayLiteral(asItems(value).map(item))
  return (value) => arrayText(asItems(value), item)
}

/** What Postgres refuses in JSON is refused as text, too: half a surrogate pair would be sent as another character, a NUL ends the text. */
export function storable(text: string, location: string): string {
  if (!text.isWellFormed()) throw new GraphQLFailure('invalid input syntax for type json', 'data-exception', location)
  if (text.includes('\0')) throw new GraphQLFailure('unsupported Unicode escape sequence', 'data-exception', location)
  return text
}

function scalarText(type: DataType, location: string): (value: unknown) => string | null {
  return (value) => {
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return storable(value, location)
    if (value instanceof NumberText) return value.text
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw validationFailed(`expected a value for type '${scalarName(type)}', but found ${describeValue(value)}`, location)
  }
}

/** An array literal of the elements' texts. */
export function arrayText(items: readonly unknown[], convert: (value: unknown) => string | null): string {
  const textOf = (item: unknown): ArrayItem => (Array.isArray(item) ? item.map(textOf) : convert(item))
  return arrayLiteral(items.map(textOf))
}

/** The text of a string. */
export function plainText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return value instanceof NumberText ? value.text : storable(String(value), '$')
}

/** LIMIT and OFFSET: a non-negative 32-bit (64-bit for offset) integer. */
export function countText(location: string, bits: 32 | 64): (value: unknown) => string | null {
  return (value) => {
    if (value === null || value === undefined) return null
    const text = plainText(value) ?? ''
    const isCount = /^\d{1,19}$/.test(text) && BigInt(text) < 2n ** BigInt(bits - 1)
    if (!isCount)
      throw validationFailed(
        `expected a non-negative ${bits}-bit integer for type 'Int', but found ${typeof value === 'object' && !(value instanceof NumberText) ? describeValue(value) : text}`,
        location,
      )
    return text
  }
}
