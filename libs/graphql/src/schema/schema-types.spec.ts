import { GraphQLNonNull } from 'graphql'
import { expect, it } from 'vitest'
import { SchemaTypes } from './schema-types.ts'

function fieldsOf(types: SchemaTypes) {
  const type = types.scalar('Int')
  const made: string[] = []
  const lazy = (name: string) => () => (made.push(name), { type })
  const kept = types.fields<{ type: unknown; defaultValue?: unknown }>({
    a: lazy('a'),
    b: lazy('b'),
    must: { type: new GraphQLNonNull(type) },
    may: { type: new GraphQLNonNull(type), defaultValue: 1 },
  })
  return { names: Object.keys(kept), made }
}

it('all fields are there when a schema is introspected', () => {
  expect(fieldsOf(new SchemaTypes()).names).toEqual(['a', 'b', 'must', 'may'])
})

it('for a document only the fields that it says are made, and those that must not be missing', () => {
  expect(fieldsOf(new SchemaTypes(new Set(['b', 'x'])))).toEqual({ names: ['b', 'must'], made: ['b'] })
})

it('a type keeps a field, because one without any is invalid', () => {
  const types = new SchemaTypes(new Set())
  const type = types.scalar('Int')
  expect(Object.keys(types.fields({ a: () => ({ type }), b: () => ({ type }) }))).toEqual(['a'])
  expect(Object.keys(types.arguments({ a: () => ({ type }) }))).toEqual([])
})

it('names that every object inherits are names like others', () => {
  const types = new SchemaTypes(new Set(['constructor']))
  const type = types.scalar('Int')
  expect(Object.keys(types.fields({ constructor: () => ({ type }), toString: () => ({ type }) }))).toEqual(['constructor'])
})

it('the error for an unknown value of an enum lists those that there are', () => {
  const names = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`v${i}`, {}]))
  const short = new SchemaTypes().enumeration('mood', 'moods', { calm: {}, loud: {} })
  expect(() => short.parseValue('x')).toThrow("expected one of the values ['calm', 'loud'] for type 'mood', but found 'x'")
  expect(() => short.parseValue(5)).toThrow("expected an enum value for type 'mood', but found a number")
  expect(short.parseValue('calm')).toBe('calm')
  expect(() => new SchemaTypes().enumeration('many', 'many', names).parseValue('x')).toThrow("'v49', …] for type 'many'")
})
