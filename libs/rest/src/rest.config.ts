import { z } from 'zod'
import { booleanText, defineConfig, integerText } from '#libs/kernel'

/** How a request's transaction ends when nothing failed, and whether `Prefer: tx=` may choose otherwise. */
export const txEnds = ['commit', 'commit-allow-override', 'rollback', 'rollback-allow-override'] as const

/** PLINTH_API_MAX_ROWS and how far REST goes along with its caller. */
export const restConfig = defineConfig(
  'REST',
  z.object({
    PLINTH_API_MAX_ROWS: integerText(1, 1_000_000)
      .default(1000)
      .describe('Most rows that a list over REST or GraphQL answers with, also in embedded resources.'),
    PLINTH_API_PRE_REQUEST: z
      .string()
      .regex(/^[^."\s]+\.[^."\s]+$/, 'must be schema.function')
      .optional()
      .describe(
        'Function without arguments, as schema.function, that runs in the transaction of every REST and GraphQL request before its statement, under the role of the request. What it raises is the answer.',
      ),
    PLINTH_API_TX_END: z
      .enum(txEnds)
      .default('commit')
      .describe('How the transaction of a REST request ends; with -allow-override, Prefer: tx=commit and tx=rollback choose.'),
    PLINTH_API_AGGREGATES: booleanText()
      .default(true)
      .describe(
        'Whether select= over REST may use count(), sum(), avg(), min() and max(). They can be made to read a whole table; the time limit of statements bounds that.',
      ),
    PLINTH_API_PLAN: booleanText()
      .default(false)
      .describe('Whether Accept: application/vnd.pgrst.plan answers with the plan of the statement. It shows more than the rows do.'),
  }),
)
