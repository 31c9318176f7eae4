import { expect, it } from 'vitest'
import { loadedCatalog } from './loaded-catalog.ts'

it('settings of roles are those that a user may change, the database’s own last, without the search path', async () => {
  await using test = await loadedCatalog('')
  const role = `r_${test.db.name}`
  try {
    await test.db.superuserSql(`create role ${role}; grant ${role} to plinth_api;
      alter role ${role} set statement_timeout = '5s'; alter role ${role} set work_mem = '8MB'; alter role ${role} set search_path = 'pg_catalog';
      alter role ${role} set log_statement = 'all'; alter role ${role} in database ${test.db.name} set work_mem = '16MB';
      alter role ${role} set default_transaction_isolation = 'serializable'`)
    const settings = [...(await test.service.reload()).roleSettings.get(role)!].sort()
    expect(settings).toEqual([
      ['default_transaction_isolation', 'serializable'],
      ['statement_timeout', '5s'],
      ['work_mem', '16MB'],
    ])
    await test.db.superuserSql(`grant set on parameter log_statement to plinth_api; alter role ${role} set work_mem = '1MB'`)
    const catalog = await test.service.reload()
    expect(catalog.roleSettings.get(role)!.get('log_statement')).toBe('all')
    await test.db.superuserSql(`alter role ${role} reset all; alter role ${role} in database ${test.db.name} reset all`)
    expect((await test.service.reload()).roleSettings.has(role)).toBe(false)
  } finally {
    await test.db.superuserSql(`revoke set on parameter log_statement from plinth_api; drop role ${role}`)
  }
})

it('a changed setting of a role is seen by the look for changes', async () => {
  await using test = await loadedCatalog('')
  const role = `r_${test.db.name}`
  try {
    await test.db.superuserSql(`create role ${role}; grant ${role} to plinth_api`)
    await test.service.reload()
    await new Promise((resolve) => setTimeout(resolve, 120))
    await test.db.superuserSql(`alter role ${role} set statement_timeout = '6s'`)
    expect(await test.service.refreshIfStale()).toBe(true)
    expect(test.service.current().roleSettings.get(role)!.get('statement_timeout')).toBe('6s')
  } finally {
    await test.db.superuserSql(`drop role ${role}`)
  }
})
