// The syntax trees of a REST query string: names as they were written, nothing looked up yet.
import type { Operator } from '#libs/query'

/** `name`, `name->a->>0`. */
export interface FieldName {
  readonly name: string
  readonly path: readonly { readonly key: string | number; readonly asText: boolean }[]
}

/** Aggregate functions that `select` knows. */
export const aggregateNames = ['sum', 'avg', 'count', 'max', 'min'] as const

/** `sum` of `amount.sum()`. */
export type AggregateName = (typeof aggregateNames)[number]

/** One item of `select`. */
export type SelectItem =
  | { readonly kind: 'star' }
  | { readonly kind: 'field'; readonly field: FieldName; readonly alias?: string; readonly cast?: string }
  /** `amount::numeric.sum()::int`; without a field `count()`. */
  | {
      readonly kind: 'aggregate'
      readonly function: AggregateName
      readonly field?: FieldName
      readonly alias?: string
      readonly cast?: string
      readonly resultCast?: string
    }
  | {
      readonly kind: 'embed'
      readonly name: string
      readonly alias?: string
      readonly hint?: string
      readonly join: 'left' | 'inner'
      readonly spread: boolean
      readonly items: readonly SelectItem[]
    }

/** The value of a filter. `slot` is set when the value came from an abstracted parameter and may change from request to request. */
export interface FilterValue {
  readonly text: string
  readonly slot?: number
  /** What `text` begins with that the slot leaves out. */
  readonly head?: string
  /** What stood before `text`, for the words of a fault that only the value shows. */
  readonly before?: string
}

/** A row count of the query string. `make` gives it anew when it came from a slot and may change from request to request. */
export interface CountValue {
  readonly value: number
  readonly make?: (slots: readonly string[]) => number
}

/** `not.eq(any).{1,2}` */
export interface FilterExpression {
  readonly negated: boolean
  readonly operator: Operator | 'is'
  readonly quantifier?: 'any' | 'all'
  readonly config?: string
  /** Of `is`: one of its words in lower case. */
  readonly value: FilterValue
}

/** `and(a.eq.1,or(…))` */
export type LogicTree =
  | { readonly kind: 'and' | 'or'; readonly negated: boolean; readonly items: readonly LogicTree[] }
  | { readonly kind: 'filter'; readonly field: FieldName; readonly expression: FilterExpression }

/** One term of `order`. */
export interface OrderTerm {
  /** `rel(column)` */
  readonly relation?: string
  readonly field: FieldName
  readonly direction: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
}

/** A parsed query string. Paths lead through embeds by alias or name. */
export interface ParsedQuery {
  readonly select: readonly SelectItem[] | undefined
  readonly filters: readonly { readonly path: readonly string[]; readonly field: FieldName; readonly expression: FilterExpression }[]
  readonly logic: readonly { readonly path: readonly string[]; readonly tree: LogicTree }[]
  readonly order: readonly { readonly path: readonly string[]; readonly terms: readonly OrderTerm[] }[]
  readonly limits: readonly ({ readonly path: readonly string[]; readonly kind: 'limit' | 'offset' } & CountValue)[]
  readonly columns: readonly string[] | undefined
  readonly onConflict: readonly string[] | undefined
  /** Where a page begins: ours, from the link that the page before came with. */
  readonly cursor: FilterValue | undefined
  /** RPC with GET: arguments by name, as they were written; a repeated one is variadic. */
  readonly arguments: ReadonlyMap<string, readonly FilterValue[]>
}
