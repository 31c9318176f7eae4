import { describe, expect, it } from 'vitest'
import { createTestDatabase } from '#test/postgres'
import { openPools } from '../src/pools/open-pools.ts'

describe('trimmed pools', () => {
  it('hold no idle connection, and open one when it is needed again', async () => {
    await using db = await createTestDatabase()
    const pools = openPools(db.urls)
    const open = () => pools.stats().find((each) => each.pool === 'owner')?.total
    await pools.platform.query('select 1')
    expect(open()).toBe(1)
    pools.trim()
    expect(open()).toBe(0)
    expect(await pools.platform.query('select 2 as two')).toEqual([{ two: 2 }])
    await pools.close()
  })

  it('leave a connection in use alone', async () => {
    await using db = await createTestDatabase()
    const pools = openPools(db.urls)
    const slow = pools.platform.query('select pg_sleep(0.2), 3 as three')
    await pools.platform.query('select 1')
    pools.trim()
    expect(await slow).toMatchObject([{ three: 3 }])
    await pools.close()
  })
})
