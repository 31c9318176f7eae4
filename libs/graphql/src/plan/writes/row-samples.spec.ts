import { GraphQLInputObjectType, GraphQLInt, GraphQLList, GraphQLNonNull } from 'graphql'
import { expect, it } from 'vitest'
import { withSampledRows } from './row-samples.ts'

const child: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: 'child_insert_input',
  fields: { n: { type: GraphQLInt } },
  extensions: { plinthRow: true },
})
const children = new GraphQLInputObjectType({
  name: 'child_arr_rel_insert_input',
  fields: { data: { type: new GraphQLNonNull(new GraphQLList(child)) } },
  extensions: { plinthRelated: true },
})
const row = new GraphQLInputObjectType({
  name: 'row_insert_input',
  fields: { a: { type: GraphQLInt }, b: { type: GraphQLInt }, children: { type: children } },
  extensions: { plinthRow: true },
})
const declared = [{ name: 'rows', type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(row))) }]
const sample = (rows: unknown[]) => withSampledRows(declared, { rows })['rows']

it('of many alike rows one is left', () => {
  expect(sample(Array.from({ length: 100 }, (_, i) => ({ a: i })))).toEqual([{ a: 0 }])
})

it('every row that shows a new key, kind or inner row is left', () => {
  const many = Array.from({ length: 60 }, (_, i) => ({ a: i }))
  const special = [
    { a: 1.5 },
    { a: 'x' },
    { a: null },
    { b: 1 },
    { a: {} },
    { a: [] },
    { unknown: 1 },
    7,
    { children: { data: [{ n: 1 }] } },
    { children: { data: [{ n: 'x' }] } },
    { children: 5 },
  ]
  expect(sample([...many, ...special, ...many])).toEqual([{ a: 0 }, ...special])
})

it('short lists stay as they are', () => {
  const variables = { rows: [{ a: 1 }, { a: 2 }] }
  expect(withSampledRows(declared, variables)).toBe(variables)
})
