// A request of one shape, ready to run again with other values.
import type { DatabaseFunction, Isolation, SessionSettings } from '#libs/catalog'
import type { ExplainOptions, Plan, ValueNode } from '#libs/query'
import { bodyText, type BodyForm, memberText, type RequestBody } from '../parse/body.ts'
import type { CountValue } from '../parse/syntax.ts'
import type { ValueRef } from '../resolve/values.ts'
import type { AddressRecipe } from './content-location.ts'
import type { NestedInserts } from './nested-inserts.ts'

/** How the answer to a plan looks. */
export interface Answer {
  readonly kind: 'read' | 'insert' | 'update' | 'put' | 'delete' | 'call'
  /** Does the response have the body that the statement made? */
  readonly hasBody: boolean
  /** One object instead of an array: any other number of rows is PGRST116, and a write is undone. */
  readonly single: boolean
  readonly contentType: string
  /** The body is bytes that the database wrote as `\x…`. */
  readonly bytes: boolean
  /** The body is the statement's plan. */
  readonly explain: ExplainOptions | undefined
  /** Index of the first row, for Content-Range; it may come from the request's slots: {@link firstIndexOf}. */
  readonly offset: CountValue
  readonly preferenceApplied: string | undefined
  /** Sent when several schemas are exposed. */
  readonly contentProfile: string | undefined
  /** How the rows of a read or call are counted without limit and offset. */
  readonly count: 'exact' | 'planned' | 'estimated' | undefined
  /** A write that was asked for a count: the changed rows are the total. */
  readonly countsChanges: boolean
  /** More rows than this are PGRST124, and the request is undone. */
  readonly maxAffected: number | undefined
  /** An upsert that changed rows only answers 200. */
  readonly merges: boolean
  /** Path and primary key columns of the Location header. */
  readonly location: { readonly path: string; readonly columns: readonly string[] } | undefined
  readonly isVoid: boolean
  /** Of a page's cursors. */
  readonly pageTag?: string
}

/** A compiled request. `statement` is undefined when there is nothing to do, such as an insert of no rows. */
export interface RestPlan {
  readonly statement: Plan | undefined
  readonly readOnly: boolean
  /** Ends with ROLLBACK whatever happens: `tx=rollback`. */
  readonly rollback: boolean
  readonly settings: SessionSettings | undefined
  readonly isolation: Isolation | undefined
  readonly answer: Answer
  /** How the statement takes the request's body. Default `rows`. */
  readonly bodyForm?: BodyForm
  /** Inserts of nested rows, which run first. Such a plan fits its own body only: it is not kept. */
  readonly nested?: NestedInserts
  /** The planner's estimate of the rows, asked in the same round trip: count=planned and count=estimated. */
  readonly estimate?: Plan
  /** Content-Location of a read, when its values can be put in. */
  readonly address?: AddressRecipe
  /** The function that is called: its hoisted settings hold for the transaction. */
  readonly function?: DatabaseFunction
}

/** Index of the first row that this request asked for. */
export function firstIndexOf({ offset }: Answer, slots: readonly string[]): number {
  return offset.make === undefined ? offset.value : offset.make(slots)
}

/** The statement's values for one request. */
export function valuesOf(
  parameters: readonly ValueNode[],
  slots: readonly string[],
  body: RequestBody | undefined,
  form: BodyForm = 'rows',
): (string | null)[] {
  const values: (string | null)[] = Array.from({ length: parameters.length })
  for (let i = 0; i < parameters.length; i++) {
    const node = parameters[i]!
    const ref = node.ref as ValueRef | undefined
    if (ref === undefined) values[i] = node.value
    else if (ref.from === 'slots') values[i] = ref.make(slots)
    else if (ref.from === 'fields') values[i] = ref.make(body?.kind === 'form' ? body.fields : [])
    else if (ref.from === 'member') values[i] = memberText(body, ref.place, ref.form)
    else values[i] = body === undefined ? node.value : bodyText(body, form)
  }
  return values
}
