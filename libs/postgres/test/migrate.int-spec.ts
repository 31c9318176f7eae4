import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../src/migrate/migrate.ts'
import { createTestDatabase } from './harness.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-migrations-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'migration.sql'), sql)
}

describe('migrations', () => {
  it('are applied in order, once, and one without a schema lands in plinth', async () => {
    await using db = await createTestDatabase({ migrate: false })
    await write('2_second', 'insert into first values (1);')
    await write('1_first', 'create table first (id int);')
    expect(await migrate(db.urls.owner, folder)).toEqual(['1_first', '2_second'])
    expect(await migrate(db.urls.owner, folder)).toEqual([])
    await write('3_third', 'insert into first values (2);')
    expect(await migrate(db.urls.owner, folder)).toEqual(['3_third'])
    expect(await db.sql('select id from plinth.first order by id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('are kept fully or not at all', async () => {
    await using db = await createTestDatabase({ migrate: false })
    await write('1_good', 'create table good (id int);')
    await write('2_bad', 'create table half (id int); select 1/0;')
    await expect(migrate(db.urls.owner, folder)).rejects.toMatchObject({
      code: 'migration_failed',
      params: { name: '2_bad', reason: 'division by zero' },
    })
    expect(await db.sql(`select to_regclass('plinth.good') is null as good, to_regclass('plinth.half') is null as half`)).toEqual([
      { good: false, half: true },
    ])
    await write('2_bad', 'create table half (id int);')
    expect(await migrate(db.urls.owner, folder)).toEqual(['2_bad'])
  })

  it('are applied once by two nodes that start together', async () => {
    await using db = await createTestDatabase({ migrate: false })
    await write('1_slow', 'create table once (id int); select pg_sleep(0.2);')
    await write('2_next', 'insert into once values (1);')
    const applied = await Promise.all([migrate(db.urls.owner, folder), migrate(db.urls.owner, folder)])
    expect(applied.flat().sort()).toEqual(['1_slow', '2_next'])
    expect(await db.sql('select count(*)::int as n from plinth.once')).toEqual([{ n: 1 }])
  })

  it('are refused when one was edited, is unfinished or unknown', async () => {
    await using db = await createTestDatabase({ migrate: false })
    await write('1_first', 'create table first (id int);')
    await migrate(db.urls.owner, folder)
    await write('1_first', 'create table first (id bigint);')
    await expect(migrate(db.urls.owner, folder)).rejects.toMatchObject({ code: 'migration_edited', params: { name: '1_first' } })
    await write('1_first', 'create table first (id int);')
    await db.sql(`insert into plinth._prisma_migrations (id, checksum, migration_name) values ('x', 'y', '2_other')`)
    await expect(migrate(db.urls.owner, folder)).rejects.toMatchObject({ code: 'migration_missing' })
    await write('2_other', 'select 1;')
    await expect(migrate(db.urls.owner, folder)).rejects.toMatchObject({ code: 'migration_unfinished' })
  })
})
