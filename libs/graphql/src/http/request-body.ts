// What a client sent, as GraphQL requests: a POST body (one or a batch) or a GET's query string.
import { GraphQLFailure, graphqlErrors } from '../graphql.errors.ts'
import type { Variables } from '../plan/inputs.ts'

/** One operation as it was sent. */
export interface SentOperation {
  readonly query: string
  readonly variables: Variables
  readonly operationName: string | undefined
}

/** The operation in a JSON body, or all of a batch. */
export function operationsOf(body: unknown, batchMax: number): SentOperation | readonly unknown[] {
  if (!Array.isArray(body)) return operationOf(body)
  if (body.length === 0) throw malformed('the batch is empty')
  if (body.length > batchMax)
    throw new GraphQLFailure(graphqlErrors.batch_too_large({ params: { max: batchMax } }).message, 'bad-request', '$', 400, true)
  return body
}

/** One operation of a body. */
export function operationOf(body: unknown): SentOperation {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('the body must be a JSON object')
  const { query, variables, operationName, extensions } = body as Record<string, unknown>
  if (typeof query !== 'string') throw malformed(query === undefined ? "the key 'query' was not present" : "'query' must be a string")
  if (!isOptionalObject(variables)) throw malformed("'variables' must be an object")
  if (!isOptionalObject(extensions)) throw malformed("'extensions' must be an object")
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw malformed("'operationName' must be a string")
  return { query, variables: variables ?? {}, operationName: operationName === null || operationName === '' ? undefined : operationName }
}

/** The operation of a GET: `?query=&variables=&operationName=`, variables as JSON. */
export function operationOfQueryString(query: Readonly<Record<string, unknown>>): SentOperation {
  return operationOf({
    query: query['query'],
    variables: fromJson(query['variables'], 'variables'),
    extensions: fromJson(query['extensions'], 'extensions'),
    operationName: query['operationName'],
  })
}

function fromJson(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(String(text))
  } catch {
    throw malformed(`'${name}' must be JSON`)
  }
}

function isOptionalObject(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value))
}

function malformed(reason: string): GraphQLFailure {
  return new GraphQLFailure(graphqlErrors.request_malformed({ params: { reason } }).message, 'bad-request', '$', 400, true)
}
