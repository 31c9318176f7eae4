import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { findInstalledPostgres } from './rest/database/installed-postgres.ts'

const installed = findInstalledPostgres()
if (typeof installed === 'string') console.log(`REST on an installed Postgres left out: ${installed}`)

const rest = (name: string, setup: string) => ({
  extends: true as const,
  test: {
    name,
    include: ['acceptance/rest/**/*.e2e.ts'],
    globalSetup: [`acceptance/rest/database/${setup}.global-setup.ts`],
    testTimeout: 20_000,
  },
})

// Black-box suites: each starts the product as a user would, on a data folder of its own, and talks to it over the wire.
// The REST suites run twice, on one server each for all of their files: over the embedded Postgres and over the one
// that the system's packages brought.
export default defineConfig({
  ssr: { resolve: { conditions: ['source', ...defaultServerConditions] } },
  test: {
    root: new URL('..', import.meta.url).pathname,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: ['acceptance/**/*.e2e.ts', 'libs/client/**/*.e2e.ts'],
          exclude: ['**/node_modules/**', 'acceptance/rest/**'],
        },
      },
      rest('REST on the embedded Postgres', 'embedded'),
      ...(typeof installed === 'string' ? [] : [rest(`REST on Postgres ${installed.major}`, 'installed')]),
    ],
  },
})
