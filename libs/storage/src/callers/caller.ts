// Who is asking the storage API, and for what: everything that a statement under the caller's rights needs.
import type { FastifyRequest } from 'fastify'
import { SERVICE_ROLE, type Principal, type PrincipalResolver } from '#libs/identity'

/** A caller of one request. */
export interface Caller {
  /** Postgres role of the request's statements. */
  readonly role: string
  readonly claimsJson: string
  /** Becomes `owner_id` of what is created. */
  readonly ownerId: string | undefined
  readonly method: string
  readonly path: string
}

/** The caller that the request's headers name. */
export async function callerOf(request: FastifyRequest, principals: PrincipalResolver): Promise<Caller> {
  const apikey = request.headers['apikey']
  const principal: Principal = await principals.resolve({
    authorization: request.headers.authorization,
    apikey: Array.isArray(apikey) ? apikey[0] : apikey,
  })
  return { role: principal.role, claimsJson: principal.claimsJson, ownerId: principal.userId, ...requestFacts(request) }
}

/**
 * The server itself, for what is decided without policies: public buckets, signed URLs, bucket limits. `ownerId` is
 * the user who made the signed URL.
 */
export function platformCaller(request: FastifyRequest, ownerId?: string): Caller {
  return { ...platform, ownerId, ...requestFacts(request) }
}

const platform = { role: SERVICE_ROLE, claimsJson: JSON.stringify({ role: SERVICE_ROLE }) }

/** The server itself, outside of any request. */
export const backgroundCaller: Caller = { ...platform, ownerId: undefined, method: '', path: '' }

function requestFacts(request: FastifyRequest): { method: string; path: string } {
  return { method: request.method, path: request.url.split('?', 1)[0]! }
}
