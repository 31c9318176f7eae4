import { defineConfig } from 'vitest/config'

// Black-box suites: each starts the product as a user would, on a data folder of its own, and talks to it over the wire.
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'module', 'default'] } },
  test: {
    name: 'acceptance',
    root: new URL('..', import.meta.url).pathname,
    include: ['acceptance/**/*.e2e.ts', 'libs/client/**/*.e2e.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
