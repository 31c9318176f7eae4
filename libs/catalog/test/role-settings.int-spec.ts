import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { loadedCatalog, type LoadedCatalog } from './loaded-catalog.ts'

/** A role and a login of its own that may take it: roles are the whole server's, and other tests count theirs. */
async function withRole(work: (test: LoadedCatalog, role: string, login: string) => Promise<void>): Promise<void> {
  const name = randomBytes(4).toString('hex')
  const [role, login] = [`role_${name}`, `login_${name}`]
  await using test = await loadedCatalog(`create role ${role}; create role ${login} login; grant ${role} to ${login}`, { logins: [login] })
  try {
    await work(test, role, login)
  } finally {
    await test.db.superuserSql(`drop owned by ${login}; drop role ${login}; drop role ${role}`)
  }
}

it('settings of roles are those that a user may change, the database’s own last, without the search path', async () => {
  await withRole(async ({ db, service }, role, login) => {
    await db.superuserSql(`
      alter role ${role} set statement_timeout = '5s'; alter role ${role} set work_mem = '8MB'; alter role ${role} set search_path = 'pg_catalog';
      alter role ${role} set log_statement = 'all'; alter role ${role} in database ${db.name} set work_mem = '16MB';
      alter role ${role} set default_transaction_isolation = 'serializable'`)
    expect([...(await service.reload()).roleSettings.get(role)!].sort()).toEqual([
      ['default_transaction_isolation', 'serializable'],
      ['statement_timeout', '5s'],
      ['work_mem', '16MB'],
    ])
    await db.superuserSql(`grant set on parameter log_statement to ${login}`)
    expect((await service.reload()).roleSettings.get(role)!.get('log_statement')).toBe('all')
    await db.superuserSql(`alter role ${role} reset all; alter role ${role} in database ${db.name} reset all`)
    expect((await service.reload()).roleSettings.has(role)).toBe(false)
  })
})

it('a changed setting of a role is seen by the look for changes', async () => {
  await withRole(async ({ db, service }, role) => {
    await new Promise((resolve) => setTimeout(resolve, 120))
    await db.superuserSql(`alter role ${role} set statement_timeout = '6s'`)
    expect(await service.refreshIfStale()).toBe(true)
    expect(service.current().roleSettings.get(role)!.get('statement_timeout')).toBe('6s')
  })
})
