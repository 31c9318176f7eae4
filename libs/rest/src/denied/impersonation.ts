// Who asks for an explanation, and for whom: `Prefer: explain-denied` counts for the secret key alone, and
// X-Plinth-Impersonate holds the claims of the user whose request it is.
import { SERVICE_ROLE, type Principal } from '#libs/identity'
import { restError } from '../rest.errors.ts'

const WORD = 'explain-denied'
const CLAIMS_MAX = 8_192

/** Does the owner ask? Of others the preference is unknown, as every other word that is not ours. */
export function asksForDenials(principal: Principal, prefer: string | string[] | undefined): boolean {
  return prefer !== undefined && principal.role === SERVICE_ROLE && itemsOf(String(prefer)).includes(WORD)
}

/** The other preferences: those of the request that is explained. */
export function otherPreferences(prefer: string): string | undefined {
  const rest = itemsOf(prefer).filter((item) => item !== WORD)
  return rest.length === 0 ? undefined : rest.join(', ')
}

function itemsOf(prefer: string): string[] {
  return prefer.split(',').map((item) => item.trim())
}

/** The user of the header's claims; without the header nobody who has signed in. */
export function impersonated(header: string | string[] | undefined, anonymous: Principal, roles: ReadonlySet<string>): Principal {
  if (header === undefined) return anonymous
  const text = String(header)
  if (text.length > CLAIMS_MAX) throw restError('invalid_impersonation', { reason: `more than ${CLAIMS_MAX} characters` })
  const claims = claimsOf(text)
  const { role = anonymous.role, sub } = claims
  if (typeof role !== 'string' || !roles.has(role)) throw restError('invalid_impersonation', { reason: 'no role that requests may take' })
  return {
    role,
    claims: { ...claims, role },
    claimsJson: JSON.stringify({ ...claims, role }),
    userId: typeof sub === 'string' ? sub : undefined,
    authenticated: role !== anonymous.role,
  }
}

function claimsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(text)
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims as Record<string, unknown>
  } catch {
    // Refused below.
  }
  throw restError('invalid_impersonation', { reason: 'no JSON object' })
}
