import { z } from 'zod'
import { defineConfig, integerText } from '#libs/kernel'

/** PLINTH_API_MAX_ROWS. */
export const restConfig = defineConfig(
  'REST',
  z.object({
    PLINTH_API_MAX_ROWS: integerText(1, 1_000_000)
      .default(1000)
      .describe('Most rows that a list over REST or GraphQL answers with, also in embedded resources.'),
  }),
)
