// What a request says about who sends it: nothing for anon, a token of the role with the claims for all others.
import type { RoleToken } from '#admin-api'
import { admin } from '../api/admin.ts'
import { serviceToken } from '../api/session.ts'
import type { RunRole } from '../run-as/run-as.tsx'

const tokens = new Map<string, RoleToken>()
const tokensMax = 20

export const isAnonymous = ({ role, claims }: RunRole): boolean => role === 'anon' && Object.keys(claims).length === 0

/** Headers of a request as that role; tokens are used until half a minute before their end. */
export async function identityHeaders(as: RunRole): Promise<Record<string, string>> {
  if (isAnonymous(as)) return {}
  return { authorization: `Bearer ${as.role === 'service_role' ? await serviceToken() : await roleToken(as)}` }
}

async function roleToken({ role, claims }: RunRole): Promise<string> {
  const key = JSON.stringify([role, claims])
  const known = tokens.get(key)
  if (known !== undefined && Date.parse(known.expiresAt) - Date.now() > 30_000) return known.token
  const made = await admin<RoleToken>('POST', '/tokens', { body: { role, claims } })
  if (tokens.size >= tokensMax) tokens.clear()
  tokens.set(key, made)
  return made.token
}
