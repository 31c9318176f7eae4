import { z } from 'zod'
import { defineSettings } from '#libs/settings'

/** What holds until an owner says otherwise; the composition takes it from the environment. */
export interface GraphqlSettingsDefaults {
  /** PLINTH_GRAPHQL_MAX_DEPTH. */
  readonly depthMax?: number
  /** PLINTH_GRAPHQL_MAX_COST. */
  readonly costMax?: number
  /** PLINTH_GRAPHQL_INTROSPECTION. */
  readonly introspection?: boolean
  /** PLINTH_API_MAX_ROWS. */
  readonly rowsMax?: number
}

const count = (max: number, byDefault: number, what: string) => z.number().int().min(1).max(max).default(byDefault).describe(what)

/** Settings of GraphQL that an owner changes while the server runs. The environment's values are their defaults. */
export function graphqlSettings(defaults: GraphqlSettingsDefaults = {}) {
  return defineSettings(
    'graphql',
    z.strictObject({
      introspection: z
        .boolean()
        .default(defaults.introspection ?? true)
        .describe('Whether clients may read the schema, as far as their role may use it. service_role always may.'),
      introspectionDeniedRoles: z
        .array(z.string().min(1).max(63))
        .max(100)
        .default([])
        .describe('Roles that may not read the schema though others may, for example anon.'),
      introspectionTablesMax: count(
        10_000,
        1_000,
        'Tables that a role may see for its schema to be told as a whole. The answer has about 0.1 MB for each table and needs several times its size in memory for a moment; 1,000 tables take about 4 s.',
      ),
      allowListEnabled: z.boolean().default(false).describe('Whether only documents of the allow-list are run. service_role is exempt.'),
      persistedQueriesEnabled: z
        .boolean()
        .default(true)
        .describe('Whether clients may register documents by their hash and then send the hash alone (automatic persisted queries).'),
      policiesMakeNullable: z
        .boolean()
        .default(false)
        .describe(
          'Whether an object relationship to a table with row-level security is nullable, as a policy may hide its row. Otherwise it is non-null where its foreign key is, and null all the same when the row is hidden.',
        ),
      errorDetails: z
        .boolean()
        .default(false)
        .describe(
          'Whether everybody sees what Postgres said about a failed operation, with its statement. For development; service_role always does.',
        ),
      depthMax: count(100, defaults.depthMax ?? 12, 'Levels of fields that an operation may be nested.'),
      costMax: count(
        10_000_000,
        defaults.costMax ?? 10_000,
        'Objects that an operation may stand for, where each list counts as at most 5 rows.',
      ),
      rowsMax: count(1_000_000, defaults.rowsMax ?? 1_000, 'Most rows of a list, whatever its limit says. Aggregates are over all rows.'),
      timeoutMs: z
        .number()
        .int()
        .min(0)
        .max(3_600_000)
        .default(0)
        .describe('How long the statements of an operation may take, in milliseconds; 0 for the limit of the database.'),
      tokensMax: count(1_000_000, 10_000, 'Words and signs of a document.'),
      aliasesMax: count(10_000, 100, 'Aliases of a document.'),
      rootFieldsMax: count(1_000, 50, 'Fields at the root of an operation.'),
      batchMax: count(1_000, 20, 'Operations of one request.'),
    }),
  )
}

/** The area of {@link graphqlSettings}. */
export type GraphqlSettings = ReturnType<typeof graphqlSettings>
