import { Controller, Get, Module } from '@nestjs/common'
import { APP_FILTER, NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger, defineErrors, LOGGER } from '#libs/kernel'
import { PlatformErrorFilter } from './platform-error.ts'
import { installRequestFrame, requestIdOf } from './request-frame.ts'

const errors = defineErrors('platform_error_spec', { teapot: { status: 418, message: 'Short and stout.' } })

@Controller('things')
class ThingsController {
  @Get('refused')
  refused(): never {
    throw errors.teapot({ hint: 'Use the coffee pot.', detail: 'private fact' })
  }

  @Get('broken')
  broken(): never {
    throw new Error('connect to secret-host failed')
  }
}

let log = ''
let app: NestFastifyApplication
beforeAll(async () => {
  const destination = new Writable({ write: (chunk, _encoding, done) => ((log += String(chunk)), done()) })
  const logger = createLogger({ level: 'info', pretty: false, destination })
  @Module({
    controllers: [ThingsController],
    providers: [
      { provide: LOGGER, useValue: logger },
      { provide: APP_FILTER, useClass: PlatformErrorFilter },
    ],
  })
  class Root {}
  const adapter = new FastifyAdapter({ genReqId: requestIdOf })
  app = await NestFactory.create<NestFastifyApplication>(Root, adapter, { logger: false, abortOnError: false })
  installRequestFrame(adapter.getInstance(), { logger, onAnswered: () => undefined })
  await app.init()
})
afterAll(() => app.close())

const get = (url: string) => app.inject({ url, headers: { 'x-request-id': 'r1' } })

describe('the platform error shape', () => {
  it('shows code, message, hint and request id of a refusal, and nothing private', async () => {
    const answer = await get('/things/refused')
    expect(answer.statusCode).toBe(418)
    expect(answer.json()).toEqual({ error: { code: 'teapot', message: 'Short and stout.', hint: 'Use the coffee pot.', requestId: 'r1' } })
  })

  it('hides what an unexpected fault says and logs it under the request id', async () => {
    const answer = await get('/things/broken')
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret-host')
    expect(log).toContain('secret-host')
    expect(log).toContain('"requestId":"r1"')
  })

  it('says at an unknown path what is served', async () => {
    const answer = await get('/rset/v1/x')
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ error: { code: 'path_unknown', requestId: 'r1', message: expect.stringContaining('/rest/v1') } })
  })
})
