import { describe, expect, it } from 'vitest'
import type { Principal } from '#libs/identity'
import { asksForDenials, impersonated, otherPreferences } from './impersonation.ts'

const anonymous: Principal = { role: 'anon', claims: { role: 'anon' }, claimsJson: '{"role":"anon"}', authenticated: false }
const roles = new Set(['anon', 'authenticated'])

describe('the owner', () => {
  it('is who has the service role, and nobody else', () => {
    const service: Principal = { ...anonymous, role: 'service_role', authenticated: true }
    expect(asksForDenials(service, 'count=exact, explain-denied')).toBe(true)
    expect(asksForDenials(service, 'count=exact')).toBe(false)
    expect(asksForDenials(service, undefined)).toBe(false)
    expect(asksForDenials({ ...service, role: 'authenticated' }, 'explain-denied')).toBe(false)
    expect(asksForDenials(anonymous, 'explain-denied')).toBe(false)
  })

  it('keeps the other preferences', () => {
    expect(otherPreferences('count=exact,explain-denied , return=minimal')).toBe('count=exact, return=minimal')
    expect(otherPreferences('explain-denied')).toBeUndefined()
  })
})

describe('the user', () => {
  it('is who the claims say, or anonymous', () => {
    expect(impersonated(undefined, anonymous, roles)).toBe(anonymous)
    expect(impersonated('{"role":"authenticated","sub":"u","x":1}', anonymous, roles)).toEqual({
      role: 'authenticated',
      claims: { role: 'authenticated', sub: 'u', x: 1 },
      claimsJson: '{"role":"authenticated","sub":"u","x":1}',
      userId: 'u',
      authenticated: true,
    })
    expect(impersonated('{"sub":"u"}', anonymous, roles)).toMatchObject({ role: 'anon', authenticated: false })
  })

  it('has a role that requests may take', () => {
    for (const claims of ['{"role":"postgres"}', '{"role":1}', '{"role":null}', '"x"', 'null', '{', `{"a":"${'b'.repeat(8_200)}"}`]) {
      expect(() => impersonated(claims, anonymous, roles), claims.slice(0, 30)).toThrow('X-Plinth-Impersonate is not the claims of a user')
    }
  })
})
