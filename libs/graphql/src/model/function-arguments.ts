// What the caller of a function may give, by GraphQL name.
import type { DatabaseFunction, FunctionArgument } from '#libs/catalog'
import { isGraphQLName } from './names.ts'

/** Arguments by GraphQL name; `arg_1`, `arg_2` for those without one. */
export type Arguments = ReadonlyMap<string, FunctionArgument>

/** Without the row that comes first (`hasRow`), and without the session; undefined when one that must be given cannot be named. */
export function argumentsOf(fn: DatabaseFunction, hasRow: boolean): Arguments | undefined {
  const session = sessionArgument(fn)
  const names = new Map<string, FunctionArgument>()
  let unnamed = 0
  for (const argument of hasRow ? fn.arguments.slice(1) : fn.arguments) {
    if (argument === session) continue
    const name = argument.name === '' ? `arg_${(unnamed += 1)}` : argument.name
    if (isGraphQLName(name)) names.set(name, argument)
    else if (!argument.hasDefault) return undefined
  }
  return names
}

/** A json argument called `hasura_session` or `session`: filled with the claims. */
export function sessionArgument(fn: DatabaseFunction): FunctionArgument | undefined {
  return fn.arguments.find(
    ({ name, type }) => (name === 'hasura_session' || name === 'session') && (type.name === 'json' || type.name === 'jsonb'),
  )
}
