// Which overload a call means: the one whose arguments are exactly those given, defaults left out.
import type { Catalog, DatabaseFunction } from '#libs/catalog'
import { restError } from '../rest.errors.ts'
import { nearestName } from './nearest-name.ts'

/** Chooses the function that takes the given argument names. Unknown is PGRST202, more than one PGRST203. */
export function chooseFunction(catalog: Catalog, schema: string, name: string, given: readonly string[]): DatabaseFunction {
  const overloads = catalog.functions.get(`${schema}.${name}`) ?? []
  const found = overloads.filter((candidate) => accepts(candidate, given))
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const hint = 'Try renaming the parameters or the function itself in the database so function overloading can be resolved'
    throw restError('PGRST203', { candidates: found.map(signatureOf).join(', ') }, { hint })
  }
  throw unknown(catalog, schema, name, given, overloads)
}

/** Is this an argument of any overload? */
export function isArgumentOf(catalog: Catalog, schema: string, name: string): (argument: string) => boolean {
  const names = new Set((catalog.functions.get(`${schema}.${name}`) ?? []).flatMap((fn) => fn.arguments.map((argument) => argument.name)))
  return (argument) => names.has(argument)
}

function accepts(candidate: DatabaseFunction, given: readonly string[]): boolean {
  if (given.some((name) => !candidate.arguments.some((argument) => argument.name === name))) return false
  return candidate.arguments.every((argument) => argument.hasDefault || argument.mode === 'variadic' || given.includes(argument.name))
}

function signatureOf(fn: DatabaseFunction): string {
  return `${fn.schema}.${fn.name}(${fn.arguments.map((argument) => `${argument.name} => ${argument.type.formatted}`).join(', ')})`
}

function unknown(catalog: Catalog, schema: string, name: string, given: readonly string[], overloads: readonly DatabaseFunction[]) {
  const signature = given.length === 0 ? `${schema}.${name} without parameters` : `${schema}.${name}(${given.join(', ')})`
  const searched = given.length === 0 ? 'without parameters' : `with parameter${given.length === 1 ? '' : 's'} ${given.join(', ')}`
  const details = `Searched for the function ${schema}.${name} ${searched}, but no matches were found in the schema cache.`
  const near = overloads[0] ?? nearestFunction(catalog, schema, name)
  const names = near?.arguments.map((argument) => argument.name).join(', ')
  const hint =
    near === undefined ? undefined : `Perhaps you meant to call the function ${near.schema}.${near.name}${names === '' ? '' : `(${names})`}`
  return restError('PGRST202', { signature }, { details, hint })
}

function nearestFunction(catalog: Catalog, schema: string, name: string): DatabaseFunction | undefined {
  const all = [...catalog.functions.values()].flatMap((overloads) => overloads.slice(0, 1)).filter((fn) => fn.schema === schema)
  const nearest = nearestName(
    name,
    all.map((fn) => fn.name),
    0.5,
  )
  return all.find((fn) => fn.name === nearest)
}
