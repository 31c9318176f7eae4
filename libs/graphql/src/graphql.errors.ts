// Errors in Hasura's shape: a code, a message, and a JSONPath into the document (contract graphql.md section 8).
import { defineErrors } from '#libs/kernel'

/** What this dialect refuses by itself; statuses apply to application/graphql-response+json. */
export const graphqlErrors = defineErrors('graphql', {
  request_malformed: { status: 400, message: 'The request is not a GraphQL request: {reason}' },
  method_not_allowed: { status: 405, message: 'Mutations need POST.' },
  method_unknown: { status: 405, message: 'Send operations by POST, queries also by GET.' },
  query_not_allowed: { status: 400, message: 'query is not allowed' },
  document_too_large: { status: 400, message: 'The document is too large: {reason}' },
  depth_exceeded: { status: 400, message: 'The query is nested {depth} levels deep; at most {max} are allowed.' },
  cost_exceeded: {
    status: 400,
    message: 'The query costs more than {max}: nest fewer lists, ask for fewer fields, or give the lists smaller limits.',
  },
  too_many_subscriptions: { status: 429, message: 'This server keeps as many subscriptions open as it may ({max}).' },
  too_many_introspections: { status: 429, message: 'Too many ask for the schema at this moment. Try again.' },
  batch_too_large: { status: 400, message: 'A batch holds at most {max} operations.' },
  persisted_query_not_found: { status: 200, message: 'PersistedQueryNotFound' },
  persisted_query_not_supported: { status: 200, message: 'PersistedQueryNotSupported' },
  persisted_query_mismatch: { status: 400, message: 'The hash is not that of the document.' },
  persisted_document_unknown: { status: 400, message: 'No document is known by this id.' },
  document_invalid: { status: 400, message: 'The text is not a GraphQL document.' },
  document_name_invalid: {
    status: 400,
    message: 'A name has at most 200 letters, digits and the characters _ . : / -, and does not look like a hash.',
  },
  document_name_taken: { status: 409, message: 'Another document of the allow-list has this name.' },
  document_not_found: { status: 404, message: 'No document of the allow-list has this hash.' },
  explain_refused: { status: 400, message: '{reason} (at {path})' },
  explain_forbidden: { status: 403, message: 'Only service_role may have operations explained.' },
})

/** Codes of Hasura that this dialect answers with. */
export type GraphQLErrorCode =
  | 'validation-failed'
  | 'parse-failed'
  | 'invalid-json'
  | 'bad-request'
  | 'not-supported'
  | 'unexpected-payload'
  | 'method-not-allowed'
  | 'access-denied'
  | 'invalid-jwt'
  | 'permission-error'
  | 'constraint-violation'
  | 'constraint-error'
  | 'data-exception'
  | 'concurrent-update'
  | 'postgres-error'
  | 'postgres-max-connections-error'
  | 'connection-not-established'
  | 'timeout'
  | 'not-found'
  | 'conflict'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'unexpected'

/** A message may quote what was sent, which may be the size of a whole body. */
const MESSAGE_CHARACTERS_MAX = 1_000

/** The one error of an answer. `status` is the HTTP status for clients that want it. */
export class GraphQLFailure extends Error {
  override readonly name = 'GraphQLFailure'
  constructor(
    message: string,
    readonly code: GraphQLErrorCode,
    /** JSONPath, for example `$.selectionSet.author.args.where`. */
    readonly path: string,
    readonly status = 400,
    /** True when even application/json answers with `status`: the request never became a GraphQL operation, or the server is unable. */
    readonly isTransport = false,
    cause?: unknown,
  ) {
    super(
      message.length > MESSAGE_CHARACTERS_MAX ? `${message.slice(0, MESSAGE_CHARACTERS_MAX)}…` : message,
      cause === undefined ? undefined : { cause },
    )
  }
}

/** A document or its variables do not fit the schema. */
export function validationFailed(message: string, path = '$'): GraphQLFailure {
  return new GraphQLFailure(message, 'validation-failed', path)
}
