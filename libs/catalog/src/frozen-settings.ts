// Functions whose declaration promises Postgres what they do not keep.
import type { Catalog } from './model.ts'

/**
 * Of a function that is declared IMMUTABLE Postgres may put the value that it had for one caller into a prepared plan, which
 * the next caller's request uses as well: a policy over it shows one user's rows to another.
 */
export function frozenSettingWarnings({ frozenSettingReaders }: Catalog): string[] {
  return frozenSettingReaders.map(
    (name) =>
      `The function ${name} is declared IMMUTABLE, but reads settings of the request: Postgres may use the value of one caller for another. Declare it STABLE (alter function ${name} stable).`,
  )
}
