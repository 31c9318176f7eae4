// Which overload a call means: the one whose arguments are exactly those given, defaults left out; or, when there is
// none, a function of one unnamed argument that takes the body as a whole.
import type { Catalog, DatabaseFunction } from '#libs/catalog'
import { restError } from '../rest.errors.ts'
import { nearestName, SchemaNames } from './nearest-name.ts'

/** What the body of a POST is, for functions that take it as their one unnamed argument. */
export type BodyKind = 'json' | 'text' | 'bytea' | 'xml'

/** What of a call decides between overloads beside the names of its arguments. */
export interface CallBody {
  /** A POST's body, by its content type; absent for GET and for forms. */
  readonly unnamedBody?: BodyKind
}

const takenTypes: Readonly<Record<BodyKind, readonly string[]>> = {
  json: ['json', 'jsonb'],
  text: ['text'],
  bytea: ['bytea'],
  xml: ['xml'],
}

const bodyKinds: readonly BodyKind[] = ['json', 'text', 'bytea', 'xml']

function kindsOf({ unnamedBody }: CallBody): readonly BodyKind[] {
  return unnamedBody === undefined ? [] : [unnamedBody]
}

/** Chooses the function that takes the given argument names. Unknown is PGRST202, more than one PGRST203. */
export function chooseFunction(
  catalog: Catalog,
  schema: string,
  name: string,
  given: readonly string[],
  body: CallBody = {},
): DatabaseFunction {
  const overloads = catalog.functions.get(`${schema}.${name}`) ?? []
  const named = overloads.filter((candidate) => accepts(candidate, given, body))
  const found = named.length > 0 ? named : overloads.filter((candidate) => takesWholeBody(candidate, kindsOf(body)))
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const hint = 'Try renaming the parameters or the function itself in the database so function overloading can be resolved'
    throw restError('PGRST203', { candidates: found.toSorted(bySignature).map(signatureOf).join(', ') }, { hint })
  }
  throw unknown(catalog, schema, name, given.toSorted(byCodePoint), overloads, body)
}

/** Is a function's one argument without a name, so that it gets the whole body when this function is chosen? */
export function hasOneUnnamedArgument({ arguments: [argument, ...others] }: DatabaseFunction): boolean {
  return argument?.name === '' && others.length === 0
}

function takesWholeBody(candidate: DatabaseFunction, kinds: readonly BodyKind[]): boolean {
  const type = candidate.arguments[0]?.type
  return hasOneUnnamedArgument(candidate) && type?.schema === 'pg_catalog' && kinds.some((kind) => takenTypes[kind].includes(type.name))
}

/** Is this an argument of any overload? */
export function isArgumentOf(catalog: Catalog, schema: string, name: string): (argument: string) => boolean {
  const names = new Set((catalog.functions.get(`${schema}.${name}`) ?? []).flatMap((fn) => fn.arguments.map((argument) => argument.name)))
  return (argument) => argument !== '' && names.has(argument)
}

function accepts(candidate: DatabaseFunction, given: readonly string[], { unnamedBody }: CallBody): boolean {
  // A text or binary body has no names to give, and a function without arguments would not read it.
  if (candidate.arguments.length === 0) return given.length === 0 && (unnamedBody === undefined || unnamedBody === 'json')
  // A JSON body may name the argument without a name: {"": …}.
  const isNameless = candidate.arguments.some((argument) => argument.name === '')
  if (isNameless && (unnamedBody !== 'json' || !takesWholeBody(candidate, bodyKinds))) return false
  if (given.some((name) => !candidate.arguments.some((argument) => argument.name === name))) return false
  return candidate.arguments.every((argument) => argument.hasDefault || given.includes(argument.name))
}

function signatureOf(fn: DatabaseFunction): string {
  return `${fn.schema}.${fn.name}(${fn.arguments.map((argument) => `${argument.name} => ${argument.type.formatted}`).join(', ')})`
}

/** Fewer arguments first, then by comment and by the arguments' names and types. */
function bySignature(a: DatabaseFunction, b: DatabaseFunction): number {
  if (a.arguments.length !== b.arguments.length) return a.arguments.length - b.arguments.length
  return byCodePoint(a.comment ?? '', b.comment ?? '') || byCodePoint(signatureOf(a), signatureOf(b))
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function unknown(
  catalog: Catalog,
  schema: string,
  name: string,
  given: readonly string[],
  overloads: readonly DatabaseFunction[],
  { unnamedBody }: CallBody,
) {
  const called = `${schema}.${name}`
  if (unnamedBody !== undefined && unnamedBody !== 'json') {
    const details = `Searched for the function ${called} with a single unnamed ${unnamedBody} parameter, but no matches were found in the schema cache.`
    return restError('PGRST202', { signature: called }, { details })
  }
  const signature = given.length === 0 ? `${called} without parameters` : `${called}(${given.join(', ')})`
  const searched = given.length === 0 ? 'without parameters' : `with parameter${given.length === 1 ? '' : 's'} ${given.join(', ')}`
  const alternative = unnamedBody === 'json' ? ' or with a single unnamed json/jsonb parameter' : ''
  const details = `Searched for the function ${called} ${searched}${alternative}, but no matches were found in the schema cache.`
  const near = overloads.length > 0 ? nearestOverload(name, given, overloads) : functionNames.in(catalog, schema).nearest(name, 0.75)
  return restError('PGRST202', { signature }, { details, hint: near && `Perhaps you meant to call the function ${schema}.${near}` })
}

/** Of a known name: the overload whose sorted argument names read most like the given ones. */
function nearestOverload(name: string, given: readonly string[], overloads: readonly DatabaseFunction[]): string | undefined {
  const lists = overloads.map((fn) => listOf(fn.arguments.map((argument) => argument.name)))
  // The overloads are all known to whoever knows the name, so little likeness is enough.
  const nearest = nearestName(listOf(given), lists, 0.33)
  return nearest === undefined ? undefined : name + nearest
}

function listOf(names: readonly string[]): string {
  return `(${names.toSorted(byCodePoint).join(', ')})`
}

const functionNames = new SchemaNames(function* (catalog, schema) {
  for (const [first] of catalog.functions.values()) if (first?.schema === schema) yield first.name
})
