// Observes which methods of the client's classes a suite calls; the methods themselves run unchanged. A method that a new
// version of the client brings shows up here as not called.
import {
  PostgrestBuilder,
  PostgrestClient,
  PostgrestError,
  PostgrestFilterBuilder,
  PostgrestQueryBuilder,
  PostgrestTransformBuilder,
} from '@supabase/postgrest-js'

const classes = {
  PostgrestClient,
  PostgrestQueryBuilder,
  PostgrestFilterBuilder,
  PostgrestTransformBuilder,
  PostgrestBuilder,
  PostgrestError,
}

/** `Class.method` of everything that the client's classes offer. */
export const builderMethods: readonly string[] = Object.entries(classes).flatMap(([name, constructor]) =>
  ownMethods(constructor).map((method) => `${name}.${method}`),
)

/** Starts to observe; the set grows with every call. */
export function recordCalls(): ReadonlySet<string> {
  const called = new Set<string>()
  for (const [name, constructor] of Object.entries(classes)) {
    for (const method of ownMethods(constructor)) {
      const prototype = constructor.prototype as unknown as Record<string, (...given: unknown[]) => unknown>
      const original = prototype[method]!
      prototype[method] = function (this: unknown, ...given: unknown[]) {
        called.add(`${name}.${method}`)
        return original.apply(this, given)
      }
    }
  }
  return called
}

function ownMethods(constructor: { prototype: object }): string[] {
  return Object.getOwnPropertyNames(constructor.prototype).filter((name) => name !== 'constructor')
}
