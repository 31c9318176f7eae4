import { expect, it } from 'vitest'
import { operatorNames } from '../plan/filters/comparisons.ts'
import { enumOperators, type OperatorFamily, operatorsOf } from './operators.ts'

const families: readonly OperatorFamily[] = ['plain', 'array', 'text', 'jsonb', 'range', 'ltree', 'geometry', 'geography', 'raster']

it('every operator of the schema is planned, and nothing is planned that the schema does not have', () => {
  const offered = new Set([...families.flatMap(operatorsOf), ...enumOperators].map(({ name }) => name))
  expect([...offered].sort()).toEqual([...operatorNames].sort())
})

it('all types but raster are ordered, and enum tables only have equality', () => {
  for (const family of families) {
    const names = operatorsOf(family).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['_eq', '_neq', '_in', '_nin', '_is_null']))
    expect([family, names.includes('_gt')]).toEqual([family, family !== 'raster'])
  }
  expect(enumOperators.map(({ name }) => name)).toEqual(['_eq', '_neq', '_in', '_nin', '_is_null'])
})
