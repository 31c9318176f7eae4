// Who is asking. Made from a token or a key, once per request; everything below works with this and nothing else.

/** The caller of a request: a Postgres role and the claims that policies may read. Immutable and cached by token. */
export interface Principal {
  /** The Postgres role of the request's transaction. */
  readonly role: string
  /** Verified claims; for an anonymous caller `{ role }`. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The claims as JSON text: what `request.jwt.claims` is set to. */
  readonly claimsJson: string
  /** `sub` of a user's token. */
  readonly userId?: string
  /** `session_id` of a user's token. */
  readonly sessionId?: string
  /** Unix seconds; absent for keys that do not expire. */
  readonly expiresAt?: number
  /** False when neither a token nor a key with a role other than the anonymous one was given (decides 401 or 403). */
  readonly authenticated: boolean
}

/** The role that bypasses row-level security; it has its own login and pool. */
export const SERVICE_ROLE = 'service_role'
