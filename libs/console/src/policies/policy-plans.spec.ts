import { describe, expect, it } from 'vitest'
import type { Policy, PolicyInput } from '../admin-api.types.ts'
import type { TableFacts } from '../tables/table-facts.ts'
import { planCreatePolicy } from './create-policy.ts'
import { summarizePolicy } from './policy-summary.ts'

const policy = (part: Partial<Policy>): Policy => ({
  schema: 'public',
  table: 't',
  name: 'p',
  command: 'select',
  roles: ['authenticated'],
  permissive: true,
  using: 'true',
  check: null,
  summary: '',
  ...part,
})

describe('summarizePolicy', () => {
  it.each<[Partial<Policy>, string]>([
    [{}, 'Signed-in users may read every row.'],
    [{ roles: ['anon', 'authenticated'] }, 'Visitors without sign-in and signed-in users may read every row.'],
    [{ roles: ['public', 'editor'] }, 'Everyone may read every row.'],
    [
      { roles: ['editor'], command: 'delete', using: '(auth.uid() = owner)' },
      'The role editor may delete rows whose owner is the signed-in user.',
    ],
    [{ using: '(( SELECT auth.uid() AS uid) = user_id)' }, 'Signed-in users may read rows whose user_id is the signed-in user.'],
    [
      { using: '(owner = auth.uid())', command: 'all', check: '(owner = auth.uid())' },
      'Signed-in users may read and change rows whose owner is the signed-in user.',
    ],
    [{ command: 'insert', using: null, check: '(score < 10)' }, 'Signed-in users may insert rows where (score < 10).'],
    [
      { command: 'update', using: '(a > 1)', check: 'true' },
      'Signed-in users may update rows where (a > 1); what is written must be any row.',
    ],
    [{ using: 'false' }, 'Signed-in users may read no row.'],
    [{ permissive: false, using: '(tenant = 1)' }, 'Signed-in users may read only rows where (tenant = 1) (on top of the other policies).'],
    [{ using: '((auth.uid() = a) OR (b = 2))' }, 'Signed-in users may read rows where ((auth.uid() = a) OR (b = 2)).'],
  ])('%j', (part, summary) => {
    expect(summarizePolicy(policy(part))).toBe(summary)
  })
})

describe('planCreatePolicy', () => {
  const facts: TableFacts = {
    schema: 'public',
    name: 't',
    kind: 'table',
    columns: [],
    rowSecurity: true,
    estimatedRows: 0,
    sizeBytes: 0,
    policies: ['other'],
    serialSequences: [],
    grantedRoles: ['anon'],
  }
  const input: PolicyInput = {
    schema: 'public',
    table: 't',
    name: 'a "b"',
    command: 'all',
    roles: ['anon', 'public'],
    using: 'true',
    check: 'false',
  }

  it('writes the statement with every name quoted; public is a keyword', () => {
    expect(planCreatePolicy(facts, input)).toEqual({
      statements: [
        'create policy "a ""b""" on "public"."t"\n  as permissive for all to "anon", public\n  using (true)\n  with check (false)',
      ],
      lock: 'ACCESS EXCLUSIVE',
      warnings: [],
    })
  })

  it.each<[string, Partial<TableFacts>, Partial<PolicyInput>, RegExp]>([
    ['security is off', { rowSecurity: false }, {}, /no effect/],
    ['no grant', {}, { roles: ['authenticated'] }, /no grant/],
    ['the service role', {}, { roles: ['service_role'] }, /bypasses/],
    ['a restrictive one alone', { policies: [] }, { permissive: false }, /permissive one/],
    ['a function per row', {}, { using: 'auth.uid() = owner' }, /once per statement/],
  ])('warns about what keeps it from working: %s', (_what, factsPart, inputPart, warning) => {
    expect(planCreatePolicy({ ...facts, ...factsPart }, { ...input, ...inputPart }).warnings).toEqual([expect.stringMatching(warning)])
  })
})
