import { describe, expect, it } from 'vitest'
import { createTestDatabase } from './harness.ts'

describe('the test harness', () => {
  it('gives every test a database of its own with roles and platform schemas', async () => {
    await using one = await createTestDatabase()
    await using two = await createTestDatabase()
    await one.sql('create table notes (id int primary key)')
    expect(await two.sql(`select to_regclass('public.notes') as found`)).toEqual([{ found: null }])
    const schemas = await one.sql<{ name: string }>(
      `select nspname as name from pg_namespace where nspname in ('auth','storage','realtime','plinth') order by 1`,
    )
    expect(schemas.map((row) => row.name)).toEqual(['auth', 'plinth', 'realtime', 'storage'])
  })

  it('runs a request under its role and claims', async () => {
    await using db = await createTestDatabase()
    const result = await db.request.run(
      { role: 'authenticated', claimsJson: '{"sub":"7f1a3d52-0000-4000-8000-000000000001"}', readOnly: true },
      { text: 'select current_user, auth.uid()', values: [] },
    )
    expect(result.rows).toEqual([['authenticated', '7f1a3d52-0000-4000-8000-000000000001']])
    expect(result.columns.map((column) => column.name)).toEqual(['current_user', 'uid'])
  })
})
