// The wire of /admin/v1, as types only. The server implements them, the console imports them (type-only): the one
// place where the two meet. All bodies are JSON; errors are `{ error: { code, message, hint?, requestId, sqlstate?, position? } }`.
//
//   GET    /setup                         SetupState                                 no session
//   POST   /setup            SetupInput   ConsoleSession     one-time token of the start-up link; no session
//   POST   /session          Credentials  ConsoleSession     also sets the cookie; rate limited
//   GET    /session                       ConsoleSession     (token left out)
//   DELETE /session                       204
//   GET    /project                       Project
//   GET    /keys                          Keys               audited
//   GET    /schema                        SchemaOverview
//   POST   /sql              SqlInput     SqlResult          or the script alone as application/sql, of any length; ?role=&claims=&timeoutMs=
//   POST   /tables           TableInput   Applied            ?dryRun=true shows the SQL only
//   PATCH  /tables/:schema/:table  TableChanges  Applied     ?dryRun=true
//   DELETE /tables/:schema/:table         Applied            ?dryRun=true
//   GET    /policies                      Policy[]           ?schema=&table=
//   POST   /policies         PolicyInput  Applied            ?dryRun=true
//   DELETE /policies/:schema/:table/:name Applied
//   POST   /tables/:schema/:table/open  OpenTableInput  Applied   RLS + grants + policy in one step; ?dryRun=true
//   GET    /settings                      string[]           names of the areas
//   GET    /settings/:area                SettingsArea
//   PATCH  /settings/:area   object       SettingsArea
//   GET    /graphql/documents             GraphqlDocument[]  the allow-list, oldest first
//   POST   /graphql/documents  GraphqlDocumentInput  GraphqlDocument
//   DELETE /graphql/documents/:hash       204
//   POST   /graphql/explain  { query: { query, variables?, operationName? }, user?: { role, claims } }  GraphqlExplanation[]
//   GET    /audit                         AuditEntry[]       ?limit=&before=
//   GET    /requests                      RequestSample[]    the last requests over the APIs, newest first (in memory, bounded)
//   GET    /types                         text/plain         the exposed schemas as a TypeScript `Database` type
//   GET    /migrations                    UserMigration[]    the owner's own migrations that were applied, oldest first
//   POST   /migrations       UserMigrationInput  UserMigration   applies one in one transaction; again with the same content: nothing
//   POST   /tokens           { role, claims } RoleToken          a ten-minute token for a role with claims; audited
//
// Authentication: cookie `plinth_console` (HttpOnly, SameSite=Strict; unsafe methods then need the header
// `x-plinth-console: 1`), or `Authorization: Bearer <session token>`, or the secret key / service key.

export interface SetupState {
  needed: boolean
}
export interface SetupInput {
  token: string
  email: string
  password: string
}
export interface Credentials {
  email: string
  password: string
}
export interface ConsoleSession {
  token?: string
  expiresAt: string
  owner: { id: string; email: string }
  /** A service_role JWT for the SDK (REST, auth admin, storage), short-lived: GET /session gives a fresh one. */
  serviceToken: string
  serviceTokenExpiresAt: string
}
export interface Project {
  name: string
  version: string
  url: string
  graphqlUrl: string
  anonKey: string
  publishableKey: string
  database: { kind: 'embedded' | 'external'; version: string; sizeBytes: number }
  storage: { driver: 'disk' | 's3' }
  startedAt: string
}
/** Everything that a client or a backend needs to connect; the service and secret keys pass every policy. */
/** All keys of the project, secret ones too. */
export interface Keys {
  anonKey: string
  publishableKey: string
  serviceKey: string
  secretKey: string
  databaseUrl: string
  jwtSecret: string
  s3AccessKey: string
  s3SecretKey: string
}

export interface SchemaOverview {
  version: number
  schemas: string[]
  tables: TableInfo[]
  enums: { schema: string; name: string; labels: string[] }[]
  functions: FunctionInfo[]
  roles: string[]
}
export interface TableInfo {
  schema: string
  name: string
  kind: 'table' | 'partitioned_table' | 'view' | 'materialized_view' | 'foreign_table'
  comment: string | null
  columns: ColumnInfo[]
  primaryKey: string[]
  foreignKeys: { name: string; columns: string[]; target: { schema: string; table: string; columns: string[] } }[]
  uniqueKeys: { name: string; columns: string[] }[]
  rowSecurity: boolean
  policyCount: number
  /** Which of the API roles may do what with at least one column. */
  grants: Record<string, ('select' | 'insert' | 'update' | 'delete')[]>
  estimatedRows: number
  sizeBytes: number
  /** What an owner should know, for example "granted to anon without row-level security". */
  warnings: string[]
}
export interface ColumnInfo {
  name: string
  type: string
  typeCategory: string
  enumLabels?: string[]
  nullable: boolean
  default: string | null
  generated: 'no' | 'identity_always' | 'identity_by_default' | 'stored'
  comment: string | null
}
export interface FunctionInfo {
  schema: string
  name: string
  arguments: string
  returns: string
  volatility: string
  securityDefiner: boolean
  /** What an owner should know, for example that anon may call a SECURITY DEFINER function. */
  warnings: string[]
}

export interface SqlInput {
  query: string
  params?: unknown[]
  role?: string
  claims?: Record<string, unknown>
  /** The script is stopped after this time. Default 120,000, at most 3,600,000. */
  timeoutMs?: number
}
/**
 * The result of the script's last statement (transaction control left out). Numbers, booleans, JSON and arrays are JSON
 * values; bigint and numeric with more than 15 digits and all other types are Postgres' text. `truncated`: not all rows.
 */
export interface SqlResult {
  columns: { name: string; type: string }[]
  rows: unknown[][]
  rowCount: number
  durationMs: number
  command: string
  truncated: boolean
  notices: string[]
}

export interface ColumnInput {
  name: string
  type: string
  nullable?: boolean
  default?: string | null
  primaryKey?: boolean
  unique?: boolean
  identity?: boolean
  references?: { schema: string; table: string; column: string; onDelete?: 'no action' | 'cascade' | 'set null' | 'restrict' }
}
export interface TableInput {
  schema: string
  name: string
  comment?: string
  columns: ColumnInput[]
  rowSecurity?: boolean
}
export type TableChange =
  | { kind: 'rename'; name: string }
  | { kind: 'comment'; comment: string | null }
  | { kind: 'add_column'; column: ColumnInput }
  | { kind: 'drop_column'; column: string }
  | { kind: 'rename_column'; column: string; name: string }
  | { kind: 'alter_type'; column: string; type: string; using?: string }
  | { kind: 'set_nullable'; column: string; nullable: boolean }
  | { kind: 'set_default'; column: string; default: string | null }
  | { kind: 'row_security'; enabled: boolean }
  | { kind: 'grant' | 'revoke'; role: string; privileges: ('select' | 'insert' | 'update' | 'delete')[] }
export interface TableChanges {
  changes: TableChange[]
}
/** What was done, or with dryRun would be done. */
export interface Applied {
  sql: string
  lock: string | null
  warnings: string[]
  applied: boolean
}

export interface Policy {
  schema: string
  table: string
  name: string
  command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  roles: string[]
  permissive: boolean
  using: string | null
  check: string | null
  summary: string
}
/** A document of GraphQL's allow-list. */
export interface GraphqlDocument {
  /** SHA-256 of the text, in hexadecimal. */
  readonly hash: string
  readonly name: string | null
  readonly document: string
  readonly createdAt: string
}
export interface GraphqlDocumentInput {
  document: string
  /** What clients may ask for it by, besides the hash. */
  name?: string | null
}
/** A root field with its SQL, its plan, and what row-level security says about the relations in it. */
export interface GraphqlExplanation {
  readonly field: string
  readonly sql: string
  readonly plan: readonly string[]
  readonly relations: readonly {
    readonly schema: string
    readonly name: string
    readonly commands: readonly string[]
    readonly rowSecurity: boolean
    /** The role passes every policy. */
    readonly bypassed: boolean
    readonly policies: readonly {
      readonly name: string
      readonly command: string
      readonly permissive: boolean
      readonly roles: readonly string[]
      readonly using: string | null
      readonly check: string | null
    }[]
  }[]
}
export interface PolicyInput {
  schema: string
  table: string
  name: string
  command: Policy['command']
  roles: string[]
  permissive?: boolean
  using?: string
  check?: string
}
export interface OpenTableInput {
  template: 'everyone_reads' | 'signed_in_reads' | 'owner_only' | 'everyone_reads_owner_writes'
  /** The uuid column that holds auth.uid() of a row's owner; the owner templates need it. */
  ownerColumn?: string
}
export interface SettingsArea {
  area: string
  values: Record<string, unknown>
  schema: Record<string, unknown>
}
export interface AuditEntry {
  id: string
  at: string
  actor: string
  action: string
  target: string | null
  detail: Record<string, unknown>
  requestId: string | null
}
export interface RequestSample {
  at: string
  method: string
  path: string
  status: number
  durationMs: number
  /** Role of the caller; empty when the token or key was refused. */
  role: string
  requestId: string
}
/** A migration of the user's own that was applied. */
/** One of the owner's own migrations, as the ledger keeps it. */
export interface UserMigration {
  name: string
  /** SHA-256 of the script, hex. */
  checksum: string
  appliedAt: string
}
export interface UserMigrationInput {
  name: string
  sql: string
}
/** Goes into `Authorization: Bearer`, for REST, GraphQL and sockets. */
export interface RoleToken {
  token: string
  expiresAt: string
}
/** `position` counts characters of the script from 1, `line` is the line of it. */
export interface AdminError {
  error: {
    code: string
    message: string
    hint?: string
    requestId: string
    sqlstate?: string
    position?: number
    line?: number
    detail?: string
  }
}
