// The immutable model of the user's schema. Dialects resolve every name of a request against it: an identifier that
// is not in here never reaches SQL.

/** What a relation is, as Postgres keeps it (`pg_class.relkind`). */
export type RelationKind = 'table' | 'partitioned_table' | 'view' | 'materialized_view' | 'foreign_table'

/** A Postgres type. `base` is the element type of an array or the base type of a domain. */
export interface DataType {
  readonly oid: number
  readonly schema: string
  /** `pg_type.typname`, for example `int4`, `_text`, `timestamptz`. */
  readonly name: string
  /** As `format_type` prints it, for example `integer`, `text[]`, `timestamp with time zone`. */
  readonly formatted: string
  readonly kind: 'base' | 'array' | 'enum' | 'domain' | 'composite' | 'range' | 'multirange' | 'pseudo'
  /** `pg_type.typcategory`, for example N numeric, S string, B boolean, D date/time. */
  readonly category: string
  readonly base?: DataType
  /** Labels in sort order; enums only. */
  readonly enumLabels?: readonly string[]
  /** In their order; composite types only, and not those of a relation's rows. */
  readonly attributes?: readonly Attribute[]
}

/** A part of a composite type. */
export interface Attribute {
  readonly name: string
  readonly type: DataType
}

/** A column of a relation. */
export interface Column {
  readonly name: string
  /** `attnum`. */
  readonly position: number
  readonly type: DataType
  readonly nullable: boolean
  readonly hasDefault: boolean
  /** `always` and `by default` identity, or a generated expression. */
  readonly generated: 'no' | 'identity_always' | 'identity_by_default' | 'stored'
  readonly defaultExpression: string | null
  /** Identity columns: the sequence, qualified and quoted as `::regclass` reads it. */
  readonly identitySequence?: string | null
  /** Most characters of a `varchar(n)` or `char(n)`, or bits of a `bit(n)`; absent when unlimited. */
  readonly maxLength?: number
  readonly comment: string | null
  /** Its name in GraphQL when its comment gives another, `@graphql({"name": …})`, and no other column has that. */
  readonly fieldName?: string
}

/**
 * A function over one row of a relation that gives a scalar: it is read like a column of that name. A real column of
 * the same name hides it.
 */
export interface ComputedColumn {
  readonly kind: 'computed'
  readonly name: string
  /** What the function returns. */
  readonly type: DataType
  readonly function: DatabaseFunction
  readonly comment: string | null
}

/** A function over one row of a relation that gives rows (or one row) of another: a relationship without a foreign key. */
export interface ComputedRelationship {
  /** The function's name. */
  readonly name: string
  readonly target: Relation
  /** `to_one` when the function returns one row, or is declared ROWS 1. */
  readonly cardinality: 'to_one' | 'to_many'
  readonly function: DatabaseFunction
}

/**
 * A function or aggregate whose result is a domain named like a media type: the owner's own representation of rows
 * (PostgREST's custom media types).
 */
export interface MediaHandler {
  /** The domain's name, for example `application/vnd.twkb`, `text/html` or the catch-all `*\/*`. */
  readonly mediaType: string
  /** Schema and name of the aggregate. */
  readonly schema: string
  readonly name: string
  /** The relation whose rows it takes; null for one that takes any (`anyelement`). */
  readonly relation: Relation | null
}

/** A primary key or a unique constraint/index over plain columns. */
export interface Key {
  readonly name: string
  readonly columns: readonly string[]
  readonly primary: boolean
  /** ON CONFLICT cannot use it: it is deferrable, or without overlaps. */
  readonly arbitrates?: false
}

/** A foreign key, seen from its own table: `columns` reference `target.targetColumns`, pairwise. */
export interface ForeignKey {
  readonly name: string
  readonly source: Relation
  readonly columns: readonly string[]
  readonly target: Relation
  readonly targetColumns: readonly string[]
  readonly comment: string | null
  /** Rows may break it: it is not enforced, or was not validated. */
  readonly enforced?: false
}

/** Keys that a relation has by its comment only: `@graphql({"primary_key_columns": …, "foreign_keys": …})`. */
export interface DeclaredKeys {
  /** Never for tables: they can have a real one. */
  readonly primaryKey: Key | null
  readonly foreignKeys: readonly NamedForeignKey[]
  /** Those of others that point here. */
  readonly referencedBy: readonly NamedForeignKey[]
}

/** A foreign key that a comment declares, with the names that it gives. Nothing in the database holds it. */
export interface NamedForeignKey extends ForeignKey {
  readonly foreignName: string | undefined
  readonly localName: string | undefined
}

/** What a role may do with a relation, column grants included. Sets hold column names. */
export interface RelationPrivileges {
  readonly select: ReadonlySet<string>
  readonly insert: ReadonlySet<string>
  readonly update: ReadonlySet<string>
  readonly delete: boolean
}

/** A table, view, materialised view or foreign table. */
export interface Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly comment: string | null
  readonly columns: readonly Column[]
  readonly columnsByName: ReadonlyMap<string, Column>
  readonly primaryKey: Key | null
  /** The primary key included. */
  readonly uniqueKeys: readonly Key[]
  /** Foreign keys of this table. */
  readonly foreignKeys: readonly ForeignKey[]
  /** Foreign keys of other tables that point here. */
  readonly referencedBy: readonly ForeignKey[]
  /**
   * Keys that a view inherits from the tables whose columns it shows unchanged (column lineage), in the view's own
   * column names; empty for tables.
   */
  readonly inheritedKeys: readonly Key[]
  /** Foreign keys where this relation, or the target, is a view that shows all columns of one side of a real key. */
  readonly viewForeignKeys: readonly ForeignKey[]
  /** The same seen from the other side. */
  readonly viewReferencedBy: readonly ForeignKey[]
  /** Keys by comment; absent where no comment declares any. */
  readonly declared?: DeclaredKeys
  /** By name. */
  readonly computedColumns: ReadonlyMap<string, ComputedColumn>
  readonly computedRelationships: readonly ComputedRelationship[]
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean }
  /** Views only: does the view run with its caller's rights? Tables: true. */
  readonly securityInvoker: boolean
  readonly insertable: boolean
  readonly updatable: boolean
  readonly deletable: boolean
  /** pg_class.relreplident: `d` default, `n` nothing, `f` full, `i` index. */
  readonly replicaIdentity: 'd' | 'n' | 'f' | 'i'
  /** Privileges of a role (its memberships resolved); empty sets for a role that has none or is unknown. */
  privilegesOf(role: string): RelationPrivileges
}

/** An argument of a function; `variadic` arguments have the array's type. */
export interface FunctionArgument {
  readonly name: string
  readonly type: DataType
  readonly mode: 'in' | 'inout' | 'variadic'
  readonly hasDefault: boolean
}

/** A function that may be called over the API. */
export interface DatabaseFunction {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly comment: string | null
  readonly arguments: readonly FunctionArgument[]
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  readonly returnsSet: boolean
  readonly returnType: DataType
  /** The relation whose row type is returned, when it is one. */
  readonly returnRelation: Relation | null
  /** OUT/TABLE columns, when the function declares its own row shape. */
  readonly returnColumns: readonly { readonly name: string; readonly type: DataType }[] | null
  /**
   * What filters and selections on the result refer to: `returnRelation`, or for a function with its own row shape
   * a relation without keys that stands for it; null for scalars and void.
   */
  readonly resultRelation: Relation | null
  readonly securityDefiner: boolean
  /** Made by CREATE EXTENSION: nobody wrote it for this schema. */
  readonly ofExtension?: boolean
  /** `pg_proc.prorows`: how many rows the planner expects; 0 when it returns no set. */
  readonly rowsEstimate: number
  /** Settings of `create function … set name = value`, by name. */
  readonly settings: ReadonlyMap<string, string>
  /** Whether the role may call it: EXECUTE on the function and USAGE on its schema, own or inherited. */
  isExecutableBy(role: string): boolean
}

/** One version of the whole model. A reload makes a new one; nobody changes an old one. */
export interface Catalog {
  /** Grows by one with every reload; part of plan-cache keys. */
  readonly version: number
  /** Hash of what was read: equal hashes are equal catalogs. */
  readonly hash: string
  /** By `schema.name`. Holds the exposed schemas and what they reference. */
  readonly relations: ReadonlyMap<string, Relation>
  /**
   * Tables that are enums of GraphQL's schema: value to comment. Changed rows make a new version.
   */
  readonly enumValues: ReadonlyMap<Relation, ReadonlyMap<string, string | null>>
  /** All overloads by `schema.name`. */
  readonly functions: ReadonlyMap<string, readonly DatabaseFunction[]>
  readonly types: ReadonlyMap<number, DataType>
  /** Every role that plinth_api or plinth_service may take. */
  readonly roles: ReadonlySet<string>
  /** The exposed schemas in the configured order; the first is the default. Relations of others are there only as targets. */
  readonly schemas: readonly string[]
  /** Comments of the exposed schemas, by name. */
  readonly schemaComments: ReadonlyMap<string, string>
  /** Settings of `alter role … set …` that any user may change, by role: a request's transaction takes them over. */
  readonly roleSettings: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Custom media types of the exposed schemas and the extra search path. */
  readonly mediaHandlers: readonly MediaHandler[]
  /** Schema of PostGIS' `st_asgeojson(record, …)`; null without PostGIS. */
  readonly geoJsonSchema: string | null
  /** Does any function, policy, default or view read `request.*` settings other than the claims? Else nobody sets them. */
  readonly readsRequestSettings: boolean
  /** Functions that are declared immutable and read settings, with their argument types. */
  readonly frozenSettingReaders: readonly string[]
  /** Does any function or view set `response.headers` or `response.status`? Else nobody looks at them. */
  readonly writesResponseSettings: boolean
  /** The table or view of this name, whoever may read it; undefined when there is none. */
  findRelation(schema: string, name: string): Relation | undefined
}
