// The JSON of the introspection's statements (introspection.sql.ts), as it comes from Postgres: oids, not yet linked.

/** A privilege (`SELECT`, `INSERT`, …) and the oid of the role that holds it; 0 is PUBLIC. */
export type Grant = readonly [grantee: number, privilege: string]

/** Everything but relations. */
export interface RawGlobals {
  readonly request_settings: boolean
  readonly response_settings: boolean
  readonly frozen_setting_readers: readonly string[] | null
  readonly schemas: Readonly<Record<string, readonly number[] | null>> | null
  readonly schema_comments: Readonly<Record<string, string>> | null
  readonly roles: readonly { name: string; super: boolean; holds: readonly number[] }[] | null
  readonly functions: readonly RawFunction[] | null
  readonly types: readonly RawType[] | null
  /** Settings (`name=value`) of roles: those of the role, then those of the role in this database. */
  readonly role_settings: readonly { role: string; settings: readonly string[] }[] | null
  readonly media_handlers: readonly { type: string; schema: string; name: string; argument: number }[] | null
  readonly geojson_schema: string | null
}

/** Columns are attnums. */
export interface RawKey {
  name: string
  primary: boolean
  arbiter: boolean
  columns: readonly number[]
}

export interface RawForeignKey {
  oid: number
  name: string
  rel: number
  target: number
  columns: readonly number[]
  target_columns: readonly number[]
  enforced: boolean
  comment: string | null
}

export interface RawRelation {
  oid: number
  schema: string
  name: string
  kind: string
  comment: string | null
  rls: boolean
  forced: boolean
  identity: 'd' | 'n' | 'f' | 'i'
  invoker: boolean
  /** Number of its list of grants; see RELATIONS. */
  acl: number
  /** A policy, default or the view's query reads a setting `request.…` other than the claims. */
  reads_request: boolean
  /** The view's query writes `response.headers` or `response.status`. */
  writes_response: boolean
  /** Its row type and the array of that: oid and, as `format_type` prints it, name. */
  row_type: readonly [oid: number, formatted: string, arrayOid: number | null, arrayName: string | null, arrayFormatted: string | null]
  columns: readonly RawColumn[]
  keys: readonly RawKey[]
  foreign: readonly RawForeignKey[]
}

export interface RawColumn {
  pos: number
  name: string
  type: number
  notnull: boolean
  identity: string
  generated: string
  default: string | null
  hasdefault: boolean
  sequence: string | null
  maxlength?: number | null
  comment: string | null
  /** Number of its list of grants; null when it has none of its own. */
  acl: number | null
}

export interface RawFunction {
  oid: number
  schema: string
  name: string
  comment: string | null
  volatility: string
  set: boolean
  returns: number
  definer: boolean
  types: readonly number[]
  modes: readonly string[] | null
  names: readonly string[] | null
  defaults: number
  acl: readonly number[] | null
  rows: number
  /** `name=value` */
  settings: readonly string[] | null
  /** False: of the extra search path, there to compute over rows only. */
  exposed: boolean
  /** Made by an extension. */
  extension: boolean
}

export interface RawType {
  oid: number
  schema: string
  name: string
  formatted: string
  type: string
  category: string
  element: number | null
  labels: readonly string[] | null
  /** Of composite types: name and type of each, in their order. */
  attributes: readonly (readonly [name: string, type: number])[] | null
}
