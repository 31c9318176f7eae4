// Scalars. Postgres checks and prints values, so a scalar only says what kinds of JSON may stand for it. A string may
// stand for any of them (Hasura's rule: Postgres coerces it).
import { GraphQLBoolean, GraphQLError, GraphQLScalarType, GraphQLString, Kind, type ValueNode } from 'graphql'
import { NumberText } from '../plan/number-text.ts'

type Accepts = 'integer' | 'number' | 'object' | 'anything'

const accepted: Readonly<Record<string, Accepts>> = {
  Int: 'integer',
  bigint: 'integer',
  smallint: 'integer',
  Float: 'number',
  float8: 'number',
  numeric: 'number',
  money: 'number',
  geometry: 'object',
  geography: 'object',
  json: 'anything',
  jsonb: 'anything',
}

/** A scalar by name; of a composite type? `String` and `Boolean` are GraphQL's own, because introspection itself uses them. */
export function makeScalar(name: string, isComposite = false): GraphQLScalarType {
  if (name === 'String') return GraphQLString
  if (name === 'Boolean') return GraphQLBoolean
  const accepts = isComposite ? 'object' : accepted[name]
  return new GraphQLScalarType({
    name,
    description: name === 'Int' ? 'A 32-bit integer.' : name === 'Float' ? 'A floating-point number.' : undefined,
    parseValue: (value) => {
      if (!isAcceptable(value, accepts))
        throw new GraphQLError(`expected ${wordsFor(name, accepts)} for type '${name}', but found ${describeValue(value)}`)
      return value
    },
    parseLiteral: (node) => {
      if (!isAcceptableLiteral(node, accepts))
        throw new GraphQLError(`expected ${wordsFor(name, accepts)} for type '${name}', but found ${describeLiteral(node)}`, {
          nodes: node,
        })
      return null
    },
  })
}

function isAcceptable(value: unknown, accepts: Accepts | undefined): boolean {
  if (accepts === 'anything') return true
  if (typeof value === 'string') return true
  // Validated before by what it rounds to.
  if (value instanceof NumberText) return accepts !== 'object'
  if (accepts === 'integer') return Number.isInteger(value)
  if (accepts === 'number') return typeof value === 'number'
  if (accepts === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  // Other types are given as text; numbers and booleans are let through to Postgres, which knows their syntax.
  return typeof value === 'number' || typeof value === 'boolean'
}

function isAcceptableLiteral(node: ValueNode, accepts: Accepts | undefined): boolean {
  if (accepts === 'anything' || node.kind === Kind.STRING) return true
  if (accepts === 'object') return node.kind === Kind.OBJECT
  if (node.kind === Kind.INT) return true
  if (node.kind === Kind.FLOAT) return accepts !== 'integer'
  return accepts === undefined && (node.kind === Kind.BOOLEAN || node.kind === Kind.ENUM)
}

function wordsFor(name: string, accepts: Accepts | undefined): string {
  if (accepts === 'object' && accepted[name] === 'object') return 'a GeoJSON geometry'
  const words: Partial<Record<Accepts, string>> = { integer: 'an integer', number: 'a number', object: 'an object' }
  return (accepts === undefined ? undefined : words[accepts]) ?? 'a string'
}

/** `null`, `a string`, `an object` … as error messages call a JSON value. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof NumberText) return 'a number'
  return { string: 'a string', number: 'a number', boolean: 'a boolean' }[typeof value as string] ?? 'an object'
}

/** The same for a literal of a document. */
export function describeLiteral(node: ValueNode): string {
  const words: Partial<Record<ValueNode['kind'], string>> = {
    [Kind.NULL]: 'null',
    [Kind.STRING]: 'a string',
    [Kind.INT]: 'a number',
    [Kind.FLOAT]: 'a number',
    [Kind.BOOLEAN]: 'a boolean',
    [Kind.LIST]: 'a list',
    [Kind.ENUM]: 'an enum value',
  }
  return words[node.kind] ?? 'an object'
}
