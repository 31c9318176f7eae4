import { describe, expect, it } from 'vitest'
import { AppError } from '#libs/kernel'
import { appliedPreferences, parseAccept, parsePreferences, parseRange } from './preferences.ts'

function refusal(run: () => unknown): AppError {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('headers', () => {
  it('preferences: known ones count, the first of two wins, unknown ones are left aside or, strictly, refused', () => {
    expect(parsePreferences('return=minimal, count=exact,return=representation, foo=bar')).toEqual({ return: 'minimal', count: 'exact' })
    expect(refusal(() => parsePreferences('handling=strict, foo=bar, count=all')).extra).toMatchObject({
      details: 'Invalid preferences: foo=bar, count=all',
    })
    expect(appliedPreferences({ count: 'planned', return: 'minimal' }, ['return', 'count'])).toBe('return=minimal, count=exact')
  })

  it('media types: the best that we have, by q', () => {
    expect(parseAccept('text/html;q=0.9, application/vnd.pgrst.object+json;q=0.5, */*;q=0.1')).toBe('object')
    expect(parseAccept('application/json; charset=utf-8')).toBe('array')
    expect(refusal(() => parseAccept('application/json;q=0, text/csv')).status).toBe(406)
  })

  it('ranges: rows only, and refused when malformed', () => {
    expect(parseRange('0-9')).toEqual({ first: 0, last: 9 })
    expect(parseRange('items=5-')).toEqual({ first: 5, last: undefined })
    expect(parseRange('bytes=0-99')).toBeUndefined()
    for (const bad of ['9-0', 'x', '-5', '1-2,4-5', '1.5-2']) expect(refusal(() => parseRange(bad)).status, bad).toBe(416)
  })
})
