import { defineConfig } from 'vitest/config'

// One run for unit and integration tests; the embedded Postgres of `libs/postgres/test` is started once for all files.
export default defineConfig({
  oxc: { decorator: { legacy: true } },
  test: {
    include: ['libs/**/*.{spec,int-spec}.ts', 'apps/**/*.{spec,int-spec}.ts', 'scripts/**/*.spec.ts', 'docker/**/*.spec.ts'],
    globalSetup: ['libs/postgres/test/cluster.global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
