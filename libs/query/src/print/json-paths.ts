// Steps into a json value.
import { baseType } from '../base-type.ts'
import { quoteLiteral } from '#libs/postgres'
import type { DataType } from '#libs/catalog'
import type { JsonPath } from '../tree.ts'

/**
 * `alias."data"->'a'->>'b'`. Keys are printed, not bound, so that an expression index on the path can be used. A value of
 * another type (an array, a composite) is stepped into as the json that it becomes in the answer.
 */
export function jsonPathOf(expression: string, type: DataType, path: JsonPath | undefined): string {
  if (path === undefined || path.steps.length === 0) return expression
  const value = isJson(type) ? expression : `to_jsonb(${expression})`
  const last = path.steps.length - 1
  const steps = path.steps.map((step, i) => {
    const arrow = i === last && path.asText ? '->>' : '->'
    return typeof step === 'number' ? `${arrow}${integer(step)}` : `${arrow}${quoteLiteral(step)}`
  })
  return `(${value}${steps.join('')})`
}

function isJson(type: DataType): boolean {
  const { schema, name } = baseType(type)
  return schema === 'pg_catalog' && (name === 'json' || name === 'jsonb')
}

function integer(step: number): string {
  if (!Number.isSafeInteger(step)) throw new TypeError('a json index must be a whole number')
  return step < 0 ? `(${step})` : String(step)
}
