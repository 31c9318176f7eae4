// Steps into a json value.
import { quoteLiteral } from '#libs/postgres'
import type { JsonPath } from '../tree.ts'

/** `alias."data"->'a'->>'b'`. Keys are printed, not bound, so that an expression index on the path can be used. */
export function jsonPathOf(expression: string, path: JsonPath | undefined): string {
  if (path === undefined || path.steps.length === 0) return expression
  const last = path.steps.length - 1
  const steps = path.steps.map((step, i) => {
    const arrow = i === last && path.asText ? '->>' : '->'
    return typeof step === 'number' ? `${arrow}${integer(step)}` : `${arrow}${quoteLiteral(step)}`
  })
  return `(${expression}${steps.join('')})`
}

function integer(step: number): string {
  if (!Number.isSafeInteger(step)) throw new TypeError('a json index must be a whole number')
  return step < 0 ? `(${step})` : String(step)
}
