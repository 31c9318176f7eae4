import { describe, expect, it } from 'vitest'
import { HealthRegistry } from './health-registry.ts'

describe('HealthRegistry', () => {
  it('is ok when every dependency is', async () => {
    const health = new HealthRegistry()
    health.register('database', async () => undefined)
    expect(await health.report()).toMatchObject({ status: 'ok', checks: { database: { status: 'ok' } } })
  })

  it('names the dependency that fails and why, beside those that work', async () => {
    const health = new HealthRegistry()
    health.register('database', async () => undefined)
    health.register('storage', async () => 'the bucket is gone')
    expect(await health.report()).toMatchObject({
      status: 'fail',
      checks: { database: { status: 'ok' }, storage: { status: 'fail', detail: 'the bucket is gone' } },
    })
  })

  it('does not fail open: a check that throws or hangs has failed', async () => {
    const health = new HealthRegistry(20)
    health.register('throws', async () => Promise.reject(new Error('boom')))
    health.register('hangs', () => new Promise(() => undefined))
    expect(await health.report()).toMatchObject({
      status: 'fail',
      checks: { throws: { detail: 'boom' }, hangs: { detail: 'no answer within 20 ms' } },
    })
  })
})
