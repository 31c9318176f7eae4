// Values of a request as nodes of the tree. A value that came from a slot of the query's shape carries how the next
// request of that shape makes its own.
import type { ValueNode } from '#libs/query'
import { type JsonBody, type MemberForm, memberText } from '../parse/body.ts'
import type { CountValue, FilterValue } from '../parse/syntax.ts'

/** Where a parameter of a cached plan comes from. Parameters without one keep their value. */
export type ValueRef =
  | { readonly from: 'slots'; readonly make: (slots: readonly string[]) => string }
  | { readonly from: 'body' }
  /** A value of the body's one row. */
  | { readonly from: 'member'; readonly place: number; readonly form: MemberForm }
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

/** A limit or offset, at most `max`: a number that the statement prints, or a parameter when it comes from a slot. */
export function countNode(count: CountValue | undefined, max = Number.MAX_SAFE_INTEGER): ValueNode | number | undefined {
  const capped = (value: number): number => Math.min(value, max)
  if (count === undefined) return max === Number.MAX_SAFE_INTEGER ? undefined : max
  const { value, make } = count
  if (make === undefined) return capped(value)
  const ref: ValueRef = { from: 'slots', make: (slots) => String(capped(make(slots))) }
  return { kind: 'value', value: String(capped(value)), ref }
}

/** The body's text. */
export function bodyNode(text: string): ValueNode {
  return { kind: 'value', value: text, ref: { from: 'body' } satisfies ValueRef }
}

/** A value of the body's one row, by the place of its key; -1 for a key that it does not have. */
export function memberNode(body: JsonBody, place: number, form: MemberForm): ValueNode {
  if (place === -1) return { kind: 'value', value: typeof form === 'object' ? '{}' : null }
  return { kind: 'value', value: memberText(body, place, form), ref: { from: 'member', place, form } satisfies ValueRef }
}

/** A value made of a form's fields. */
export function fieldsNode(fields: readonly (readonly [string, string])[], make: Extract<ValueRef, { from: 'fields' }>['make']): ValueNode {
  return { kind: 'value', value: make(fields), ref: { from: 'fields', make } satisfies ValueRef }
}

function same(text: string): string {
  return text
}
