// The test's own picture of a database and of a document. It shares nothing with the code under test on purpose.
import type { TypeName } from './column-types.ts'
import type { ConnectionField, NodeField, SelectedConnection } from './relay-model.ts'

export interface Column {
  readonly name: string
  readonly type: TypeName
  readonly nullable: boolean
  /** `mark`: a text that no other row of the database has. `plain`: drawn from a few values, so that filters find something. */
  readonly use: 'key' | 'reference' | 'mark' | 'plain' | 'generated' | 'computed'
  readonly fallback?: string
  readonly computed?: Computed
}

/** What a function over the row is worth. */
export interface Computed {
  /** The function's body over the columns, with these arguments. */
  readonly sql: string
  readonly args: readonly Given[]
  /** It has no arguments, so it stands in where and order_by too. */
  readonly isBare: boolean
}

/** An argument as it is given. */
export interface Given {
  readonly name: string
  readonly scalar: 'Int' | 'String'
  readonly value: number | string | null
}

export interface Key {
  readonly name: string
  readonly columns: readonly string[]
}

/** A table or view; `key` is unique, and views show the key of their table. */
export interface Relation {
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly columns: Column[]
  /** The table that a view shows. */
  readonly base?: string
  readonly key: readonly string[]
  /** The primary key first; none for views. */
  readonly keys: readonly Key[]
  readonly rights: Readonly<Record<RoleName, Rights>>
  /** Functions over its rows; one with arguments is there once for each way to call it. */
  readonly computed: Column[]
}

export type RoleName = 'anon' | 'authenticated' | 'service_role'

/** Names of columns. */
export interface Rights {
  readonly select: ReadonlySet<string>
  readonly insert: ReadonlySet<string>
  readonly update: ReadonlySet<string>
  readonly delete: boolean
}

export interface ForeignKey {
  readonly name: string
  readonly source: Relation
  readonly columns: readonly string[]
  readonly target: Relation
  readonly targetColumns: readonly string[]
}

/** A relationship field. Pairs are [near column, far column]. */
export interface Link {
  readonly name: string
  readonly source: Relation
  readonly target: Relation
  readonly toOne: boolean
  /** The near side holds the foreign key. */
  readonly forward: boolean
  readonly pairs: readonly (readonly [string, string])[]
  /** Rows come out of a function, which takes only those whose mark falls into one part of several. */
  readonly computed?: { readonly parts: number; readonly part: number; readonly args: readonly Given[]; readonly isBare: boolean }
}

export interface Caller {
  readonly name: string
  readonly role: RoleName
  readonly claims: Readonly<Record<string, unknown>>
}

export interface World {
  readonly relations: readonly Relation[]
  readonly links: readonly Link[]
  /** Functions that give rows for a row. */
  readonly computed: readonly Link[]
  readonly callers: readonly Caller[]
  readonly ddl: string
}

/** Postgres' input syntax; a list has its items. */
export type Value = string | readonly string[]

export type Filter =
  /** Several keys in one object, or an explicit list. */
  | { readonly kind: 'and' | 'or' | 'object'; readonly items: readonly Filter[] }
  | { readonly kind: 'not'; readonly item: Filter }
  | { readonly kind: 'compare'; readonly column: Column; readonly operator: string; readonly value: Value }
  | { readonly kind: 'is_null'; readonly column: Column; readonly what: boolean }
  | { readonly kind: 'related'; readonly link: Link; readonly filter: Filter }
  | { readonly kind: 'related_count'; readonly link: Link; readonly count: CountTest }
  | { readonly kind: 'related_bool'; readonly link: Link; readonly test: BoolTest }
  | { readonly kind: 'related_float'; readonly link: Link; readonly test: FloatTest }

export interface CountTest {
  readonly columns: readonly Column[]
  readonly distinct: boolean
  readonly filter?: Filter
  readonly operator: string
  readonly value: Value
}

/** Of a float8 column; covar_samp is of two. */
export interface FloatTest {
  readonly call: string
  readonly columns: readonly Column[]
  readonly distinct: boolean
  readonly filter?: Filter
  readonly operator: string
  readonly value: string
}

export interface BoolTest {
  readonly call: 'bool_and' | 'bool_or'
  readonly column: Column
  readonly filter?: Filter
  readonly value: boolean
}

export const directions = ['asc', 'desc', 'asc_nulls_first', 'asc_nulls_last', 'desc_nulls_first', 'desc_nulls_last'] as const

export interface OrderTerm {
  /** To-one relationships that lead there. */
  readonly path: readonly Link[]
  readonly aggregate?: { readonly link: Link; readonly call: string; readonly column?: Column }
  readonly column?: Column
  readonly direction: (typeof directions)[number]
}

export interface Slice {
  readonly filter?: Filter
  /** Total, or empty. */
  readonly order: readonly OrderTerm[]
  readonly distinct: readonly Column[]
  readonly limit?: number
  readonly offset?: number
}

export type Selected =
  | { readonly kind: 'typename'; readonly key: string }
  | { readonly kind: 'column'; readonly key: string; readonly column: Column; readonly path?: readonly (string | number)[] }
  | { readonly kind: 'row'; readonly key: string; readonly link: Link; readonly selected: readonly Selected[] }
  | { readonly kind: 'rows'; readonly key: string; readonly link: Link; readonly slice: Slice; readonly selected: readonly Selected[] }
  | {
      readonly kind: 'aggregate'
      readonly key: string
      readonly link: Link
      readonly slice: Slice
      readonly parts: readonly AggregatePart[]
    }
  | ({ readonly kind: 'group_by'; readonly key: string; readonly link: Link } & Groups)
  /** At Relay's endpoint. */
  | SelectedConnection
  | { readonly kind: 'global_id'; readonly key: string }

export type AggregatePart =
  | { readonly kind: 'typename'; readonly key: string }
  | { readonly kind: 'nodes'; readonly key: string; readonly selected: readonly Selected[] }
  | { readonly kind: 'aggregate'; readonly key: string; readonly fields: readonly AggregateField[] }

export type AggregateField =
  | { readonly kind: 'typename'; readonly key: string }
  | { readonly kind: 'count'; readonly key: string; readonly columns: readonly Column[]; readonly distinct: boolean }
  | {
      readonly kind: 'call'
      readonly key: string
      readonly call: string
      readonly columns: readonly { readonly key: string; readonly column: Column }[]
    }

/** Rows out of a function that returns some of a table's: those whose mark falls into one part of several. */
export interface Call {
  readonly parts: number
  readonly part?: number
}

export type GroupPart =
  | AggregatePart
  | { readonly kind: 'key'; readonly key: string; readonly columns: readonly { readonly key: string; readonly column: Column }[] }

/** Groups of rows, at the root or over a relationship. */
export interface Groups {
  readonly filter?: Filter
  readonly by: readonly Column[]
  readonly having?: Having
  /** An aggregate that groups are ordered by before the columns. */
  readonly first?: { readonly call: string; readonly column?: Column; readonly direction: (typeof directions)[number] }
  /** Of all columns of the key, or empty. */
  readonly order: readonly { readonly column: Column; readonly direction: (typeof directions)[number] }[]
  readonly limit?: number
  readonly offset?: number
  readonly parts: readonly GroupPart[]
}

export type GroupField = { readonly kind: 'group_by'; readonly key: string; readonly relation: Relation } & Groups

/** A condition on a group. */
export type Having =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Having[] }
  | { readonly kind: 'not'; readonly item: Having }
  | { readonly kind: 'count'; readonly count: CountTest }
  /** An aggregate of a column as the left side of a comparison. */
  | { readonly kind: 'call'; readonly call: string; readonly column: Column; readonly operator: string; readonly value: Value }

/** A function at the root that reads no table. */
export interface ScalarField {
  readonly kind: 'scalar'
  readonly key: string
  readonly name: string
  readonly args: readonly RootArgument[]
}

/** An argument in Postgres' input syntax. */
export interface RootArgument {
  readonly name: string
  readonly column: Column
  readonly value: Value | null
}

export type QueryField =
  | ScalarField
  | GroupField
  | ConnectionField
  | NodeField
  /** The first row by its key of those that a function returns. */
  | { readonly kind: 'one'; readonly key: string; readonly relation: Relation; readonly call: Call; readonly selected: readonly Selected[] }
  | {
      readonly kind: 'rows'
      readonly key: string
      readonly relation: Relation
      readonly call?: Call
      readonly slice: Slice
      readonly selected: readonly Selected[]
    }
  | {
      readonly kind: 'aggregate'
      readonly key: string
      readonly relation: Relation
      readonly call?: Call
      readonly slice: Slice
      readonly parts: readonly AggregatePart[]
    }
  | {
      readonly kind: 'by_pk'
      readonly key: string
      readonly relation: Relation
      readonly values: readonly string[]
      readonly selected: readonly Selected[]
    }

/** A row to insert, with the rows inside it. */
export interface Row {
  /** Column name to value, in the order they are written. */
  readonly values: ReadonlyMap<string, Value | null>
  readonly nested: readonly NestedRows[]
}

export interface NestedRows {
  readonly link: Link
  readonly rows: readonly Row[]
  readonly conflict?: OnConflict
}

export interface OnConflict {
  readonly key: Key
  readonly update: readonly Column[]
  readonly filter?: Filter
}

export type UpdateOperator = '_set' | '_inc' | '_append' | '_prepend' | '_delete_key' | '_delete_elem' | '_delete_at_path'

export interface Change {
  readonly operator: UpdateOperator
  readonly column: Column
  readonly value: Value | null
}

/** `_related`: what an update does to rows that belong to its own. */
export interface RelatedChange {
  readonly link: Link
  readonly delete?: Filter
  readonly updates: readonly UpdateOf[]
  /** For each updated row; over a foreign key of the updated table one row that all point to. */
  readonly insert?: readonly Row[]
}

/** Of related rows all are meant without a filter. */
export interface UpdateOf {
  readonly filter?: Filter
  readonly changes: readonly Change[]
  readonly related: readonly RelatedChange[]
}

export interface Answered {
  /** Keys of the answer in order. */
  readonly parts: readonly (
    | { readonly kind: 'affected_rows' | 'typename'; readonly key: string }
    | { readonly kind: 'returning'; readonly key: string; readonly selected: readonly Selected[] }
  )[]
}

export type MutationField = { readonly key: string; readonly relation: Relation } & (
  | { readonly kind: 'insert'; readonly rows: readonly Row[]; readonly conflict?: OnConflict; readonly answer: Answered }
  | { readonly kind: 'insert_one'; readonly rows: readonly Row[]; readonly conflict?: OnConflict; readonly selected: readonly Selected[] }
  | ({ readonly kind: 'update'; readonly filter: Filter; readonly answer: Answered } & UpdateOf)
  | {
      readonly kind: 'update_many'
      readonly updates: readonly ({ readonly filter: Filter } & UpdateOf)[]
      readonly answer: Answered
    }
  | {
      readonly kind: 'update_by_pk'
      readonly values: readonly string[]
      readonly changes: readonly Change[]
      readonly related: readonly RelatedChange[]
      readonly selected: readonly Selected[]
    }
  | { readonly kind: 'delete'; readonly filter: Filter; readonly answer: Answered }
  | { readonly kind: 'call'; readonly call: Call; readonly slice: Slice; readonly selected: readonly Selected[] }
  | { readonly kind: 'delete_by_pk'; readonly values: readonly string[]; readonly selected: readonly Selected[] }
)

interface Asked {
  readonly caller: Caller
  /** Seed of how it is written: variables or literals, fragments, directives. 0: the plainest way. */
  readonly style: number
}
export type Query = Asked & { readonly kind: 'query'; readonly fields: readonly QueryField[]; readonly relay?: boolean }
export type Mutation = Asked & { readonly kind: 'mutation'; readonly fields: readonly MutationField[] }
export type Operation = Query | Mutation

export const columnOf = ({ columns }: Relation, name: string): Column => columns.find((column) => column.name === name)!

export const readable = (relation: Relation, role: RoleName): Column[] =>
  relation.columns.filter(({ name }) => relation.rights[role].select.has(name))

/** By what facts know a column. */
export const factOf = ({ name, computed }: Column): string =>
  computed === undefined || computed.isBare ? name : `${name} ${JSON.stringify(computed.args)}`

/** Columns and computed values that a role may compare. */
export const comparable = (relation: Relation, role: RoleName): Column[] => [
  ...readable(relation, role),
  ...(mayReadAll(relation, role) ? relation.computed.filter(({ computed }) => computed!.isBare) : []),
]

/** Functions that give rows; they read all columns of both sides. */
export function computedFrom({ computed }: World, source: Relation, role: RoleName): Link[] {
  return computed.filter((link) => link.source === source && mayReadAll(source, role) && mayReadAll(link.target, role))
}

/** Relationships that a role sees: it may read both sides of the join. */
export function linksFrom({ links }: World, source: Relation, role: RoleName): Link[] {
  return links.filter((link) => {
    const near = link.source.rights[role].select
    const far = link.target.rights[role].select
    return link.source === source && link.pairs.every(([a, b]) => near.has(a) && far.has(b))
  })
}

/** A function over whole rows needs the right to read all of them. */
export function mayReadAll(relation: Relation, role: RoleName): boolean {
  return relation.kind === 'table' && relation.rights[role].select.size === relation.columns.length
}

export const functionName = (relation: Relation): string => `some_${relation.name}`

/** It gives one row. */
export const oneName = (relation: Relation): string => `one_${relation.name}`

/** It changes rows and gives them. */
export const touchName = (relation: Relation): string => `touch_${relation.name}`

/** The columns of it are read and written by the caller. */
export function mayTouch(relation: Relation, role: RoleName): boolean {
  return mayReadAll(relation, role) && relation.rights[role].update.has('mark')
}

/** May rows be named by their key? */
export function hasReadableKey(relation: Relation, role: RoleName): boolean {
  return relation.key.every((name) => relation.rights[role].select.has(name))
}

/** `insert_author_one` … */
export function rootName({ kind, relation }: MutationField): string {
  if (kind === 'call') return touchName(relation)
  const [verb, ...rest] = kind.split('_')
  return [verb, relation.name, ...rest].join('_')
}
