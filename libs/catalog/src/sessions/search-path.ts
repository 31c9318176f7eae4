import { quoteIdentifier } from '#libs/postgres'
import type { SessionSettings } from './role-session.ts'

/** The search path of a request: for functions that do not set their own, and for operators, which have no other way to be found. */
export function searchPathOf(schema: string, extra: readonly string[]): SessionSettings {
  const path = [...new Set([schema, ...extra])]
  // The logins' default is public: then nothing needs to be set.
  return path.length === 1 && path[0] === 'public' ? [] : [['search_path', path.map(quoteIdentifier).join(', ')]]
}
