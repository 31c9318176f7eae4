// Sign-up, sign-in and the session's life: kept in a storage, refreshed before it expires by exactly one request,
// whichever tab or call asks for it. Wire: GoTrue's, base /auth/v1.
import { type Http, type HttpRequest, PlinthError, type Result, settle } from '../http.ts'
import { AuthAdmin } from './admin.ts'
import { asSession, defaultStorage, exclusively, memoryStorage } from './session-store.ts'
import type { AuthEvent, AuthOptions, Session, SessionStorage, User } from './types.ts'

/** Result of an auth call: on failure every field of `data` is null, so that it can be taken apart without a check. */
export type AuthResult<T> =
  | { readonly data: T; readonly error: null }
  | { readonly data: { readonly [K in keyof T]: null }; readonly error: PlinthError }

/** E-mail or phone, and a password. */
export type PasswordCredentials = ({ readonly email: string } | { readonly phone: string }) & { readonly password: string }

type Listener = (event: AuthEvent, session: Session | null) => void
type Tokens = { readonly access_token: string; readonly refresh_token: string }

const versionHeader = { 'X-Supabase-Api-Version': '2024-01-01' }
const retryDelayMs = 10_000

/** Accounts and the current session. */
export class Auth {
  /** User administration; needs a client made with the service or secret key. */
  readonly admin: AuthAdmin
  private session: Session | null = null
  private readonly loaded: Promise<void>
  private refreshing: Promise<Result<Session>> | undefined
  private readonly listeners = new Set<Listener>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly storage: SessionStorage
  private readonly storageKey: string
  private readonly autoRefresh: boolean

  constructor(
    private readonly http: Http,
    options: AuthOptions = {},
  ) {
    this.admin = new AuthAdmin((request) => this.http.json({ ...request, headers: versionHeader, token: this.http.key }))
    this.storage = options.persistSession === false ? memoryStorage() : (options.storage ?? defaultStorage())
    this.storageKey = options.storageKey ?? `plinth-${new URL(http.url).host}-auth`
    this.autoRefresh = options.autoRefreshToken !== false
    this.loaded = this.load()
    this.followOtherTabs()
  }

  /** Creates an account and, where no confirmation is needed, signs in: `POST /auth/v1/signup`. Without confirmation `session` is null. */
  async signUp(
    credentials: PasswordCredentials & {
      readonly options?: { readonly data?: Record<string, unknown>; readonly emailRedirectTo?: string }
    },
  ): Promise<AuthResult<{ user: User; session: Session | null }>> {
    const { options, ...body } = credentials
    const query = options?.emailRedirectTo === undefined ? '' : `?redirect_to=${encodeURIComponent(options.emailRedirectTo)}`
    const answer = await this.call<Session | User>({
      method: 'POST',
      path: `/signup${query}`,
      body: { ...body, data: options?.data },
      token: this.http.key,
    })
    if (answer.error !== null) return failed(answer.error, ['user', 'session'])
    const session = received(answer.data)
    if (session === null) return { data: { user: answer.data as User, session: null }, error: null }
    await this.keep(session, 'SIGNED_IN')
    return { data: { user: session.user, session }, error: null }
  }

  /** Signs in with a password: `POST /auth/v1/token?grant_type=password`. */
  async signInWithPassword(credentials: PasswordCredentials): Promise<AuthResult<{ user: User; session: Session }>> {
    const answer = await this.call<unknown>({ method: 'POST', path: '/token?grant_type=password', body: credentials, token: this.http.key })
    const session = received(answer.data)
    if (session === null) return failed(answer.error ?? unexpected(), ['user', 'session'])
    await this.keep(session, 'SIGNED_IN')
    return { data: { user: session.user, session }, error: null }
  }

  /**
   * Signs out: `POST /auth/v1/logout?scope=…`. `global` (default) ends all sessions of the user, `local` this one, `others` all but this one.
   * The local session is forgotten (except with `others`) even when the server cannot be reached; `error` tells that it was not.
   */
  async signOut(options: { readonly scope?: 'global' | 'local' | 'others' } = {}): Promise<{ error: PlinthError | null }> {
    await this.loaded
    const { session } = this
    const scope = options.scope ?? 'global'
    let error: PlinthError | null = null
    if (session !== null) {
      const answer = await this.call({ method: 'POST', path: `/logout?scope=${scope}`, token: session.access_token })
      // A session that the server does not know any more is a session that is signed out.
      if (answer.error !== null && ![401, 403, 404].includes(answer.error.status)) error = answer.error
    }
    if (scope !== 'others' && session !== null) await this.keep(null, 'SIGNED_OUT')
    return { error }
  }

  /** The current session, refreshed first when it is about to expire; no request otherwise. */
  async getSession(): Promise<{ data: { session: Session | null }; error: PlinthError | null }> {
    await this.loaded
    if (this.session !== null && this.autoRefresh && dueInMs(this.session) <= 0) {
      const { data, error } = await this.refresh()
      // While the old token lives, a refresh that failed for want of a network is no reason to be signed out.
      if (error === null) return { data: { session: data }, error }
      return { data: { session: isExpired(this.session) ? null : this.session }, error: isExpired(this.session) ? error : null }
    }
    return { data: { session: this.session }, error: null }
  }

  /** The user as the server sees it now: `GET /auth/v1/user`. `jwt` asks for another token's user. */
  async getUser(jwt?: string): Promise<AuthResult<{ user: User }>> {
    const token = jwt ?? (await this.getSession()).data.session?.access_token
    if (token === undefined) return failed(missing(), ['user'])
    const answer = await this.call<User>({ method: 'GET', path: '/user', token })
    return answer.error === null ? { data: { user: answer.data }, error: null } : failed(answer.error, ['user'])
  }

  /** Changes the signed-in user: `PUT /auth/v1/user`. `data` is merged into `user_metadata`. */
  async updateUser(attributes: {
    readonly email?: string
    readonly phone?: string
    readonly password?: string
    readonly data?: Record<string, unknown>
    readonly nonce?: string
  }): Promise<AuthResult<{ user: User }>> {
    const { session } = (await this.getSession()).data
    if (session === null) return failed(missing(), ['user'])
    const answer = await this.call<User>({ method: 'PUT', path: '/user', body: attributes, token: session.access_token })
    if (answer.error !== null) return failed(answer.error, ['user'])
    // The session may have been refreshed, or ended, while this request ran: only its user is replaced.
    if (this.session !== null) await this.keep({ ...this.session, user: answer.data }, 'USER_UPDATED')
    return { data: { user: answer.data }, error: null }
  }

  /** Gets new tokens now: `POST /auth/v1/token?grant_type=refresh_token`. Calls at the same time share one request. */
  async refreshSession(current?: { readonly refresh_token: string }): Promise<AuthResult<{ user: User; session: Session }>> {
    await this.loaded
    const answer = current === undefined ? await this.refresh() : await this.exchange(current.refresh_token)
    if (answer.error !== null) return failed(answer.error, ['user', 'session'])
    return { data: { user: answer.data.user, session: answer.data }, error: null }
  }

  /** Takes over tokens that came from elsewhere (a server, another device): checks them with `GET /auth/v1/user`, or refreshes when expired. */
  async setSession(tokens: Tokens): Promise<AuthResult<{ user: User; session: Session }>> {
    await this.loaded
    const expiresAt = expiryOf(tokens.access_token)
    if (expiresAt === null)
      return failed(new PlinthError('The access token is not a JWT', { code: 'bad_jwt', status: 403 }), ['user', 'session'])
    const now = Math.floor(Date.now() / 1000)
    if (expiresAt <= now) return this.refreshSession(tokens)
    const { data, error } = await this.getUser(tokens.access_token)
    if (error !== null) return failed(error, ['user', 'session'])
    const session: Session = { ...tokens, token_type: 'bearer', expires_in: expiresAt - now, expires_at: expiresAt, user: data.user }
    await this.keep(session, 'SIGNED_IN')
    return { data: { user: data.user, session }, error: null }
  }

  /** Calls back at once with `INITIAL_SESSION` and then on every change, from this tab or another. */
  onAuthStateChange(listener: Listener): { data: { subscription: { unsubscribe: () => void } } } {
    this.listeners.add(listener)
    void this.getSession().then(({ data }) => {
      if (this.listeners.has(listener)) listener('INITIAL_SESSION', data.session)
    })
    return { data: { subscription: { unsubscribe: () => void this.listeners.delete(listener) } } }
  }

  private call<T>(request: HttpRequest): Promise<Result<T>> {
    return this.http.json<T>({ ...request, path: `/auth/v1${request.path}`, headers: versionHeader })
  }

  private async load(): Promise<void> {
    this.session = await this.read()
    this.schedule()
  }

  private async read(): Promise<Session | null> {
    try {
      return asSession(JSON.parse((await this.storage.getItem(this.storageKey)) ?? 'null'))
    } catch {
      return null
    }
  }

  private async keep(session: Session | null, event: AuthEvent): Promise<void> {
    this.session = session
    this.schedule()
    // A full or forbidden storage must not undo a sign-in: the session then lives as long as the page.
    await settle(async () =>
      session === null ? this.storage.removeItem(this.storageKey) : this.storage.setItem(this.storageKey, JSON.stringify(session)),
    )
    this.tell(event)
  }

  private tell(event: AuthEvent): void {
    for (const listener of this.listeners) listener(event, this.session)
  }

  private refresh(): Promise<Result<Session>> {
    this.refreshing ??= exclusively(this.storageKey, async () => {
      const held = this.session
      if (held === null) return { data: null, error: missing() }
      // Another tab may have rotated the token while this one waited for the lock; using the old one again would look like theft.
      const stored = await this.read()
      if (stored !== null && stored.refresh_token !== held.refresh_token && dueInMs(stored) > 0) {
        this.session = stored
        this.schedule()
        this.tell('TOKEN_REFRESHED')
        return { data: stored, error: null }
      }
      return this.exchange(held.refresh_token)
    }).finally(() => {
      this.refreshing = undefined
    })
    return this.refreshing
  }

  private async exchange(refreshToken: string): Promise<Result<Session>> {
    const before = this.session
    const answer = await this.call<unknown>({
      method: 'POST',
      path: '/token?grant_type=refresh_token',
      body: { refresh_token: refreshToken },
      token: this.http.key,
    })
    const session = received(answer.data)
    const isCurrent = this.session === before
    if (session !== null) {
      if (isCurrent) await this.keep(session, 'TOKEN_REFRESHED')
      return { data: session, error: null }
    }
    const error = answer.error ?? unexpected()
    if (error.retryable) this.schedule(retryDelayMs)
    else if (isCurrent && before?.refresh_token === refreshToken) await this.keep(null, 'SIGNED_OUT')
    return { data: null, error }
  }

  private schedule(atLeastMs = 0): void {
    clearTimeout(this.timer)
    if (this.session === null || !this.autoRefresh) return
    // Timers hold 31 bits of milliseconds: longer waits are split.
    const delayMs = Math.min(Math.max(dueInMs(this.session), atLeastMs, 0), 2 ** 31 - 1)
    this.timer = setTimeout(() => {
      // A timer may fire a little early, and a split wait has more to go.
      if (this.session !== null && dueInMs(this.session) > 0) this.schedule()
      else void this.getSession()
    }, Math.ceil(delayMs))
    // In Node a pending refresh must not keep a finished script alive.
    const timer = this.timer as unknown
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref: () => void }).unref()
  }

  private followOtherTabs(): void {
    const page = globalThis as {
      addEventListener?: (type: string, listener: (event: { key?: string | null }) => void) => void
      document?: unknown
    }
    if (page.document === undefined || page.addEventListener === undefined) return
    page.addEventListener('storage', (event) => {
      if (event.key !== this.storageKey) return
      void this.read().then((session) => {
        const before = this.session
        if (before?.access_token === session?.access_token && JSON.stringify(before) === JSON.stringify(session)) return
        this.session = session
        this.schedule()
        if (session === null) this.tell('SIGNED_OUT')
        else if (before === null || before.user.id !== session.user.id) this.tell('SIGNED_IN')
        else this.tell(before.access_token === session.access_token ? 'USER_UPDATED' : 'TOKEN_REFRESHED')
      })
    })
  }
}

/** Milliseconds until the token should be refreshed: a minute before its end, or a third of its life when that is shorter. */
function dueInMs(session: Session): number {
  return session.expires_at * 1000 - Math.min(60_000, (session.expires_in * 1000) / 3) - Date.now()
}

function isExpired(session: Session | null): boolean {
  return session === null || session.expires_at * 1000 <= Date.now()
}

// The end is counted on this machine's clock from `expires_in`, so that a clock that is wrong does not refresh all the time.
function received(body: unknown): Session | null {
  const session = asSession(body)
  return session === null ? null : { ...session, expires_at: Math.floor(Date.now() / 1000) + session.expires_in }
}

function expiryOf(jwt: string): number | null {
  try {
    const payload = JSON.parse(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as { exp?: unknown }
    return typeof payload.exp === 'number' ? payload.exp : null
  } catch {
    return null
  }
}

function failed<K extends string>(error: PlinthError, keys: readonly K[]): { data: { [key in K]: null }; error: PlinthError } {
  return { data: Object.fromEntries(keys.map((key) => [key, null])) as { [key in K]: null }, error }
}

function missing(): PlinthError {
  return new PlinthError('Nobody is signed in', { code: 'session_missing' })
}

function unexpected(): PlinthError {
  return new PlinthError('The answer holds no session', { code: 'unexpected_response' })
}
