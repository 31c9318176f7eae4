// The request tree: what every dialect parses to and the compiler turns into ONE SQL statement. Nodes are immutable
// and hold catalog objects, never names out of a request. Values are ValueNodes: they become parameters.
import type { Column, ComputedColumn, DatabaseFunction, DataType, ForeignKey, Relation } from '#libs/catalog'

/** Whatever can be read of a row by name. */
export type ReadableColumn = Column | ComputedColumn

/**
 * A value of a request. It becomes a parameter `$n`, cast to `type` when one is given.
 * `ref` lets a dialect reuse a compiled plan with other values: `plan.parameters` hands the nodes back in order, and
 * the dialect fills each one with a `ref` from the new request instead of `value`.
 */
export interface ValueNode {
  readonly kind: 'value'
  /** What goes over the wire: text, or null. Arrays and JSON are already text in Postgres' input syntax. */
  readonly value: string | null
  readonly type?: DataType | string
  readonly ref?: unknown
}

/** Steps into a json/jsonb column: `->` for all but the last, `->>` for the last when `asText`. */
export interface JsonPath {
  readonly steps: readonly (string | number)[]
  readonly asText: boolean
}

/**
 * Something a filter or an order looks at. `relatedBy` reaches a related row's column (order only): one to-one
 * relationship, or several in a row. With `aggregate` the last of them is to-many, and its rows are aggregated.
 */
export interface Operand {
  readonly kind: 'operand'
  readonly column: ReadableColumn
  readonly jsonPath?: JsonPath
  readonly relatedBy?: RelationshipLink | readonly RelationshipLink[]
  /** The last related row counts only when it passes this; else its column is null. */
  readonly relatedFilter?: FilterNode
  /** Without `relatedBy`: over the rows of a group. */
  readonly aggregate?: AggregateCall
  /** What it is cast to before it is compared. */
  readonly cast?: DataType | string
}

/** Binary operators, named for what Postgres does; the printer holds the one table name -> SQL. */
export type Operator =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'like'
  | 'ilike'
  | 'match'
  | 'imatch'
  | 'similar'
  | 'in'
  | 'is_distinct'
  | 'fts'
  | 'plfts'
  | 'phfts'
  | 'wfts'
  | 'contains'
  | 'contained_by'
  | 'overlaps'
  | 'strictly_left'
  | 'strictly_right'
  | 'not_right_of'
  | 'not_left_of'
  | 'adjacent'
  | 'has_key'
  | 'has_any_key'
  | 'has_all_keys'
  /** ltree; with an array of them on the right, `any`. */
  | 'ancestor'
  | 'descendant'
  | 'ltree_match'
  | 'ltree_match_any'
  | 'ltree_match_fulltext'

/** PostGIS' predicates: the operand is their first argument. */
export type SpatialFunction =
  | 'st_contains'
  | 'st_crosses'
  | 'st_equals'
  | 'st_overlaps'
  | 'st_touches'
  | 'st_within'
  | 'st_intersects'
  | 'st_3dintersects'
  | 'st_dwithin'
  | 'st_3ddwithin'

/** An argument of a function; without a name by position. */
export interface FunctionArgumentValue {
  readonly name: string | null
  readonly value: ValueNode
  readonly variadic?: boolean
}

/** A condition on a row: a tree of and, or, not over comparisons. Values become parameters. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly items: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly item: FilterNode }
  /** `quantifier` compares with `= any(array)` / `= all(array)`; the value is then an array literal. `in` always takes an array literal. */
  | {
      readonly kind: 'compare'
      readonly operand: Operand
      readonly operator: Operator
      readonly value: ValueNode
      readonly quantifier?: 'any' | 'all'
      readonly config?: string
    }
  | { readonly kind: 'is'; readonly operand: Operand; readonly what: 'null' | 'not_null' | 'true' | 'false' | 'unknown' }
  /** A related row exists (that matches); with a slice, one in that slice; `aggregated`: of the one row that aggregates make of them. */
  | {
      readonly kind: 'exists'
      readonly link: RelationshipLink
      readonly filter?: FilterNode
      readonly limit?: ValueNode | number
      readonly offset?: ValueNode | number
      readonly aggregated?: boolean
    }
  | { readonly kind: 'spatial'; readonly operand: Operand; readonly function: SpatialFunction; readonly arguments: readonly ValueNode[] }
  /** One aggregate over the related rows (that match) passes all tests. */
  | {
      readonly kind: 'related_aggregate'
      readonly link: RelationshipLink
      readonly call: AggregateCall
      readonly filter?: FilterNode
      readonly tests: readonly {
        readonly operator: Operator | 'is_null' | 'is_not_null'
        readonly value?: ValueNode
        readonly quantifier?: 'any' | 'all'
      }[]
    }

/** How two relations are joined. `columns` are the near side's, `targetColumns` the far side's, pairwise. */
export interface RelationshipLink {
  readonly source: Relation
  readonly target: Relation
  readonly cardinality: 'to_one' | 'to_many'
  readonly columns: readonly string[]
  readonly targetColumns: readonly string[]
  /** Absent for a computed relationship. */
  readonly foreignKey?: ForeignKey
  /** A computed relationship: the rows are those of `function(row of source)`; `columns` and `targetColumns` are empty. */
  readonly function?: DatabaseFunction
  /** Arguments of `function` after the row. */
  readonly arguments?: readonly FunctionArgumentValue[]
  /** Many-to-many: the table between and how it reaches the target. */
  readonly through?: { readonly relation: Relation; readonly nearColumns: readonly string[]; readonly farColumns: readonly string[] }
}

/** One key of ORDER BY. Without `nulls` Postgres decides: last when ascending, first when descending. */
export interface OrderNode {
  readonly operand: Operand
  readonly direction: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
}

/** Aggregates over the rows of a read. `columns` empty means `count(*)`. */
export interface AggregateCall {
  readonly key: string
  readonly function:
    | 'count'
    | 'sum'
    | 'avg'
    | 'min'
    | 'max'
    | 'stddev'
    | 'stddev_pop'
    | 'stddev_samp'
    | 'variance'
    | 'var_pop'
    | 'var_samp'
    | 'bool_and'
    | 'bool_or'
    | 'corr'
    | 'covar_samp'
  readonly columns: readonly ReadableColumn[]
  /** Into the only column. */
  readonly jsonPath?: JsonPath
  /** Cast of the argument, before it is aggregated; `cast` is that of the result. */
  readonly argumentCast?: DataType
  readonly distinct?: boolean
  readonly cast?: DataType
}

/** One key of a JSON object in the answer; `key` is the output name (request text: printed as a quoted literal/identifier). */
export type FieldNode =
  | {
      readonly kind: 'column'
      readonly key: string
      readonly column: ReadableColumn
      readonly jsonPath?: JsonPath
      readonly cast?: DataType
      /** A geometry or geography as GeoJSON with its reference system. */
      readonly geoJson?: boolean
    }
  /** A scalar function of the row with further arguments. */
  | {
      readonly kind: 'computed'
      readonly key: string
      readonly function: DatabaseFunction
      readonly arguments: readonly FunctionArgumentValue[]
      readonly jsonPath?: JsonPath
      readonly cast?: DataType
      readonly geoJson?: boolean
      /** A set of scalars is an array of them: how many at most. */
      readonly valuesMax?: ValueNode | number
    }
  /** A constant such as GraphQL's `__typename`. */
  | { readonly kind: 'constant'; readonly key: string; readonly value: string | number | boolean | null }
  /**
   * Makes the level a grouped one: its rows are grouped by every field that is no aggregate (columns with their path and
   * cast, embeds and spreads by their value). Inside a to-one spread the aggregate belongs to the level that the spread's
   * columns belong to: it is computed over that level's rows, and `count(*)` counts those that have a related row. So
   * dialects hand over the fields as they were written; nothing is moved before.
   */
  | { readonly kind: 'aggregate'; readonly call: AggregateCall }
  /**
   * Related rows: an object (or null) for a to-one link, an array for a to-many one. With `spread` the related row's
   * fields become fields of this row; over a to-many link each becomes an array (in the order of `read`), and a spread
   * within it gives arrays of arrays when it is to-many itself. `key` of a spread is never printed.
   */
  | {
      readonly kind: 'relation'
      readonly key: string
      readonly link: RelationshipLink
      readonly read: ReadNode
      readonly required: boolean
      readonly spread?: boolean
    }
  /** GraphQL's `<relation>_aggregate`: an object, not a list of rows. */
  | { readonly kind: 'relation_aggregate'; readonly key: string; readonly link: RelationshipLink; readonly read: AggregateReadNode }
  /** `<relation>_group_by`: an array with one object a group. */
  | { readonly kind: 'relation_groups'; readonly key: string; readonly link: RelationshipLink; readonly read: GroupReadNode }
  /** Relay's `<relation>_connection`. */
  | { readonly kind: 'relation_connection'; readonly key: string; readonly link: RelationshipLink; readonly read: ConnectionReadNode }
  /** Relay's global id: base64 of `[1, schema, table, key columns…]`. */
  | { readonly kind: 'global_id'; readonly key: string; readonly relation: Relation; readonly columns: readonly string[] }

/** Rows of a relation (or of a function's result, or of a mutation's result: see `source`). */
export interface ReadNode {
  readonly kind: 'read'
  readonly relation: Relation
  readonly fields: readonly FieldNode[]
  readonly filter?: FilterNode
  readonly order: readonly OrderNode[]
  readonly distinctOn?: readonly Column[]
  /** A number is the server's own constant (such as the row limit) and is printed; a value of the request is a parameter. */
  readonly limit?: ValueNode | number
  readonly offset?: ValueNode | number
  /** The answer is the one row as an object (null when there is none) instead of an array: GraphQL's `_by_pk`. */
  readonly single?: boolean
}

/** GraphQL's `T_aggregate {aggregate {…} nodes {…}}`: one object over the filtered rows. */
export interface AggregateReadNode {
  readonly kind: 'aggregate_read'
  readonly relation: Relation
  readonly filter?: FilterNode
  readonly order: readonly OrderNode[]
  readonly distinctOn?: readonly Column[]
  readonly limit?: ValueNode | number
  readonly offset?: ValueNode | number
  /** The answer's keys in order. */
  readonly parts: readonly (
    | { readonly kind: 'constant'; readonly key: string; readonly value: string }
    | { readonly kind: 'aggregate'; readonly key: string; readonly fields: readonly AggregatePart[] }
    | { readonly kind: 'nodes'; readonly key: string; readonly fields: readonly FieldNode[]; readonly limit?: number }
  )[]
}

/** `count`, `__typename`, or a group such as `sum {price quantity}`. */
export type AggregatePart =
  | { readonly kind: 'call'; readonly call: AggregateCall }
  | { readonly kind: 'constant'; readonly key: string; readonly value: string }
  | {
      readonly kind: 'group'
      readonly key: string
      readonly calls: readonly (AggregateCall | { readonly kind: 'constant'; readonly key: string; readonly value: string })[]
    }

/** Rows in groups: an array with one object a group. */
export interface GroupReadNode {
  readonly kind: 'group_read'
  readonly relation: Relation
  readonly filter?: FilterNode
  readonly by: readonly Column[]
  /** Its operands are aggregates without `relatedBy`. */
  readonly having?: FilterNode
  /** By columns of `by`, or by aggregates without `relatedBy`. */
  readonly order: readonly OrderNode[]
  readonly limit?: ValueNode | number
  readonly offset?: ValueNode | number
  /** The answer's keys in order. */
  readonly parts: readonly (
    | AggregateReadNode['parts'][number]
    | {
        readonly kind: 'key'
        readonly key: string
        readonly fields: readonly (
          | { readonly kind: 'column'; readonly key: string; readonly column: Column; readonly geoJson?: boolean }
          | { readonly kind: 'constant'; readonly key: string; readonly value: string }
        )[]
      }
  )[]
}

/** Values of a connection's order, as a cursor holds them. */
export type ConnectionSide = readonly ValueNode[]

/** A page of rows by cursor: Relay's `{edges {cursor node} pageInfo}`, one object. */
export interface ConnectionReadNode {
  readonly kind: 'connection_read'
  readonly relation: Relation
  readonly filter?: FilterNode
  readonly distinctOn?: readonly Column[]
  /** Ends with a unique key. `name`: of the value in the cursor. */
  readonly order: readonly (OrderNode & { readonly name: string })[]
  /** Only the rows behind this place; with `distinctOn` the values of its columns alone. */
  readonly after?: ConnectionSide
  /** Only the rows before this place. */
  readonly before?: ConnectionSide
  /** How many rows; all without it. */
  readonly size?: ValueNode | number
  /** The last ones instead of the first ones. */
  readonly fromEnd: boolean
  /** The answer's keys in order. */
  readonly parts: readonly (
    | { readonly kind: 'constant'; readonly key: string; readonly value: string }
    | {
        readonly kind: 'edges'
        readonly key: string
        readonly parts: readonly (
          | { readonly kind: 'constant'; readonly key: string; readonly value: string }
          | { readonly kind: 'cursor'; readonly key: string }
          | { readonly kind: 'node'; readonly key: string; readonly fields: readonly FieldNode[] }
        )[]
      }
    | {
        readonly kind: 'page_info'
        readonly key: string
        readonly parts: readonly (
          | { readonly kind: 'constant'; readonly key: string; readonly value: string }
          | { readonly kind: 'start_cursor' | 'end_cursor' | 'has_next_page' | 'has_previous_page'; readonly key: string }
        )[]
      }
  )[]
}

/** Calls a function with named arguments; `read` shapes a row-returning result. */
export interface CallNode {
  readonly kind: 'call'
  readonly function: DatabaseFunction
  readonly arguments: readonly { readonly name: string; readonly value: ValueNode; readonly variadic?: boolean }[]
  /** Named arguments taken from one JSON object given as a parameter: REST's POST body. */
  readonly argumentsFrom?: { readonly names: readonly string[]; readonly object: ValueNode }
  readonly read: ReadNode | AggregateReadNode | null
  /** Sets of scalars: how many values at most, and how many are passed over. */
  readonly valuesMax?: ValueNode | number
  readonly valuesOffset?: ValueNode | number
}
