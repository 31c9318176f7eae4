import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

const nobody = { headers: {} }
const person = { email: 'First@Example.com', password: 'correct horse battery' }

describe('the first owner by link', () => {
  let app: AdminApp
  beforeAll(async () => (app = await startAdminApp()))
  afterAll(async () => app[Symbol.asyncDispose]())

  it('is made with the token of the newest start, once, by one of many who try', async () => {
    const older = (await app.setup.begin())!
    const token = (await app.setup.begin())!
    expect((await app.call('GET', '/setup', undefined, nobody)).body).toEqual({ needed: true })
    for (const wrong of [older, 'guess']) {
      const { status, body } = await app.call('POST', '/setup', { token: wrong, ...person }, nobody)
      expect([status, body.error.code]).toEqual([403, 'setup_token_wrong'])
    }
    const weak = await app.call('POST', '/setup', { token, email: person.email, password: 'short' }, nobody)
    expect([weak.status, weak.body.error.message]).toEqual([400, 'The request is not valid: password: must have at least 10 characters.'])
    const answers = await Promise.all([1, 2, 3].map(() => app.call('POST', '/setup', { token, ...person }, nobody)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409])
    const made = answers.find((answer) => answer.status === 200)!
    expect(made.body).toMatchObject({ token: expect.stringMatching(/^plinth_cs_/), owner: { email: 'first@example.com' } })
    expect((await app.call('GET', '/project', undefined, { headers: { authorization: `Bearer ${made.body.token}` } })).status).toBe(200)
  })

  it('is the end of set-up', async () => {
    expect((await app.call('GET', '/setup', undefined, nobody)).body).toEqual({ needed: false })
    expect(await app.setup.begin()).toBeNull()
    expect((await app.call('POST', '/setup', { token: 'x', ...person }, nobody)).body.error.code).toBe('setup_done')
    const entries = (await app.call('GET', '/audit')).body
    expect(entries).toMatchObject([{ action: 'owner.create', actor: 'owner:first@example.com', requestId: 'req-test' }])
  })
})

describe('the first owner from the configuration', () => {
  it('is made at the first start and never changed by a later one', async () => {
    await using app = await startAdminApp({ owner: { email: 'ops@example.com', password: 'from the environment' } })
    expect(await app.setup.begin()).toBeNull()
    expect(await app.setup.begin()).toBeNull()
    const { status } = await app.call('POST', '/session', { email: 'ops@example.com', password: 'from the environment' }, nobody)
    expect(status).toBe(200)
    expect(await app.database.sql('select email from plinth.owners')).toEqual([{ email: 'ops@example.com' }])
  })
})

describe('the audit log', () => {
  it('cannot be changed or emptied, by no login', async () => {
    await using app = await startAdminApp()
    await app.sql('create table audited (id int)')
    for (const sql of ['delete from plinth.audit_log', `update plinth.audit_log set actor = 'x'`, 'truncate plinth.audit_log']) {
      await expect(app.database.superuserSql(sql)).rejects.toThrow('append-only')
    }
    expect(await app.database.sql('select action from plinth.audit_log')).toEqual([{ action: 'sql.run' }])
  })
})
