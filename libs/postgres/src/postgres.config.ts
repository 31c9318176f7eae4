// Which Postgres the platform uses.
import { z } from 'zod'
import { defineConfig, urlText } from '#libs/kernel'

const databaseUrl = () => urlText(['postgres:', 'postgresql:'])

/** Slice of the configuration: the database. Without a URL the embedded Postgres is used. */
export const postgresConfig = defineConfig(
  'Database',
  z.object({
    PLINTH_DATABASE_URL: databaseUrl()
      .optional()
      .describe(
        'Any Postgres >= 15 with a role that may CREATEROLE, CREATEDB and REPLICATION and owns the database. Default: the embedded Postgres 18.',
      ),
    PLINTH_DATABASE_DIRECT_URL: databaseUrl()
      .optional()
      .describe('The way around a pooler, for replication and migrations. Default: the same as PLINTH_DATABASE_URL.'),
  }),
)
