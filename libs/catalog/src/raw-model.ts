// The JSON of the introspection statement (introspection.sql.ts), as it comes from Postgres: oids, not yet linked.

/** A privilege (`SELECT`, `INSERT`, …) and the oid of the role that holds it; 0 is PUBLIC. */
export type Grant = readonly [grantee: number, privilege: string]

/** The JSON that the introspection statement returns. */
export interface RawModel {
  readonly request_settings: boolean
  readonly response_settings: boolean
  readonly schemas: Readonly<Record<string, readonly number[] | null>> | null
  readonly schema_comments: Readonly<Record<string, string>> | null
  readonly roles: readonly { name: string; super: boolean; holds: readonly number[] }[] | null
  readonly relations: readonly RawRelation[] | null
  readonly columns: readonly RawColumn[] | null
  readonly shapes: readonly { oid: number; type: number }[] | null
  readonly keys: readonly RawKey[] | null
  readonly foreign: readonly RawForeignKey[] | null
  readonly functions: readonly RawFunction[] | null
  readonly types: readonly RawType[] | null
  /** Settings (`name=value`) of roles: those of the role, then those of the role in this database. */
  readonly role_settings: readonly { role: string; settings: readonly string[] }[] | null
  readonly media_handlers: readonly { type: string; schema: string; name: string; argument: number }[] | null
  readonly geojson_schema: string | null
}

/** Columns are attnums. */
export interface RawKey {
  rel: number
  name: string
  primary: boolean
  columns: readonly number[]
}

export interface RawForeignKey {
  oid: number
  name: string
  rel: number
  target: number
  columns: readonly number[]
  target_columns: readonly number[]
  comment: string | null
  /** Its table belongs to an exposed schema; else it only stands behind a view. */
  own: boolean
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
  changes: number
  acl: readonly Grant[] | null
}

export interface RawColumn {
  rel: number
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
  acl: readonly Grant[] | null
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
}

export interface RawType {
  oid: number
  schema: string
  name: string
  formatted: string
  type: string
  category: string
  rel: number
  element: number | null
  labels: readonly string[] | null
}
