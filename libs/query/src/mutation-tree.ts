// The part of the request tree that changes rows.
import type { Column, Relation } from '#libs/catalog'
import type { FieldNode, FilterNode, OrderNode, RelationshipLink, ValueNode } from './tree.ts'

/** Inserts rows given as one JSON array (a parameter), or one row value by value; `columns` is the union of their keys. */
export interface InsertNode {
  readonly kind: 'insert'
  readonly relation: Relation
  readonly columns: readonly Column[]
  /** JSON text of an array of objects. Absent keys become NULL, or DEFAULT with `missingAsDefault`. */
  readonly rows: ValueNode | GivenRow
  readonly missingAsDefault: boolean
  /** Leaves out given rows that do not match; it compares `columns` as the body has them. */
  readonly only?: FilterNode
  readonly conflict?: {
    readonly target: readonly string[]
    readonly constraint?: string
    readonly action: 'ignore' | 'merge'
    readonly update: readonly Column[]
    readonly filter?: FilterNode
  }
  /** Related rows given inside these rows; only `compileNestedInsert` takes them. */
  readonly nested?: readonly NestedInsert[]
  readonly returning: readonly FieldNode[] | null
}

/**
 * One row, a parameter for each of the insert's columns in their order: Postgres reads it in half the time that rows in JSON
 * take. A value has the form that `isReadFromText` of its column's type says: the text that Postgres reads, or a JSON object that
 * has the value under the column's name.
 */
export interface GivenRow {
  readonly kind: 'row'
  readonly values: readonly ValueNode[]
}

/**
 * Rows to insert along with the rows that hold them. Under `key` each outer row has an array of objects, one object, null
 * or nothing. When `link` is a foreign key of the outer table (its columns are in the outer row) the inner row goes
 * first and gives the outer one its key; otherwise the inner rows come after and get the outer row's key. Many-to-many is
 * two of these: the junction, and in it the far row. `node.rows` and `node.returning` are not looked at: the rows are
 * inside the outermost node's `rows`, the answer is the outermost node's.
 */
export interface NestedInsert {
  readonly link: RelationshipLink
  readonly key: string
  readonly node: InsertNode
}

/** Updates rows. `set` values are parameters; `setFrom` takes columns from one JSON object given as a parameter. */
export interface UpdateNode {
  readonly kind: 'update'
  readonly relation: Relation
  readonly set: readonly {
    readonly column: Column
    readonly value: ValueNode
    readonly operator?: 'set' | 'inc' | 'append' | 'prepend' | 'delete_key' | 'delete_elem' | 'delete_at_path'
  }[]
  readonly setFrom?: {
    readonly columns: readonly Column[]
    readonly object: ValueNode
    /** Columns that the object does not have get their DEFAULT instead of NULL. */
    readonly missingAsDefault?: boolean
  }
  readonly filter?: FilterNode
  /** Only the first of the matching rows. */
  readonly slice?: MutationSlice
  readonly returning: readonly FieldNode[] | null
}

/**
 * Which of the matching rows a limited update or delete changes. They are chosen by primary key (a view's inherited
 * one), by `ctid` in a table without one; anything else cannot be limited (`isSliceable`).
 */
export interface MutationSlice {
  readonly order: readonly OrderNode[]
  readonly limit: ValueNode | number
  readonly offset?: ValueNode | number
}

/** `delete from <relation> where … returning …`. Without a filter every row goes; dialects decide whether to allow that. */
export interface DeleteNode {
  readonly kind: 'delete'
  readonly relation: Relation
  readonly filter?: FilterNode
  readonly slice?: MutationSlice
  readonly returning: readonly FieldNode[] | null
}

/** Whatever changes rows. */
export type MutationNode = InsertNode | UpdateNode | DeleteNode
/**
 * The answer of a mutation, key by key in the order of the selection: GraphQL's `{affected_rows returning {…}}`.
 * `fields` of `returning` take the place of the node's own `returning`.
 */
export type MutationPart =
  | { readonly kind: 'affected_rows'; readonly key: string }
  | { readonly kind: 'returning'; readonly key: string; readonly fields: readonly FieldNode[] }
  | { readonly kind: 'constant'; readonly key: string; readonly value: string }

/**
 * An update of rows and of rows related to them: `_related` of GraphQL. The rows are chosen and locked before anything changes;
 * `set` may be empty. Both relations need a primary key.
 */
export interface RelatedUpdate {
  readonly relation: Relation
  readonly set: UpdateNode['set']
  readonly filter?: FilterNode
  readonly related: readonly RelatedChange[]
}

/**
 * What happens to the rows that belong to the chosen ones over `link`, a foreign key of either side. Those that are meant by
 * `delete` and `updates` are found before the outer rows change; they are deleted, then updated, then rows are inserted:
 * for each of the chosen rows, or, when the chosen rows point there, one that all of them point to afterwards.
 */
export interface RelatedChange {
  readonly link: RelationshipLink
  readonly delete?: FilterNode
  readonly updates: readonly RelatedUpdate[]
  readonly insert?: InsertNode
}
