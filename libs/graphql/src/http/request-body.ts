// What a client sent, as GraphQL requests: a POST body (one or a batch) or a GET's query string.
import { GraphQLFailure, graphqlErrors } from '../graphql.errors.ts'
import type { Variables } from '../plan/inputs.ts'
import { parseJson } from './exact-json.ts'

/** One operation as it was sent: by its text, by the hash of its text (Apollo's protocol), or by a known document's id. */
export interface SentOperation {
  readonly query: string | undefined
  readonly variables: Variables
  readonly operationName: string | undefined
  /** `documentId`: hash or name of a document that the server has. */
  readonly documentId?: string
  /** `extensions.persistedQuery.sha256Hash`. */
  readonly persistedHash?: string
}

const none: Variables = {}

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
  const { query, variables, operationName, extensions, documentId } = body as Record<string, unknown>
  if (!isOptionalObject(variables)) throw malformed("'variables' must be an object")
  if (!isOptionalObject(extensions)) throw malformed("'extensions' must be an object")
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw malformed("'operationName' must be a string")
  const name = operationName === null || operationName === '' ? undefined : operationName
  if (typeof query === 'string' && extensions?.['persistedQuery'] === undefined)
    return { query, variables: variables ?? none, operationName: name }
  // Some clients send null for the text when they send a hash.
  const text = query ?? undefined
  if (text !== undefined && typeof text !== 'string') throw malformed("'query' must be a string")
  const persistedHash = hashIn(extensions?.['persistedQuery'])
  if (documentId !== undefined && documentId !== null && typeof documentId !== 'string') throw malformed("'documentId' must be a string")
  const id = text === undefined && typeof documentId === 'string' ? documentId : undefined
  if (text === undefined && id === undefined && persistedHash === undefined) throw malformed("the key 'query' was not present")
  return { query: text, variables: variables ?? none, operationName: name, documentId: id, persistedHash }
}

/** `{version: 1, sha256Hash}`; undefined for none. */
function hashIn(persisted: unknown): string | undefined {
  if (persisted === undefined || persisted === null) return undefined
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown }
  if (version !== 1 || typeof sha256Hash !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256Hash))
    throw malformed("'extensions.persistedQuery' must be {version: 1, sha256Hash}, with a SHA-256 in hexadecimal")
  return sha256Hash
}

/** The operation of a GET: `?query=&variables=&operationName=`, variables as JSON. */
export function operationOfQueryString(query: Readonly<Record<string, unknown>>): SentOperation {
  return operationOf({
    query: query['query'],
    documentId: query['documentId'],
    variables: fromJson(query['variables'], 'variables'),
    extensions: fromJson(query['extensions'], 'extensions'),
    operationName: query['operationName'],
  })
}

function fromJson(text: unknown, name: string): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return parseJson(String(text))
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
