// The tiers of the house as import rules (docs/explanation: README of libs/, docs/decisions/0001). Rules are data, so
// that the same rules run over the real tree and, in boundaries.spec.ts, over fixtures that must each break one.
import { cruise } from 'dependency-cruiser'

/** A lib imports lower tiers only. */
export const tiers = [
  ['kernel'],
  ['postgres', 'blob', 'bus', 'mail'],
  ['identity', 'catalog', 'query', 'changes', 'settings', 'audit'],
  ['auth', 'rest', 'graphql', 'realtime', 'storage', 'console', 'gateway', 'observability'],
]

/** The only imports within a tier: both are pure models that the other is made of. */
const withinTier = [
  ['query', 'catalog'],
  ['changes', 'catalog'],
]

/** The rules for a tree that stands below `prefix` (empty, or ending in a slash). */
export function boundaryRules(prefix = '') {
  const lib = (names) => `^${prefix}libs/(?:${names.join('|')})/`
  const all = tiers.flat()
  const rules = []
  tiers.forEach((names, tier) => {
    for (const name of names) {
      const allowed = [name, ...tiers.slice(0, tier).flat(), ...withinTier.filter(([from]) => from === name).map(([, to]) => to)]
      const forbidden = all.filter((other) => !allowed.includes(other))
      const rule = tier === 0 ? 'kernel-imports-nothing-of-ours' : tier === 3 ? 'tier-3-siblings-never-meet' : 'lower-tiers-only'
      rules.push({
        name: rule,
        severity: 'error',
        from: { path: `${lib([name])}(src|test)`, pathNot: '/test/' },
        to: { path: lib(forbidden) },
      })
    }
  })
  return [
    ...rules,
    {
      name: 'only-through-the-index',
      severity: 'error',
      from: { path: `^${prefix}(?:libs/([^/]+)|apps|acceptance|bench|scripts|docker)/`, pathNot: `^${prefix}scripts/check/fixtures` },
      to: { path: `^${prefix}libs/[^/]+/src/`, pathNot: [`^${prefix}libs/[^/]+/src/index\\.ts$`, `^${prefix}libs/$1/`] },
    },
    {
      name: 'query-and-client-know-no-nest',
      severity: 'error',
      from: { path: `^${prefix}libs/(query|client)/src` },
      to: { path: '@nestjs/' },
    },
    {
      name: 'the-client-stands-alone',
      severity: 'error',
      from: { path: `^${prefix}libs/client/src` },
      to: { path: `^${prefix}(libs/(?!client/)|apps/)` },
    },
    {
      name: 'the-console-knows-only-the-wire',
      severity: 'error',
      from: { path: `^${prefix}admin-ui/src` },
      to: { path: `^${prefix}(libs/(?!client/|console/src/admin-api\\.types\\.ts$)|apps/)` },
    },
    {
      name: 'apps-are-nobodys-import',
      severity: 'error',
      from: { path: `^${prefix}libs/`, pathNot: '/test/' },
      to: { path: `^${prefix}apps/` },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: `^${prefix}(libs|apps)/` },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ]
}

/** Cruises folders and returns the violations as `{ rule, from, to }`. */
export async function findViolations(folders, prefix = '') {
  const result = await cruise(folders, {
    ruleSet: { forbidden: boundaryRules(prefix) },
    validate: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'prisma-client|/dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  })
  return result.output.summary.violations
    .filter((each) => each.rule.severity === 'error')
    .map((each) => ({ rule: each.rule.name, from: each.from, to: each.to }))
}
