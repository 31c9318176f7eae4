import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

let app: AdminApp
beforeAll(async () => {
  app = await startAdminApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

const user = '7f1c2f3a-6c6b-4a63-9a39-0d7a1f0a9d11'
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>
const create = (body: unknown) => app.call('POST', '/tokens', body)

describe('POST /tokens', () => {
  it('signs a token of the role with the claims, which ends after ten minutes', async () => {
    const { status, body } = await create({ role: 'authenticated', claims: { sub: user, email: 'ada@example.com', tenant: 7 } })
    expect(status).toBe(200)
    const claims = claimsOf(body.token)
    expect(claims).toMatchObject({ role: 'authenticated', sub: user, email: 'ada@example.com', tenant: 7, aud: 'authenticated' })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(600)
    expect(Date.parse(body.expiresAt)).toBe(Number(claims['exp']) * 1000)
  })

  it('is accepted where tokens are', async () => {
    const { body } = await create({ role: 'service_role' })
    expect((await app.call('GET', '/project', undefined, { headers: { authorization: `Bearer ${body.token}` } })).status).toBe(200)
    const { body: weak } = await create({ role: 'authenticated', claims: { sub: user } })
    const refused = await app.call('GET', '/project', undefined, { headers: { authorization: `Bearer ${weak.token}` } })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden_key'])
  })

  it('leaves to the platform what is its own to say', async () => {
    const { body } = await create({
      role: 'anon',
      claims: { role: 'service_role', iss: 'elsewhere', exp: 9_999_999_999, nbf: 9_999_999_999, session_id: 'x', jti: 'y' },
    })
    const claims = claimsOf(body.token)
    expect([claims['role'], claims['iss'], claims['session_id'], claims['nbf'], claims['jti']]).toEqual([
      'anon',
      'http://127.0.0.1/auth/v1',
      undefined,
      undefined,
      undefined,
    ])
    expect(Number(claims['exp'])).toBeLessThan(9_999_999_999)
  })

  it('refuses a role that the APIs may not take', async () => {
    for (const role of ['postgres', 'nosuch']) {
      const { status, body } = await create({ role })
      expect([status, body.error.code]).toEqual([400, 'role_not_found'])
    }
  })

  it('is written down with the role and the user, without the token', async () => {
    const { body } = await create({ role: 'authenticated', claims: { sub: user, secret: 'not to be kept' } })
    const [entry] = (await app.call('GET', '/audit?limit=1')).body
    expect(entry).toMatchObject({ action: 'token.create', target: 'authenticated', detail: { sub: user } })
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`not to be kept|${String(body.token).slice(0, 40)}`))
  })
})
