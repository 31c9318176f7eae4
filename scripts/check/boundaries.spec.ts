import { describe, expect, it } from 'vitest'
import { boundaryRules, findViolations } from './boundaries.mjs'

const prefix = 'scripts/check/fixtures/boundaries/'
const fixtureOf: Record<string, readonly [from: string, to: string]> = {
  'kernel-imports-nothing-of-ours': ['libs/kernel/src/index.ts', 'libs/postgres/src/index.ts'],
  'lower-tiers-only': ['libs/catalog/src/index.ts', 'libs/auth/src/index.ts'],
  'tier-3-siblings-never-meet': ['libs/auth/src/index.ts', 'libs/rest/src/index.ts'],
  'only-through-the-index': ['libs/rest/src/index.ts', 'libs/postgres/src/secret.ts'],
  'query-and-client-know-no-nest': ['libs/query/src/index.ts', 'node_modules/@nestjs/common/index.js'],
  'the-client-stands-alone': ['libs/client/src/index.ts', 'libs/kernel/src/index.ts'],
  'the-console-knows-only-the-wire': ['admin-ui/src/main.ts', 'libs/rest/src/index.ts'],
  'apps-are-nobodys-import': ['libs/storage/src/index.ts', 'apps/server/src/app.ts'],
  'no-cycles': ['libs/realtime/src/b.ts', 'libs/realtime/src/index.ts'],
}

describe('the import boundaries', async () => {
  const violations = await findViolations([prefix.slice(0, -1)], prefix)

  it('have a fixture for every rule', () => {
    expect([...new Set(boundaryRules().map((rule) => rule.name))].sort()).toEqual(Object.keys(fixtureOf).sort())
  })

  it.each(Object.entries(fixtureOf))('%s is caught', (rule, [from, to]) => {
    expect(violations).toContainEqual({
      rule,
      from: prefix + from,
      to: to.startsWith('node_modules') ? expect.stringContaining('@nestjs/common') : prefix + to,
    })
  })

  it('hold in the tree itself', async () => {
    expect(await findViolations(['libs', 'apps', 'acceptance', 'bench', 'docker', 'scripts', 'admin-ui/src'])).toEqual([])
  })
})
