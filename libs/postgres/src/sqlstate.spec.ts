import { describe, expect, it } from 'vitest'
import { httpStatusOf } from './sqlstate.ts'

const table: readonly (readonly [sqlstate: string, status: number, message?: string])[] = [
  ['08006', 503],
  ['09000', 500],
  ['0L000', 403],
  ['0P000', 403],
  ['21000', 500, 'more than one row returned by a subquery used as an expression'],
  ['21000', 400, 'UPDATE requires a WHERE clause'],
  ['22023', 401, 'role "nobody" does not exist'],
  ['22023', 400, 'invalid value for parameter'],
  ['22P02', 400],
  ['23502', 400],
  ['23503', 409],
  ['23505', 409],
  ['23514', 400],
  ['25006', 405],
  ['25P02', 500],
  ['28000', 403],
  ['2D000', 500],
  ['38000', 500],
  ['39000', 500],
  ['3B000', 500],
  ['40001', 500],
  ['42601', 400],
  ['42883', 404, 'function nope() does not exist'],
  ['42883', 406, 'function xmlagg(json) does not exist'],
  ['42P01', 404],
  ['42P17', 500],
  ['42703', 400],
  ['53300', 503],
  ['53400', 500],
  ['54001', 500],
  ['55P03', 500],
  ['57014', 500],
  ['57P01', 503],
  ['58030', 500],
  ['F0000', 500],
  ['HV000', 500],
  ['P0001', 400],
  ['P0002', 500],
  ['PT402', 402],
  ['PT999', 500],
  ['PT100', 500],
  ['PT101', 500],
  ['XX000', 500],
]

describe('httpStatusOf', () => {
  it.each(table.map(([sqlstate, status, message = '']) => ({ sqlstate, status, message })))(
    'maps $sqlstate $message to $status',
    ({ sqlstate, status, message }) => {
      expect(httpStatusOf({ sqlstate, message }, true)).toBe(status)
    },
  )
  it('answers a missing right with 403 to a caller with a token, and 401 to one without', () => {
    expect(httpStatusOf({ sqlstate: '42501', message: '' }, true)).toBe(403)
    expect(httpStatusOf({ sqlstate: '42501', message: '' }, false)).toBe(401)
  })
})
