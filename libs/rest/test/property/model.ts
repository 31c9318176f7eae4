// The test's own picture of a schema and of a request. It shares nothing with libs/catalog and libs/query on purpose.

/** A kind of column: see column-types.ts. */
export type TypeName =
  | 'int4'
  | 'int8'
  | 'numeric'
  | 'float8'
  | 'text'
  | 'bool'
  | 'date'
  | 'timestamptz'
  | 'uuid'
  | 'jsonb'
  | 'json'
  | 'text[]'
  | 'int4[]'
  | 'int4range'
  | 'daterange'
  | 'mood'
  | 'tsvector'

export interface Column {
  readonly name: string
  readonly type: TypeName
  readonly nullable: boolean
  /** Of a plain column: values are drawn from a few, so that filters find something. */
  readonly plain: boolean
  /** Its default. */
  readonly fallback?: string
  /** A function over the row; `*` leaves it out. */
  readonly computed?: boolean
}

/** A table or view. `key` is unique; views show the key of their table. */
export interface Relation {
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly columns: Column[]
  readonly key: readonly string[]
  readonly computed: Column[]
}

export interface ForeignKey {
  readonly name: string
  readonly source: Relation
  readonly columns: readonly string[]
  readonly target: Relation
  readonly targetColumns: readonly string[]
  /** Its columns are a key of the source: one-to-one. */
  readonly unique: boolean
}

/** One direction of a relationship. Pairs are [near column, far column]. */
export interface Link {
  readonly kind: 'many-to-one' | 'one-to-one' | 'one-to-many' | 'many-to-many'
  readonly source: Relation
  readonly target: Relation
  readonly pairs: readonly (readonly [string, string])[]
  readonly constraint: string
  /** Does the key's own table stand on the near side? */
  readonly forward: boolean
  /** The function that gives the related rows. */
  readonly computed?: string
  readonly through?: { readonly relation: Relation; readonly far: readonly (readonly [string, string])[] }
}

/** Who asks. */
export interface Caller {
  readonly name: string
  readonly role: 'anon' | 'authenticated' | 'service_role'
  readonly claims: Readonly<Record<string, unknown>>
}

export interface Schema {
  readonly relations: readonly Relation[]
  readonly links: readonly Link[]
  readonly callers: readonly Caller[]
  readonly rowsMax: number
  readonly ddl: string
}

/** A column, or something inside of a json column. */
export interface Operand {
  readonly column: Column
  readonly path: readonly (string | number)[]
  readonly asText: boolean
}

export type Condition =
  | {
      readonly kind: 'compare'
      readonly operand: Operand
      readonly operator: string
      readonly not: boolean
      /** One value, or those of a list. */
      readonly values: readonly string[]
      readonly quantifier?: 'any' | 'all'
      readonly config?: string
    }
  | { readonly kind: 'is'; readonly operand: Operand; readonly not: boolean; readonly what: string }
  | { readonly kind: 'and' | 'or'; readonly not: boolean; readonly items: readonly Condition[] }
  | { readonly kind: 'related'; readonly embed: Embed; readonly not: boolean }

export type Field =
  | { readonly kind: 'star' }
  | { readonly kind: 'column'; readonly operand: Operand; readonly alias?: string; readonly cast?: string }
  | { readonly kind: 'aggregate'; readonly call: string; readonly column?: Column; readonly alias?: string; readonly cast?: string }
  | { readonly kind: 'embed'; readonly embed: Embed }

export interface Embed {
  readonly name: string
  readonly hint?: string
  readonly alias?: string
  readonly join?: 'inner' | 'left'
  readonly spread: boolean
  readonly link: Link
  readonly level: Level
}

export interface OrderTerm {
  /** Of the row itself, or of the row that this to-one embed shows. */
  readonly embed?: Embed
  readonly operand: Operand
  readonly direction?: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
}

export interface Level {
  readonly relation: Relation
  fields: Field[]
  filters: Condition[]
  order: OrderTerm[]
  limit?: number
  offset?: number
}

export interface CallArguments {
  readonly function: string
  readonly values: Readonly<Record<string, number | readonly string[]>>
  /** Which rows it returns, as SQL. */
  readonly condition: string
}

export interface ReadRequest {
  readonly caller: Caller
  readonly level: Level
  count: boolean
  /** The rows come from a function that returns all rows of the relation. */
  call?: 'GET' | 'POST'
  /** Beside `call`: a function that returns some of the rows. */
  arguments?: CallArguments
  /** All rows in pages of this size, by `Prefer: cursor`; the request has no slice of its own then. */
  walk?: number
  /** The slice travels in a Range header instead of limit and offset. */
  rangeHeader: boolean
  head: boolean
}

/** Rows inside the rows of an insert: as many lists as there are rows. */
export interface NestedRows {
  readonly link: Link
  /** As the body names the relationship. */
  readonly key: string
  readonly rows: readonly (readonly ReadonlyMap<string, string | null>[])[]
}

/** A write of one table. */
export interface WriteRequest {
  readonly caller: Caller
  readonly kind: 'insert' | 'update' | 'delete' | 'put'
  /** What the answer shows; its filters, order and slice choose the rows of an update or delete. */
  readonly level: Level
  /** Column -> value in Postgres' input syntax; all rows have the same columns. */
  readonly rows: readonly ReadonlyMap<string, string | null>[]
  /** `columns=`. */
  readonly columns?: readonly string[]
  readonly missingAsDefault: boolean
  readonly nested?: NestedRows
  /** The body is CSV. */
  readonly csv: boolean
  readonly resolution?: 'merge-duplicates' | 'ignore-duplicates'
  readonly returns: 'representation' | 'minimal' | 'headers-only' | undefined
  readonly count: boolean
}

/** The key under which an embed appears, and by which its parameters name it. */
export function keyOfEmbed(embed: Embed): string {
  return embed.alias ?? embed.name
}

/** The key under which a column or an aggregate appears. */
export function keyOfField(field: Extract<Field, { kind: 'column' | 'aggregate' }>): string {
  if (field.alias !== undefined) return field.alias
  if (field.kind === 'aggregate') return field.call
  const words = field.operand.path.filter((step) => typeof step === 'string')
  return words.at(-1) ?? field.operand.column.name
}

/** Everything that a request may read by name. */
export function readableColumns({ columns, computed }: Relation): readonly Column[] {
  return [...columns, ...computed]
}

export function isToOne(link: Link): boolean {
  return link.kind === 'many-to-one' || link.kind === 'one-to-one'
}
