// Requests and functions that are odd on purpose: each is answered, means what it says, and garbles nothing behind it.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')
const raising = `create function raise_it(said text, wanted text) returns int language plpgsql volatile as
    $$ begin raise sqlstate 'PGRST' using message = said, detail = wanted; end $$;
  grant execute on function raise_it to anon`

describe('odd requests', () => {
  let server: RestServer
  beforeAll(async () => {
    server = await startRest(`${schema}; ${raising}`)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('a filter on the result of a call means the same with its operator in percent signs, whatever ran before', async () => {
    const ids = async (filter: string) => {
      const { json } = await server.call('GET', `/rpc/posts_above?minimum=-1000&select=id&id=${filter}`, { as: users.ann })
      return (json as { id: number }[]).map(({ id }) => id)
    }
    const one = await ids('eq.1')
    const others = await ids('neq.1')
    expect(one).toEqual([1])
    expect(others.length).toBeGreaterThan(0)
    for (let i = 0; i < 2; i++) {
      expect(await ids('%65q.1')).toEqual(one)
      expect(await ids('%6eeq.1')).toEqual(others)
      expect(await ids('eq%2E1')).toEqual(one)
    }
  })

  it('a body that is not UTF-8 is refused, not stored as something else', async () => {
    const payload = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
    const headers = { 'content-type': 'application/json' }
    const response = await server.app.inject({ method: 'POST', url: '/rest/v1/labels', headers, payload })
    expect([response.statusCode, response.json().code]).toEqual([400, 'PGRST102'])
  })

  it('PATCH with an empty list changes nothing, also with columns', async () => {
    for (const path of ['/labels?id=eq.1', '/labels?id=eq.1&columns=name']) {
      expect((await server.call('PATCH', path, { as: 'service', body: [] })).status).toBe(204)
    }
    expect((await server.call('GET', '/labels?id=eq.1')).json).toEqual([{ id: 1, name: 'red' }])
  })

  it('an object with more keys than a table can have columns is refused as such', async () => {
    const body = Object.fromEntries(Array.from({ length: 1_601 }, (_, i) => [`k${i}`, i]))
    const answer = await server.call('POST', '/labels', { as: users.ann, body })
    expect([answer.status, answer.json.message]).toEqual([400, expect.stringMatching(/1600 keys/)])
    const rows = await server.call('POST', '/labels', { as: users.ann, body: [{ a: ': : :' }, body] })
    expect([rows.status, rows.json.message]).toEqual([400, expect.stringMatching(/1600 keys/)])
    const many = await server.call('POST', '/labels?columns=name', { as: 'service', body: [{ name: 'x', more: body }] })
    expect(many.status).toBe(201)
  })

  it.each([
    ['line breaks', 'x\r\ny', {}],
    ['letters of other scripts', 'xé一', {}],
    ['headers that frame the answer', 'x', { 'content-length': '3', 'Transfer-Encoding': 'chunked', connection: 'upgrade' }],
  ])('an error that a function makes is answered with %s in it', async (_what, code, headers) => {
    const said = JSON.stringify({ code, message: 'no' })
    const wanted = JSON.stringify({ status: 418, headers: { ...headers, 'x-mine': 'yes' } })
    const answer = await server.call('POST', '/rpc/raise_it', { body: { said, wanted } })
    expect(answer.json).toEqual({ code, details: null, hint: null, message: 'no' })
    expect([answer.status, answer.headers['x-mine'], answer.headers['transfer-encoding']]).toEqual([418, 'yes', undefined])
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.text)))
  })
})
