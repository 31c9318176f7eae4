// The most rows that a list answers with, whoever asks: the owner's limit, beside the one of the request.
import type { ValueNode } from '#libs/query'
import type { Variables } from '../inputs.ts'
import type { Recipe, Session } from '../parameters.ts'

/** The limit of a list: what was asked for, but no more than `rowsMax`. */
export function limitWithin(rowsMax: number, asked: ValueNode | number | undefined): ValueNode | number | undefined {
  if (rowsMax === Infinity) return asked
  if (asked === undefined) return rowsMax
  if (typeof asked === 'number') return Math.min(asked, rowsMax)
  const cap = (text: string | null): string => (text === null || Number(text) > rowsMax ? String(rowsMax) : text)
  const recipe = asked.ref as Recipe | undefined
  return {
    ...asked,
    value: cap(asked.value),
    ref: recipe === undefined ? undefined : (variables: Variables, session?: Session) => cap(recipe(variables, session)),
  }
}

/** The same for rows that stand beside their aggregate, which is over all of them. */
export function nodesWithin(rowsMax: number): { readonly limit?: number } {
  return rowsMax === Infinity ? {} : { limit: rowsMax }
}
