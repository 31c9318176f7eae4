// Ties the parts together: one URL, one key, one session.
import { Auth } from './auth/auth.ts'
import type { AuthOptions } from './auth/types.ts'
import type { FunctionName, FunctionOf, RelationName, SchemaOf } from './database/database-types.ts'
import type { CountMode, Query } from './database/query.ts'
import { SchemaClient, type Table } from './database/table.ts'
import { LiveQuery, type LiveObserver, type LiveVariables } from './graphql/live-query.ts'
import type { GraphQLFailure } from './graphql/types.ts'
import { type Fetch, type HeaderMap, Http, parseJson, PlinthError, settle } from './http.ts'
import type { Channel, ChannelOptions } from './realtime/channel.ts'
import { Realtime } from './realtime/realtime.ts'
import { Storage } from './storage/storage.ts'

/** Options of {@link createClient}. */
export interface ClientOptions {
  readonly auth?: AuthOptions
  readonly global?: { readonly headers?: HeaderMap; readonly fetch?: Fetch }
  /** Tokens from elsewhere: called for every request; null means the key's own role. The client's own session is then not used. */
  readonly accessToken?: () => Promise<string | null>
}

/** A connection to one Plinth server. `DB` is the `Database` type that `plinth types` writes. */
export class PlinthClient<DB = any> {
  /** Accounts and the session. */
  readonly auth: Auth
  /** Buckets and objects. */
  readonly storage: Storage
  private readonly http: Http
  private readonly realtime: Realtime
  private readonly liveQueries = new Set<LiveQuery<any>>()
  private readonly defaultSchema: SchemaClient<SchemaOf<DB, 'public'>>

  constructor(url: string, key: string, options: ClientOptions = {}) {
    if (!URL.canParse(url)) throw new PlinthError(`The URL of the server is not a URL: ${url}`, { code: 'bad_url' })
    if (key === '') throw new PlinthError('The key is empty; `plinth status` shows the keys', { code: 'bad_key' })
    const { headers = {}, fetch } = options.global ?? {}
    const token = options.accessToken ?? (async () => (await this.auth.getSession()).data.session?.access_token ?? null)
    this.http = new Http(url, key, headers, fetch, async () => (await token()) ?? key)
    this.auth = new Auth(this.http, options.auth)
    this.storage = new Storage(this.http)
    this.realtime = new Realtime(this.http.url, key, token)
    this.defaultSchema = new SchemaClient(this.http, undefined)
    if (options.accessToken === undefined)
      this.auth.onAuthStateChange((event, session) => {
        this.realtime.setAuth(session?.access_token ?? null)
        // A refreshed token is the same person; the server says when the old one ends.
        if (event === 'SIGNED_IN' || event === 'SIGNED_OUT') for (const each of this.liveQueries) each.restart()
      })
  }

  /** A table or view of the default schema. */
  from<Name extends RelationName<SchemaOf<DB, 'public'>>>(relation: Name): Table<SchemaOf<DB, 'public'>, Name> {
    return this.defaultSchema.from(relation)
  }

  /** Calls a function of the default schema; see {@link SchemaClient.rpc}. */
  rpc<F extends FunctionName<SchemaOf<DB, 'public'>>>(
    name: F,
    args?: FunctionOf<SchemaOf<DB, 'public'>, F>['Args'],
    options?: { readonly get?: boolean; readonly head?: boolean; readonly count?: CountMode },
  ): Query<SchemaOf<DB, 'public'>, never, any, FunctionOf<SchemaOf<DB, 'public'>, F>['Returns']> {
    return this.defaultSchema.rpc(name, args, options)
  }

  /** Another exposed schema (`Accept-Profile`, `Content-Profile`). */
  schema<N extends (keyof DB & string) | (string & {})>(name: N): SchemaClient<SchemaOf<DB, N>> {
    return new SchemaClient(this.http, name)
  }

  /**
   * Runs a GraphQL document: `POST /graphql/v1 {query, variables, operationName}`.
   * Never throws: a request that failed on the way is one entry of `errors`.
   */
  async graphql<T = any>(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    options: { readonly operationName?: string; readonly signal?: AbortSignal } = {},
  ): Promise<{ data: T | null; errors: readonly GraphQLFailure[] | null }> {
    const { data, error } = await settle(async () => {
      const body = {
        query,
        ...(variables === undefined ? {} : { variables }),
        ...(options.operationName === undefined ? {} : { operationName: options.operationName }),
      }
      const { response, error: refusal } = await this.http.send({ method: 'POST', path: '/graphql/v1', body, signal: options.signal })
      if (refusal !== null) throw refusal
      return parseJson(await response.text(), response.status) as { data?: T | null; errors?: readonly GraphQLFailure[] }
    })
    if (error !== null) return { data: null, errors: [{ message: error.message, extensions: { code: error.code } }] }
    return { data: data.data ?? null, errors: data.errors ?? null }
  }

  /**
   * Follows a GraphQL subscription: `POST /graphql/v1` as server-sent events. The first answer comes at once, the next one
   * when it is another; a broken connection is made anew. Gives the way to end it.
   */
  subscribe<T = any>(query: string, observer: LiveObserver<T>, variables?: LiveVariables): () => void {
    const live = new LiveQuery<T>(this.http, query, variables, observer, () => this.liveQueries.delete(live))
    this.liveQueries.add(live)
    return () => {
      this.liveQueries.delete(live)
      live.stop()
    }
  }

  /** A realtime channel; see {@link Channel}. The connection is opened by the first `subscribe`. */
  channel(name: string, options?: ChannelOptions): Channel<DB> {
    return this.realtime.channel<DB>(name, options)
  }
  /** All channels that were made and not removed. */
  getChannels(): readonly Channel[] {
    return this.realtime.list()
  }
  /** Leaves a channel; the last one closes the connection. */
  removeChannel(channel: Channel<any>): Promise<void> {
    return channel.unsubscribe()
  }
  /** Leaves every channel. */
  async removeAllChannels(): Promise<void> {
    await Promise.all(this.realtime.list().map((channel) => channel.unsubscribe()))
  }
}

/** Makes a client. `key` is the publishable or anonymous key in a browser, the secret or service key on a server. */
export function createClient<DB = any>(url: string, key: string, options?: ClientOptions): PlinthClient<DB> {
  return new PlinthClient<DB>(url, key, options)
}
