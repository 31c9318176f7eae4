import { describe, expect, it } from 'vitest'
import { appliedPreferences, parsePreferences, parseRange, type PreferenceRules } from './preferences.ts'
import { refusal } from '../../test/refusal.ts'

const rules: PreferenceRules = { txOverride: true, isTimezone: (name) => name === 'Europe/Berlin' }

describe('Prefer', () => {
  it('known preferences count, the first of two wins, unknown ones are left aside', () => {
    expect(parsePreferences('return=minimal, count=exact,return=representation, foo=bar', rules)).toEqual({
      return: 'minimal',
      count: 'exact',
    })
    expect(parsePreferences('tx=rollback,  timezone=Europe/Berlin, max-affected=7', rules)).toEqual({
      tx: 'rollback',
      timezone: 'Europe/Berlin',
      maxAffected: 7,
    })
    expect(parsePreferences('timezone=Mars/Olympus, handling=lenient', rules)).toEqual({ handling: 'lenient' })
  })

  it('strictly, what is unknown is refused by name; an override that the server does not allow is without effect', () => {
    expect(refusal(() => parsePreferences('handling=strict, foo=bar, count=all, timezone=Mars/Olympus', rules)).extra).toMatchObject({
      details: 'Invalid preferences: foo=bar, count=all, timezone=Mars/Olympus',
    })
    expect(parsePreferences('handling=strict, tx=rollback', { ...rules, txOverride: false })).toEqual({ handling: 'strict' })
    expect(parsePreferences('handling=strict, max-affected=many', rules)).toEqual({ handling: 'strict' })
  })

  it('names of Object.prototype are no preferences', () => {
    expect(parsePreferences('constructor=x, __proto__=y, toString=z', rules)).toEqual({})
  })

  it('what was applied is said in one order', () => {
    const all = parsePreferences(
      'max-affected=3, timezone=Europe/Berlin, handling=strict, tx=commit, count=planned, return=minimal, missing=default, resolution=merge-duplicates',
      rules,
    )
    expect(appliedPreferences(all, { resolution: true, missing: true, return: true, maxAffected: true })).toBe(
      'resolution=merge-duplicates, missing=default, return=minimal, count=planned, tx=commit, handling=strict, timezone=Europe/Berlin, max-affected=3',
    )
    expect(appliedPreferences(all, {})).toBe('count=planned, tx=commit, handling=strict, timezone=Europe/Berlin')
    expect(appliedPreferences({ maxAffected: 3 }, { maxAffected: true })).toBeUndefined()
  })
})

describe('Range', () => {
  it('rows only; what is no range is left aside, and one that ends before it begins is refused', () => {
    expect(parseRange('0-9')).toEqual({ first: 0, last: 9 })
    expect(parseRange('items=5-')).toEqual({ first: 5, last: undefined })
    for (const other of ['bytes=0-99', 'x', '-5', '1-2,4-5', '1.5-2']) expect(parseRange(other), other).toBeUndefined()
    expect(refusal(() => parseRange('9-0')).status).toBe(416)
  })
})
