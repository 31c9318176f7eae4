import { expect, it } from 'vitest'
import { sharedClaims } from './shared-claims.ts'

function principal(claims: Record<string, unknown>) {
  return { claims, claimsJson: JSON.stringify(claims) }
}

it('callers share what is read, and the role; the run has no other claim', () => {
  const one = principal({ sub: 'a', role: 'authenticated', org: 'x', exp: 1 })
  const two = principal({ sub: 'b', exp: 2, org: 'x', role: 'authenticated' })
  expect(sharedClaims(one, new Set(['org']))).toBe('{"org":"x","role":"authenticated"}')
  expect(sharedClaims(two, new Set(['org']))).toBe(sharedClaims(one, new Set(['org'])))
  expect(sharedClaims(one, new Set(['sub']))).not.toBe(sharedClaims(two, new Set(['sub'])))
  expect(sharedClaims(one, new Set(['missing']))).toBe('{"role":"authenticated"}')
})

it('everything is kept where any claim may be read, or where a number would be printed anew', () => {
  const caller = { claims: { role: 'r', level: 1 }, claimsJson: '{"role":"r","level":1.0}' }
  expect(sharedClaims(caller, 'all')).toBe(caller.claimsJson)
  expect(sharedClaims(caller, new Set(['level']))).toBe(caller.claimsJson)
  expect(sharedClaims({ ...caller, claims: { role: 'r', level: { deep: [1] } } }, new Set(['level']))).toBe(caller.claimsJson)
  expect(sharedClaims(caller, new Set(['sub']))).toBe('{"role":"r"}')
})
