// Values of a request as nodes of the tree. A value that came from a slot of the query's shape carries how the next
// request of that shape makes its own.
import type { ValueNode } from '#libs/query'
import type { FilterValue } from '../parse/syntax.ts'

/** Where a parameter of a cached plan comes from. Parameters without one keep their value. */
export type ValueRef =
  | { readonly from: 'slots'; readonly make: (slots: readonly string[]) => string }
  | { readonly from: 'body' }
  /** The fields of a form. */
  | { readonly from: 'fields'; readonly make: (fields: readonly (readonly [string, string])[]) => string }

/** A value of the query string, optionally rewritten (list -> array literal, `*` -> `%`). */
export function valueNode(value: FilterValue, rewrite: (text: string) => string = same): ValueNode {
  return valuesNode([value], ([text]) => rewrite(text!))
}

/** Several values of the query string as one parameter. */
export function valuesNode(values: readonly FilterValue[], rewrite: (texts: readonly string[]) => string): ValueNode {
  const make = (slots: readonly string[]): string => {
    return rewrite(values.map(({ text, slot, head = '' }) => (slot === undefined ? text : head + slots[slot]!)))
  }
  const ref: ValueRef | undefined = values.some(({ slot }) => slot !== undefined) ? { from: 'slots', make } : undefined
  return { kind: 'value', value: rewrite(values.map(({ text }) => text)), ref }
}

/** The body's text. */
export function bodyNode(text: string): ValueNode {
  return { kind: 'value', value: text, ref: { from: 'body' } satisfies ValueRef }
}

function same(text: string): string {
  return text
}
