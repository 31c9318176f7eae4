import Fastify from 'fastify'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from '#libs/kernel'
import { type AnsweredRequest, installRequestFrame, requestIdOf } from './request-frame.ts'

function frame() {
  const answered: AnsweredRequest[] = []
  let log = ''
  const destination = new Writable({ write: (chunk, _encoding, done) => ((log += String(chunk)), done()) })
  const app = Fastify({ genReqId: requestIdOf })
  installRequestFrame(app, {
    logger: createLogger({ level: 'debug', pretty: false, destination }),
    onAnswered: (each) => answered.push(each),
  })
  app.get('/things/:id', () => ({ ok: true }))
  return { app, answered, log: () => log }
}

describe('the request frame', () => {
  it('keeps a harmless request id of the caller and replaces any other', async () => {
    const { app } = frame()
    const kept = await app.inject({ url: '/things/1', headers: { 'x-request-id': 'trace-1' } })
    const replaced = await app.inject({ url: '/things/1', headers: { 'x-request-id': 'a\nb' } })
    expect(kept.headers['x-request-id']).toBe('trace-1')
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('answers a preflight with what was asked for, for any origin', async () => {
    const { app } = frame()
    const answer = await app.inject({
      method: 'OPTIONS',
      url: '/things/1',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'apikey, prefer',
      },
    })
    expect(answer.statusCode).toBe(204)
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-headers': 'apikey, prefer' })
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH')
  })

  it('reports the route pattern and never the query string', async () => {
    const { app, answered, log } = frame()
    await app.inject('/things/7?token=s3cret')
    expect(answered).toMatchObject([{ route: '/things/:id', path: '/things/7', status: 200, method: 'GET' }])
    expect(log()).not.toContain('s3cret')
  })
})
