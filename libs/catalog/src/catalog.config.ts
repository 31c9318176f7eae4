import { z } from 'zod'
import { defineConfig, listText } from '#libs/kernel'

/** PLINTH_API_SCHEMAS and PLINTH_API_EXTRA_SEARCH_PATH. */
export const catalogConfig = defineConfig(
  'Exposed schemas',
  z.object({
    PLINTH_API_SCHEMAS: listText()
      .refine((schemas) => schemas.length > 0, 'must name at least one schema')
      .default(['public'])
      .describe('Comma list of the schemas that REST and GraphQL expose; the first is the default.'),
    PLINTH_API_EXTRA_SEARCH_PATH: listText()
      .default(['public'])
      .describe(
        'Comma list of schemas whose functions, operators and types (of extensions, say) need not be named, after the exposed one; empty means none.',
      ),
  }),
)
