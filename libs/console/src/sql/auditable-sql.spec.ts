import { expect, it } from 'vitest'
import { auditableSql } from './auditable-sql.ts'

it('the audit log keeps the beginning of a script and no passwords', () => {
  const { sql, characters, sha256 } = auditableSql(
    `create role a password 'hunter''2'; alter role b PASSWORD $$s3cret$$; create role c password 'open`,
  )
  expect(sql).toBe(`create role a password '…'; alter role b PASSWORD '…'; create role c password '…'`)
  expect([characters, sha256.length]).toEqual([98, 64])
  expect(auditableSql('x'.repeat(10_000)).sql).toHaveLength(4_000)
})
