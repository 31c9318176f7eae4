import { defineErrors } from '#libs/kernel'

/** What the catalog may refuse. */
export const catalogErrors = defineErrors('catalog', {
  not_loaded: { status: 503, message: 'Could not query the database for the schema cache. Retrying.' },
})
