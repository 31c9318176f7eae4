import { z } from 'zod'
import { booleanText, defineConfig, integerText } from '#libs/kernel'

/** Limits of GraphQL documents. */
export const graphqlConfig = defineConfig(
  'GraphQL',
  z.object({
    PLINTH_GRAPHQL_MAX_DEPTH: integerText(1, 100)
      .default(12)
      .describe(
        'Levels of fields a GraphQL query may be nested, introspection not counted, until an owner sets another number in the console.',
      ),
    PLINTH_GRAPHQL_MAX_COST: integerText(1, 10_000_000)
      .default(10_000)
      .describe(
        'Objects a GraphQL query may stand for, where each list counts as at most 5 rows. What counts is the nesting of lists. An owner may set another number in the console.',
      ),
    PLINTH_GRAPHQL_INTROSPECTION: booleanText()
      .default(true)
      .describe(
        'Whether clients may read the GraphQL schema (only ever what their role may touch), until an owner decides otherwise in the console. service_role always may.',
      ),
  }),
)
