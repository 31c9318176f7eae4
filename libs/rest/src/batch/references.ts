// `{"$ref": "order.0.id"}`: a value out of an earlier step's answer. It may stand where a value stands, in a row of the
// body or in a filter, and nowhere else: names and structure are known before anything runs. `{"$literal": …}` is its
// content as it is, for values that look like references.
import { restError } from '../rest.errors.ts'
import { exactText, isList, isObject, type ExactJson } from './exact-json.ts'

/** A reference, split up. */
export interface Reference {
  readonly step: string
  /** Keys and indexes into the step's body. */
  readonly path: readonly (string | number)[]
}

const KEY = '$ref'
const LITERAL = '$literal'

/** The reference that a value is; undefined when it is none. */
export function referenceOf(value: ExactJson): Reference | undefined {
  if (!isObject(value) || !Object.hasOwn(value, KEY)) return undefined
  const [step, ...path] = stepsOf(value)
  return { step: String(step), path }
}

function stepsOf(value: { readonly [key: string]: ExactJson }): readonly (string | number)[] {
  const written = value[KEY]!
  const steps = typeof written === 'string' ? written.split('.') : isList(written) ? written : []
  const areSteps = steps.every((step) => typeof step === 'string' || (typeof step === 'number' && Number.isInteger(step) && step >= 0))
  if (Object.keys(value).length > 1 || steps.length === 0 || !areSteps) {
    throw invalid('A reference is {"$ref": "step.0.key"} or {"$ref": ["step", 0, "key"]} and nothing beside it')
  }
  return steps as (string | number)[]
}

/** All references in a value, however deep. */
export function referencesIn(value: ExactJson): readonly Reference[] {
  const reference = referenceOf(value)
  if (reference !== undefined) return [reference]
  if (isLiteral(value)) return []
  const items = isList(value) ? value : isObject(value) ? Object.values(value) : []
  return items.flatMap(referencesIn)
}

/** The value with every reference replaced. */
export function withReferences(value: ExactJson, find: (reference: Reference) => ExactJson): ExactJson {
  const reference = referenceOf(value)
  if (reference !== undefined) return find(reference)
  if (isLiteral(value)) return value[LITERAL]!
  if (isList(value)) return value.map((item) => withReferences(item, find))
  if (!isObject(value)) return value
  const object = Object.create(null) as Record<string, ExactJson>
  for (const [key, item] of Object.entries(value)) object[key] = withReferences(item, find)
  return object
}

function isLiteral(value: ExactJson): value is { readonly [key: string]: ExactJson } {
  return isObject(value) && Object.hasOwn(value, LITERAL) && Object.keys(value).length === 1
}

/** What a reference finds in a step's body. Nothing there is an error; null is a value. */
export function valueAt(body: ExactJson, { step, path }: Reference): ExactJson {
  let value: ExactJson | undefined = body
  for (const key of path) {
    if (isList(value)) value = /^\d{1,9}$/.test(String(key)) ? value[Number(key)] : undefined
    else value = isObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined
    if (value === undefined) throw invalid(`The reference ${[step, ...path].join('.')} finds nothing`)
  }
  return value!
}

/** A value as a filter compares with it: text, number or boolean; for `in` a list of them. */
export function filterText(operator: string, value: ExactJson): string {
  if (isList(value) && /^(?:not\.)?in$/.test(operator)) return `(${value.map((item) => quoted(scalarText(item))).join(',')})`
  return scalarText(value)
}

function scalarText(value: ExactJson): string {
  if (typeof value === 'string') return value
  if (value !== null && (isList(value) || isObject(value))) throw invalid('A filter compares with a text, a number or a boolean')
  return exactText(value)
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

function invalid(reason: string) {
  return restError('invalid_batch', { reason })
}
