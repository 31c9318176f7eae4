import { describe, expect, it } from 'vitest'
import { valueReader, type ValueType } from './json-values.ts'

const type = (oid: number, element?: ValueType): ValueType => ({ oid, name: '', ...(element === undefined ? {} : { element }) })
const int8 = type(20)
const numeric = type(1700)
const text = type(25)

describe('valueReader', () => {
  it.each([
    ['bigint that a number keeps', int8, '123456789012345', 123456789012345],
    ['bigint that it does not', int8, '9007199254740993', '9007199254740993'],
    ['numeric', numeric, '-12.50', -12.5],
    ['long numeric', numeric, '0.1234567890123456', '0.1234567890123456'],
    ['numeric without a number', numeric, '-Infinity', '-Infinity'],
    ['float without a number', type(701), 'NaN', 'NaN'],
    ['boolean', type(16), 'f', false],
    ['json', type(114), '{"a": [1]}', { a: [1] }],
    ['array', type(1007, type(23)), '{1,NULL,3}', [1, null, 3]],
    ['array with its own bounds', type(1007, type(23)), '[0:1]={1,2}', [1, 2]],
    [
      'array of arrays',
      type(1009, text),
      '{{a,"b,c"},{"d\\"e","\\\\"}}',
      [
        ['a', 'b,c'],
        ['d"e', '\\'],
      ],
    ],
    ['array of the word null', type(1009, text), '{"NULL",NULL}', ['NULL', null]],
    ['empty array', type(1009, text), '{}', []],
    ['vector that prints without braces', type(22, type(21)), '1 2', '1 2'],
    ['anything else', type(1184), '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00'],
  ])('reads %s', (_what, of, wire, value) => {
    expect(valueReader(of)(wire)).toEqual(value)
  })
})
