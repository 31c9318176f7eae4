// The database that the acceptance tests work on: Chinook where it lies beside the checkout, else a small one of the
// project's own with the same tables.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const chinook = fileURLToPath(new URL('../../shared/data/chinook.sql', import.meta.url))
const own = fileURLToPath(new URL('sample.sql', import.meta.url))

/** A script to load, and what must be in the database afterwards. */
export interface SampleDatabase {
  readonly path: string
  readonly tracks: number
  readonly invoiceLines: number
}

/** Chinook, or the small sample with a printed word that it is only that. */
export function sampleDatabase(): SampleDatabase {
  if (existsSync(chinook)) return { path: chinook, tracks: 3503, invoiceLines: 2240 }
  console.log("Chinook is not beside this checkout: the acceptance tests use the project's own small sample (acceptance/sample.sql).")
  return { path: own, tracks: 60, invoiceLines: 90 }
}
