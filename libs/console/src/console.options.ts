// What the composition hands to the console: plain values, read once at start.

/** Options of `ConsoleModule.register`. */
export interface ConsoleOptions {
  readonly version: string
  /** Without a slash at its end, for example `http://127.0.0.1:8000`. Decides whether the session cookie is Secure. */
  readonly publicUrl: string
  readonly projectName?: string
  readonly startedAt: Date
  readonly databaseKind: 'embedded' | 'external'
  readonly storageDriver: 'disk' | 's3'
  /** Logins that console SQL runs as: the owner by default, the others when a script asks for a role. */
  readonly databaseUrls: { readonly owner: string; readonly api: string; readonly service: string }
  /** Read at each request, so that rotated keys show at once. */
  readonly keys: () => ProjectKeys
  /** Makes the owner at first start without a browser. */
  readonly owner?: { readonly email: string; readonly password: string }
  /** Folder with the built console; when it is missing /console says how to build it. */
  readonly siteFolder?: string
  /** Longest time a console script may run when the caller names none. Default 120,000. */
  readonly sqlTimeoutMs?: number
  /** Scripts that run at once; more wait for none and get 503. Default 8. */
  readonly sqlConnectionsMax?: number
  /** Length of a console session. Default 12 hours. */
  readonly sessionLifetimeMs?: number
}

/** The keys that an owner may see. */
export interface ProjectKeys {
  readonly anonKey: string
  readonly publishableKey: string
  readonly serviceKey: string
  readonly secretKey: string
  readonly databaseUrl: string
  readonly jwtSecret: string
  readonly s3AccessKey: string
  readonly s3SecretKey: string
}

/** Injection token of {@link ConsoleOptions}. */
export const CONSOLE_OPTIONS = Symbol('ConsoleOptions')

/** Every route of the admin API starts with it. */
export const adminPath = 'admin/v1'
