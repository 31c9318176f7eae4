import { fileURLToPath } from 'node:url'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

// `unit` needs nothing but Node. `integration` shares one embedded Postgres, started once per run (libs/postgres/test).
// The black-box suites have their own configuration: acceptance/vitest.config.ts.
const everywhere = ['libs', 'apps', 'scripts', 'docker']
const files = (ending: string) => everywhere.map((folder) => `${folder}/**/*.${ending}.ts`)

export default defineConfig({
  // Workspace packages are tested from their sources, built or not.
  resolve: {
    conditions: ['source', ...defaultServerConditions],
    // @nestjs/graphql, which Node loads, has this file for graphql, and types of two copies do not go together.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(new URL('node_modules/graphql/index.js', import.meta.url)) }],
  },
  ssr: { resolve: { conditions: ['source', ...defaultServerConditions] } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: files('spec'), testTimeout: 20_000 } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: files('int-spec'),
          globalSetup: ['libs/postgres/test/cluster.global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
