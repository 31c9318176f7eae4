// Every slice of the configuration, in the order of the reference.
import { blobConfig } from '#libs/blob'
import { busConfig } from '#libs/bus'
import { catalogConfig } from '#libs/catalog'
import { consoleConfig } from '#libs/console'
import { graphqlConfig } from '#libs/graphql'
import { identityConfig } from '#libs/identity'
import { readConfig } from '#libs/kernel'
import { postgresConfig } from '#libs/postgres'
import { restConfig } from '#libs/rest'
import { serverConfig } from './server.config.ts'

/** By lib; what `docs/reference/configuration.md` is made from. */
export const configurationSlices = {
  server: serverConfig,
  postgres: postgresConfig,
  identity: identityConfig,
  catalog: catalogConfig,
  rest: restConfig,
  graphql: graphqlConfig,
  blob: blobConfig,
  bus: busConfig,
  console: consoleConfig,
} as const

/** The configuration of a process, read once at start. */
export function readConfiguration(environment: NodeJS.ProcessEnv) {
  return readConfig(configurationSlices, environment)
}

/** What {@link readConfiguration} gives. */
export type Configuration = ReturnType<typeof readConfiguration>
