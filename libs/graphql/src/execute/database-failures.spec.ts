import { expect, it } from 'vitest'
import { DatabaseError } from '#libs/postgres'
import { asGraphQLFailure } from './database-failures.ts'

it.each([
  ['23001', 'constraint-violation', 'Can not delete or update due to data being referred. said'],
  ['23502', 'constraint-violation', 'Not-NULL violation. said'],
  ['23503', 'constraint-violation', 'Foreign key violation. said'],
  ['23505', 'constraint-violation', 'Uniqueness violation. said'],
  ['23P01', 'constraint-violation', 'Exclusion violation. said'],
  ['23514', 'permission-error', 'Check constraint violation. said'],
  ['44000', 'permission-error', 'check constraint of an insert/update permission has failed'],
  ['42501', 'permission-error', 'said'],
  ['22P02', 'data-exception', 'said'],
  ['22003', 'data-exception', 'said'],
  ['22025', 'bad-request', 'said'],
  ['42704', 'constraint-error', 'said'],
  ['42P10', 'constraint-error', 'there is no unique or exclusion constraint on target column(s)'],
  ['40001', 'concurrent-update', 'serialization failure due to concurrent update'],
  ['40P01', 'concurrent-update', 'said'],
  ['P0001', 'postgres-error', 'said'],
  ['PT409', 'postgres-error', 'said'],
  ['25006', 'not-supported', 'said'],
  ['54001', 'bad-request', 'The request is nested too deep for the database.'],
  ['57014', 'timeout', 'The statement ran longer than its time limit and was cancelled.'],
  ['21000', 'unexpected', 'database query error'],
  ['42P01', 'unexpected', 'database query error'],
  ['XX000', 'unexpected', 'database query error'],
])('SQLSTATE %s is %s', (sqlstate, code, message) => {
  const failure = asGraphQLFailure(new DatabaseError({ sqlstate, message: 'said' }), '$.here', true)
  expect(failure).toMatchObject({ code, message, path: '$.here', isTransport: false })
})

it('words of a policy are replaced by those that clients of Hasura know', () => {
  const message = 'new row violates row-level security policy for table "t"'
  expect(asGraphQLFailure(new DatabaseError({ sqlstate: '42501', message }), '$', true).message).toBe(
    'check constraint of an insert/update permission has failed',
  )
})

it('what nobody expected says nothing about the server', () => {
  expect(asGraphQLFailure(new TypeError('secret of /etc'), '$', true)).toMatchObject({
    code: 'unexpected',
    path: '$',
    status: 500,
    isTransport: true,
  })
  expect(asGraphQLFailure(new TypeError('secret of /etc'), '$', true).message).not.toMatch(/secret/)
})
