import { AppError } from '#libs/kernel'
import type { Principal, PrincipalResolver } from '#libs/identity'
import { realtimeErrors } from '../realtime.errors.ts'

/** The API key and, with a user's session, its access token. */
export interface SocketCredentials {
  readonly apikey: string
  readonly token: string | null
}

/** Who speaks through a socket. Throws `invalid_key`, `invalid_token` or `token_expired`, and `unavailable` when it cannot be known. */
export async function authenticate(resolver: PrincipalResolver, { apikey, token }: SocketCredentials): Promise<Principal> {
  let principal: Principal
  try {
    principal = await resolver.resolve({ apikey })
  } catch (cause) {
    throw isRefusal(cause) ? realtimeErrors.invalid_key({ cause }) : realtimeErrors.unavailable({ cause })
  }
  if (token === null) return principal
  try {
    return await resolver.resolve({ authorization: `Bearer ${token}`, apikey })
  } catch (cause) {
    if (!isRefusal(cause)) throw realtimeErrors.unavailable({ cause })
    throw (cause as AppError).code === 'token_expired' ? realtimeErrors.token_expired({ cause }) : realtimeErrors.invalid_token({ cause })
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof AppError && error.status < 500
}
