// The body of a batch: `{"steps": [{"id", "method", "path", "headers", "filters", "body"}]}`, checked before anything is planned.
import { isReserved } from '../parse/shape.ts'
import { restError } from '../rest.errors.ts'
import { exactText, isList, isObject, RawJson, type BatchJson, type ExactJson } from './exact-json.ts'
import { filterText, referenceOf, referencesIn, withReferences, type Reference } from './references.ts'

/** Longer batches keep a connection and its locks for too long. */
export const STEPS_MAX = 50

/** Of a path and of a header, in characters: what a server takes of them where they come by HTTP. */
const LINE_MAX = 16_384
/** Of a path with its filters, where a list may be longer. */
const QUERY_MAX = 262_144

const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'] as const
/** Headers that a step may have. What concerns the transaction, such as the schema, is said once for all steps. */
const headerNames: ReadonlySet<string> = new Set(['accept', 'prefer', 'range'])
/** HTTP has none in URLs and headers, and the keys of plans rely on that: with them one request could pass for another. */
const control = /\p{Cc}/u
const keys: ReadonlySet<string> = new Set(['id', 'method', 'path', 'headers', 'filters', 'body'])

/** `{"order_id": {"eq": value}}`, taken apart. */
interface Filter {
  readonly column: string
  readonly operator: string
  readonly value: ExactJson
}

/** One step as it was given. */
export interface Step {
  readonly id: string
  readonly method: (typeof methods)[number]
  /** Behind the prefix, without the first slash and the query. */
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly filters: readonly Filter[]
  /** Text when it has no references. */
  readonly body: ExactJson | RawJson | undefined
  readonly references: readonly Reference[]
}

/** Reads the steps. What is wrong with them is said with the step that is wrong. */
export function readSteps(batch: BatchJson): readonly Step[] {
  const list = isObject(batch) ? batch['steps'] : undefined
  if (list === undefined || !isList(list)) throw invalid('A batch is {"steps": [{"method": "POST", "path": "/table", "body": {}}]}')
  if (list.length === 0) throw invalid('A batch has at least one step')
  if (list.length > STEPS_MAX) throw restError('too_complex', { limit: STEPS_MAX, what: 'steps' })
  const known = new Set<string>()
  return list.map((item, index) => {
    const step = readStep(item, index)
    if (known.has(step.id)) throw invalid(`Two steps have the id ${JSON.stringify(step.id)}`)
    for (const { step: id } of step.references) {
      if (!known.has(id)) throw invalid(`Step ${JSON.stringify(step.id)} refers to ${JSON.stringify(id)}, which is no earlier step`)
    }
    known.add(step.id)
    return step
  })
}

/** The query string with the step's filters. Values are the only part that references reach. */
export function queryOf({ query, filters }: Step, find: (reference: Reference) => ExactJson): string {
  const added = filters.map(({ column, operator, value }) => {
    const text = filterText(operator, withReferences(value, find))
    return `${encodeURIComponent(column)}=${operator}.${encodeURIComponent(text.toWellFormed())}`
  })
  const whole = [query, ...added].filter((part) => part !== '').join('&')
  checkLength(whole, QUERY_MAX, 'characters in the filters of a step')
  return whole
}

/** The body's text; undefined for a step without one. */
export function bodyTextOf({ body }: Step, find: (reference: Reference) => ExactJson): string | undefined {
  if (body === undefined || body instanceof RawJson) return body?.text
  return exactText(withReferences(body, find))
}

function readStep(item: BatchJson, index: number): Step {
  const at = `Step ${index + 1}`
  if (!isObject(item)) throw invalid(`${at} is no object`)
  for (const key of Object.keys(item)) if (!keys.has(key)) throw invalid(`${at} has the unknown key ${JSON.stringify(key)}`)
  const id = item['id'] ?? String(index)
  // Digits alone stand for steps without an id.
  if (typeof id !== 'string' || (item['id'] !== undefined && !/^[A-Za-z_][\w-]{0,62}$/.test(id)))
    throw invalid(`${at}: an id is a word of up to 63 letters, digits, _ and -`)
  const method = methods.find((name) => name === item['method'])
  if (method === undefined) throw invalid(`${at}: the method is one of ${methods.join(', ')}`)
  const address = item['path']
  if (typeof address !== 'string' || !address.startsWith('/')) throw invalid(`${at}: the path starts with /, for example "/todos?id=eq.1"`)
  checkLength(address, LINE_MAX, 'characters in the path of a step')
  if (control.test(address)) throw invalid(`${at}: the path has control characters; write them as percent-escapes`)
  const mark = address.indexOf('?')
  const path = mark === -1 ? address.slice(1) : address.slice(1, mark)
  // Bodies alone are left as text.
  const filters = readFilters(item['filters'], at)
  const body = item['body']
  const parsed = body instanceof RawJson ? undefined : body
  if (parsed !== undefined) checkBody(parsed, at)
  return {
    id,
    method,
    path,
    query: mark === -1 ? '' : address.slice(mark + 1),
    headers: readHeaders(item['headers'], at),
    filters,
    body,
    references: [...filters.map(({ value }) => value), parsed ?? null].flatMap(referencesIn),
  }
}

function readHeaders(headers: ExactJson | undefined, at: string): Record<string, string> {
  if (headers === undefined) return {}
  if (!isObject(headers)) throw invalid(`${at}: headers are an object`)
  return Object.fromEntries(
    Object.entries(headers).map(([written, value]) => {
      const name = written.toLowerCase()
      if (!headerNames.has(name))
        throw invalid(`${at}: a step has only the headers Accept, Prefer and Range; others are those of the batch`)
      if (typeof value !== 'string') throw invalid(`${at}: the header ${written} is no text`)
      checkLength(value, LINE_MAX, 'characters in a header of a step')
      if (control.test(value)) throw invalid(`${at}: the header ${written} has control characters`)
      if (name === 'prefer' && /(?:^|,)\s*(?:tx|timezone)=/.test(value))
        throw invalid(`${at}: tx and timezone concern all steps and belong into the batch's own Prefer header`)
      return [name, value]
    }),
  )
}

function readFilters(filters: ExactJson | undefined, at: string): readonly Filter[] {
  if (filters === undefined) return []
  if (!isObject(filters)) throw invalid(`${at}: filters are an object such as {"id": {"eq": 1}}`)
  return Object.entries(filters).flatMap(([column, comparisons]) => {
    if (!isObject(comparisons) || isReserved(column)) throw invalid(`${at}: filters are an object such as {"id": {"eq": 1}}`)
    return Object.entries(comparisons).map(([operator, value]) => {
      if (!/^(?:not\.)?[a-z]+(?:\(\w+\))?$/.test(operator)) throw invalid(`${at}: unknown operator ${JSON.stringify(operator)}`)
      if (operator.endsWith('is') && referenceOf(value) !== undefined)
        throw invalid(`${at}: "is" compares with a word, not with a reference`)
      return { column, operator, value }
    })
  })
}

/** References stand for values; what the rows are and which keys they have is said in the batch itself. */
function checkBody(body: ExactJson, at: string): void {
  for (const row of isList(body) ? body : [body]) {
    if (referenceOf(row) !== undefined) throw invalid(`${at}: a reference stands for a value in a row, not for a row`)
  }
}

function checkLength(text: string, limit: number, what: string): void {
  if (text.length > limit) throw restError('too_complex', { limit, what })
}

function invalid(reason: string) {
  return restError('invalid_batch', { reason })
}
