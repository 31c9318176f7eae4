// JSON bodies against a schema, with the words that clients of this dialect know from its JSON-schema validation.
import type { z } from 'zod'
import { storageErrors } from '../storage.errors.ts'

/** The parsed body; throws `storage/body_invalid`: `body must have required property 'name'`. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  return parseInput(schema, body ?? {}, 'body')
}

/** The same for a query string. */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  return parseInput(schema, query ?? {}, 'querystring')
}

function parseInput<S extends z.ZodType>(schema: S, input: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const path = issue.path.map(String)
  const isMissing = issue.code === 'invalid_type' && valueAt(input, issue.path) === undefined && path.length > 0
  const reason = isMissing
    ? `${[where, ...path.slice(0, -1)].join('/')} must have required property '${path.at(-1)}'`
    : `${[where, ...path].join('/')} ${issue.message}`
  throw storageErrors.body_invalid({ params: { reason } })
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], input)
}
