import { defineErrors, type AppError } from '#libs/kernel'

/**
 * Why a token or key is refused. Every refusal is a 401; `extra` holds what PostgREST's dialect says of the same fact
 * (`pgrstCode`, `pgrstMessage`, `wwwAuthenticate`), so that no renderer has to translate codes.
 */
const refusals = defineErrors('identity', {
  token_malformed: { status: 401, message: '{reason}' },
  token_algorithm_refused: { status: 401, message: 'Wrong or unsupported encoding algorithm' },
  token_signature_invalid: { status: 401, message: '{reason}' },
  token_expired: { status: 401, message: 'JWT expired' },
  token_not_yet_valid: { status: 401, message: 'JWT not yet valid' },
  token_issued_in_future: { status: 401, message: 'JWT issued at future' },
  token_audience_refused: { status: 401, message: 'JWT not in audience' },
  token_issuer_refused: { status: 401, message: 'JWT not from an accepted issuer' },
  token_claims_invalid: { status: 401, message: '{reason}' },
  token_revoked: { status: 401, message: 'The session of this token was revoked' },
  key_unknown: { status: 401, message: 'Invalid API key' },
  role_not_allowed: { status: 401, message: 'role "{role}" does not exist' },
  anonymous_disabled: { status: 401, message: 'Anonymous access is disabled' },
})

/** The codes of {@link refuse}. */
export type RefusalCode = keyof typeof refusals

const pgrstCodes: Record<RefusalCode, string> = {
  token_malformed: 'PGRST301',
  token_algorithm_refused: 'PGRST301',
  token_signature_invalid: 'PGRST301',
  token_expired: 'PGRST303',
  token_not_yet_valid: 'PGRST303',
  token_issued_in_future: 'PGRST303',
  token_audience_refused: 'PGRST303',
  token_issuer_refused: 'PGRST303',
  token_claims_invalid: 'PGRST303',
  token_revoked: 'PGRST303',
  key_unknown: 'PGRST301',
  // What Postgres itself would say; it is not told whether the role is missing or merely out of reach.
  role_not_allowed: '22023',
  anonymous_disabled: 'PGRST302',
}

/** Makes the error of a refused token or key, with the facts that the dialects render. */
export function refuse(code: RefusalCode, params?: Record<string, string | number>, cause?: unknown): AppError {
  const { message } = refusals[code]({ params })
  // A message may quote the token, which may hold what no header can.
  const description = message.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')
  const wwwAuthenticate = code === 'anonymous_disabled' ? 'Bearer' : `Bearer error="invalid_token", error_description="${description}"`
  return refusals[code]({ params, cause, extra: { pgrstCode: pgrstCodes[code], pgrstMessage: message, wwwAuthenticate } })
}

/** Failures of operations on keys and passwords. */
export const identityErrors = defineErrors('identity', {
  signing_key_not_found: { status: 404, message: 'There is no signing key {kid}.' },
  signing_key_in_use: { status: 409, message: 'The signing key {kid} is in use. Rotate first, then revoke it.' },
  signing_key_revoked: { status: 409, message: 'The signing key {kid} is revoked already.' },
  standby_exists: { status: 409, message: 'There is a standby key already: rotate to it, or revoke it first.' },
  api_key_not_found: { status: 404, message: 'There is no API key {id}.' },
  password_service_busy: { status: 503, message: 'Too many passwords are being checked at this moment. Try again in a few seconds.' },
})
