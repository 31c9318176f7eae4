// The server of the REST suites: switched on what is off by default, two exposed schemas, the fixtures loaded.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startServer, type TestServer } from '../../server.ts'
import type { ThrowAwayCluster } from './installed-postgres.ts'

/** What the tests' processes get to know. */
export interface RestFixture {
  /** For the names of tests: `Postgres 18`. */
  readonly database: string
  readonly url: string
  readonly anonKey: string
  readonly serviceKey: string
  readonly jwtSecret: string
  /** What `plinth …` of the command line needs to find the server. */
  readonly environment: Readonly<Record<string, string>>
  /** Why nothing geographic is tested here; null where PostGIS is installed. */
  readonly noPostgis: string | null
}

declare module 'vitest' {
  export interface ProvidedContext {
    restFixture: RestFixture
  }
}

const switches = {
  PLINTH_API_SCHEMAS: 'public,personal',
  PLINTH_API_PLAN: 'true',
  PLINTH_API_AGGREGATES: 'true',
  PLINTH_API_PRE_REQUEST: 'public.before_request',
  PLINTH_API_TX_END: 'commit-allow-override',
}

/** Starts the server, loads the fixtures, provides {@link RestFixture} and resolves with what ends it. */
export async function provideRestServer(
  project: TestProject,
  options: { readonly database: string; readonly noPostgis: string | null; readonly external?: ThrowAwayCluster },
): Promise<() => Promise<void>> {
  const environment = { ...switches, ...(options.external === undefined ? {} : { PLINTH_DATABASE_URL: options.external.url }) }
  const server = await startServer({ environment })
  try {
    if (options.external === undefined) await load(server, 'fixture-role.sql')
    else {
      await options.external.administer(await readFile(new URL('fixture-role.sql', import.meta.url), 'utf8'))
      // What the server asks for at its start when its own role may not do it.
      await options.external.administer('alter role service_role bypassrls')
    }
    await load(server, 'fixture.sql')
    if (options.noPostgis === null) await load(server, 'fixture-postgis.sql')
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  const { url, anonKey, serviceKey, jwtSecret, dataDir } = server
  project.provide('restFixture', {
    database: options.database,
    url,
    anonKey,
    serviceKey,
    jwtSecret,
    environment: { ...environment, PLINTH_DATA_DIR: dataDir },
    noPostgis: options.noPostgis,
  })
  return async () => server[Symbol.asyncDispose]()
}

async function load(server: TestServer, script: string): Promise<void> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  await server.plinth('sql', '-f', path).catch((error: Error & { stderr?: string }) => {
    throw new Error(`${script} was not loaded: ${error.stderr ?? error.message}`)
  })
}
