// Subscribers share a run when the claims that policies read are equal. The run gets those claims and no others, so
// what it gives cannot depend on who among them it was run for.
import type { Principal } from '#libs/identity'

/** The claims of a run, as JSON text. Equal texts: the same run. */
export function sharedClaims({ claims, claimsJson }: Pick<Principal, 'claims' | 'claimsJson'>, read: ReadonlySet<string> | 'all'): string {
  if (read === 'all') return claimsJson
  const names = [...new Set([...read, 'role'])].filter((name) => Object.hasOwn(claims, name)).sort()
  const projected = Object.fromEntries(names.map((name) => [name, claims[name]]))
  // JavaScript would print a number in another way than the token has it.
  if (names.some((name) => holdsNumber(claims[name], 0))) return claimsJson
  return JSON.stringify(projected)
}

const DEPTH_MAX = 32

function holdsNumber(value: unknown, depth: number): boolean {
  if (typeof value === 'number' || depth > DEPTH_MAX) return true
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => holdsNumber(item, depth + 1))
}
