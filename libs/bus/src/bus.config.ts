import { z } from 'zod'
import { defineConfig, urlText } from '#libs/kernel'

/** Variables of the bus. */
export const busConfig = defineConfig(
  'Bus between nodes',
  z.object({
    PLINTH_REDIS_URL: urlText(['redis:', 'rediss:'])
      .optional()
      .describe('Redis that carries messages between several nodes. Without it they stay inside the process.'),
  }),
)
