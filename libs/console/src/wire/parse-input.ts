import type { z } from 'zod'
import { consoleErrors } from '../console.errors.ts'

/** Reads a body, query or parameter by its schema; the error names every fault with its path, never a value. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  const reasons = parsed.error.issues
    .slice(0, 10)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`))
  throw consoleErrors.invalid_input({ params: { reason: reasons.join('; ') } })
}
