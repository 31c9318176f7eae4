// JSON objects of any size from expressions.
import { quoteLiteral } from '#libs/postgres'

/** Postgres functions take at most 100 arguments: longer objects are joined from pieces. */
const PAIRS_MAX = 50

/** `json_build_object('key', expression, …)`, of any length. */
export function jsonObject(pairs: readonly (readonly [key: string, expression: string])[]): string {
  if (pairs.length <= PAIRS_MAX)
    return `json_build_object(${pairs.map(([key, expression]) => `${quoteLiteral(key)}, ${expression}`).join(', ')})`
  const fields = pairs.map(
    ([key, expression]) => `to_json(${quoteLiteral(key)}::text)::text || ':' || coalesce(to_json(${expression})::text, 'null')`,
  )
  // A list, because a chain of `||` is a tree as deep as it is long, which Postgres walks with its stack.
  return `('{' || array_to_string(array[${fields.join(', ')}], ',') || '}')::json`
}
