// The objects of the auth API as they travel (GoTrue's wire).

/** A user account. */
export interface User {
  readonly id: string
  readonly aud: string
  readonly role?: string
  readonly email?: string
  readonly phone?: string
  readonly email_confirmed_at?: string | null
  readonly phone_confirmed_at?: string | null
  readonly confirmed_at?: string | null
  readonly last_sign_in_at?: string | null
  readonly new_email?: string
  readonly app_metadata: Record<string, unknown>
  readonly user_metadata: Record<string, unknown>
  readonly identities?: readonly Record<string, unknown>[]
  readonly created_at: string
  readonly updated_at?: string
  readonly banned_until?: string | null
  readonly is_anonymous?: boolean
}

/** A signed-in session. `expires_at` is in Unix seconds. */
export interface Session {
  readonly access_token: string
  readonly refresh_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly expires_at: number
  readonly user: User
}

/** What {@link Auth.onAuthStateChange} reports. */
export type AuthEvent = 'INITIAL_SESSION' | 'SIGNED_IN' | 'SIGNED_OUT' | 'TOKEN_REFRESHED' | 'USER_UPDATED'

/** Where a session is kept: `localStorage`, or anything with its three methods (they may be asynchronous). */
export interface SessionStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): void | Promise<void>
  removeItem(key: string): void | Promise<void>
}

/** Options of `createClient(…, { auth })`. */
export interface AuthOptions {
  /** Default: `localStorage` where there is one, else memory. */
  readonly storage?: SessionStorage
  /** Key in the storage. Default: `plinth-<host>-auth`. */
  readonly storageKey?: string
  /** Refresh the token before it expires. Default true. */
  readonly autoRefreshToken?: boolean
  /** Keep the session in `storage`. Default true; false keeps it in memory. */
  readonly persistSession?: boolean
}

/** What an administrator may set on a user. */
export interface AdminUserAttributes {
  readonly email?: string
  readonly phone?: string
  readonly password?: string
  readonly email_confirm?: boolean
  readonly phone_confirm?: boolean
  readonly user_metadata?: Record<string, unknown>
  readonly app_metadata?: Record<string, unknown>
  readonly role?: string
  /** Go duration such as `24h`, or `none`. */
  readonly ban_duration?: string
}
