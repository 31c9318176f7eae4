// Arguments and input keys that must be there.
import { validationFailed } from '../../graphql.errors.ts'
import type { Input } from '../inputs.ts'

/** The input of that name; a validated document lacks it only when a variable was not given. */
export function required(given: ReadonlyMap<string, Input>, name: string, location: string): Input {
  const input = given.get(name)
  if (input === undefined) throw validationFailed(`missing required field '${name}'`, location)
  return input
}
