// What the compiler gives back: statements with their parameters, and how to read their results.
import type { Relation } from '#libs/catalog'
import type { InsertNode } from './mutation-tree.ts'
import type { ValueNode } from './tree.ts'

/**
 * Names of a plan's result columns. All but `body`, `location`, `plan` and `cursor` are counts. `cursor`: a JSON array with
 * the order's values of a page's last row, and of the row after it if there is one. `plan`: EXPLAIN's output, as
 * JSON text in one row or as text with one row a line.
 */
export type PlanColumn = 'body' | 'rows' | 'total' | 'updated' | 'location' | 'plan' | 'cursor'

/** A compiled request: text with `$1…$n`, the value nodes in that order, and what the one row of the result holds. */
export interface Plan {
  readonly text: string
  readonly parameters: readonly ValueNode[]
  readonly columns: readonly PlanColumn[]
  /** The body is a part of a document: what goes before and after it. */
  readonly around?: readonly [before: string, after: string]
}

/**
 * Statements of one nested insert, to run one after another in ONE transaction: each sees what the ones before it did, so
 * policies on a child may look at its parent. All but the last insert and answer `rows`; one fails when a row that others hang
 * on was skipped or stands for two (`unmatchedRows` tells). The last one reads the outer rows as they are then, in the
 * order of the request: `body`, `rows`, and `location` when it is asked for.
 */
export interface NestedPlan {
  readonly steps: readonly Plan[]
  /** The node of each inserting step. */
  readonly nodes: readonly InsertNode[]
  /** Where each of the inserting steps inserts. */
  readonly relations: readonly Relation[]
}
