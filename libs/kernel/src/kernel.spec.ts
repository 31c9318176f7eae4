import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { AppError, defineErrors, listErrors } from './errors.ts'
import { secretsEqual, uuidv7 } from './ids.ts'
import { createLogger } from './logger.ts'

describe('errors', () => {
  const errors = defineErrors('kernel_spec', { gone: { status: 410, message: 'The {what} is gone.' } })

  it('carry code, status and filled public message; detail and cause stay private fields', () => {
    const cause = new Error('disk')
    const error = errors.gone({ params: { what: 'file' }, detail: { row: 1 }, cause })
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ area: 'kernel_spec', code: 'gone', status: 410, message: 'The file is gone.', detail: { row: 1 }, cause })
  })

  it('are listed for the reference and cannot be registered twice', () => {
    expect(listErrors()).toContainEqual({ id: 'kernel_spec/gone', status: 410, message: 'The {what} is gone.' })
    expect(() => defineErrors('kernel_spec', { gone: { status: 500, message: 'again' } })).toThrow(/twice/)
  })
})

describe('ids', () => {
  it('are valid version 7 UUIDs that sort by time', () => {
    const [early, late] = [uuidv7(1_000), uuidv7(2_000)]
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(early < late).toBe(true)
  })

  it('secrets compare by content, also with different lengths', () => {
    expect([secretsEqual('abc', 'abc'), secretsEqual('abc', 'abd'), secretsEqual('abc', 'abcd')]).toEqual([true, false, false])
  })
})

describe('logger', () => {
  it('writes no secret, at any of three levels', () => {
    let written = ''
    const destination = new Writable({ write: (chunk, _encoding, done) => ((written += String(chunk)), done()) })
    const log = createLogger({ level: 'info', pretty: false, destination })
    log.info(
      { password: 'p4ss', req: { headers: { authorization: 'Bearer abc', apikey: 'k3y' } }, body: { refresh_token: 'r3f' }, user: 'ann' },
      'request',
    )
    expect(written).toContain('ann')
    expect(written).not.toMatch(/p4ss|abc|k3y|r3f/)
  })
})
