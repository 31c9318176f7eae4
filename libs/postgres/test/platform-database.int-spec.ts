import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './harness.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase({ pools: { owner: { connectionsMax: 1 } } })
  await db.platform.query('create table items (id int primary key)')
})
afterAll(() => db?.dispose())

describe('the platform database', () => {
  it('works as plinth_owner and gives rows as objects', async () => {
    expect(await db.platform.query('select current_user::text as who, $1::int + 1 as next', [41])).toEqual([
      { who: 'plinth_owner', next: 42 },
    ])
    expect(await db.platform.query('select 1 as a; select 2 as b')).toEqual([{ b: 2 }])
  })

  it('keeps all of a transaction or nothing, and leaves the connection usable', async () => {
    await db.platform.transaction(async (tx) => {
      await tx.query('insert into items values (1)')
      await tx.query('insert into items values (2)')
    })
    await expect(
      db.platform.transaction(async (tx) => {
        await tx.query('insert into items values (3)')
        await tx.query('insert into items values (1)')
      }),
    ).rejects.toMatchObject({ name: 'DatabaseError', sqlstate: '23505', table: 'items', constraint: 'items_pkey' })
    expect(await db.platform.query('select id from items order by id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('tells that work went on after a failed statement instead of pretending a commit', async () => {
    await expect(
      db.platform.transaction(async (tx) => {
        await tx.query('insert into items values (4)')
        await tx.query('select 1/0').catch(() => undefined)
      }),
    ).rejects.toMatchObject({ sqlstate: '25P02' })
    expect(await db.platform.query('select id from items where id = 4')).toEqual([])
  })

  it('fails with unavailable when its connection is ended, and works again with the next statement', async () => {
    // Often, because the server's last word and the end of the socket may come together or one after the other.
    for (let round = 0; round < 20; round++) {
      const running = db.platform.query('select pg_sleep(20)').catch((error: unknown) => error)
      await expect
        .poll(
          async () =>
            (await db.superuserSql(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(20)'`)).length,
          { interval: 5 },
        )
        .toBeGreaterThan(0)
      expect(await running).toMatchObject({ area: 'postgres', code: 'unavailable', status: 503 })
      expect(await db.platform.query('select 1 as one')).toEqual([{ one: 1 }])
    }
  })
})
