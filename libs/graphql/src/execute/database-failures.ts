// Postgres' refusals in Hasura's shape: SQLSTATE to code (contract graphql.md section 8).
import { AppError } from '#libs/kernel'
import { DatabaseError, httpStatusOf, RAISED_ANSWER, raisedAnswer } from '#libs/postgres'
import { type GraphQLErrorCode, graphqlErrors, GraphQLFailure } from '../graphql.errors.ts'

/** Any failure of running a statement as the one error of the answer. */
export function asGraphQLFailure(error: unknown, path: string, authenticated: boolean): GraphQLFailure {
  if (error instanceof GraphQLFailure) return error
  if (error instanceof DatabaseError) {
    const raised = error.sqlstate === RAISED_ANSWER ? raisedAnswer(error) : undefined
    if (typeof raised === 'object') return new GraphQLFailure(raised.message, 'postgres-error', path, raised.status, false, error)
    const [code, message] = wordsFor(error)
    return new GraphQLFailure(message, code, path, httpStatusOf(error, authenticated), false, error)
  }
  // graphql-js walks documents by recursion; its limits are counted in tokens, of which a nest needs few.
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    const { message } = graphqlErrors.document_too_large({ params: { reason: 'it is nested too deep' } })
    return new GraphQLFailure(message, 'validation-failed', '$.query', 400, false, error)
  }
  if (error instanceof AppError) return new GraphQLFailure(error.message, codeOf(error), '$', error.status, error.status >= 500, error)
  return new GraphQLFailure(
    'Something unexpected went wrong. The server log has the details under this request id.',
    'unexpected',
    '$',
    500,
    true,
    error,
  )
}

function wordsFor(error: DatabaseError): readonly [GraphQLErrorCode, string] {
  const { sqlstate, message } = error
  switch (sqlstate) {
    case '23001':
      return ['constraint-violation', `Can not delete or update due to data being referred. ${message}`]
    case '23502':
      return ['constraint-violation', `Not-NULL violation. ${message}`]
    case '23503':
      return ['constraint-violation', `Foreign key violation. ${message}`]
    case '23505':
      return ['constraint-violation', `Uniqueness violation. ${message}`]
    case '23P01':
      return ['constraint-violation', `Exclusion violation. ${message}`]
    case '23514':
      return ['permission-error', `Check constraint violation. ${message}`]
    case '42501':
      return [
        'permission-error',
        /row-level security policy/.test(message) ? 'check constraint of an insert/update permission has failed' : message,
      ]
    case '44000':
      return ['permission-error', 'check constraint of an insert/update permission has failed']
    case '42P10':
      return ['constraint-error', 'there is no unique or exclusion constraint on target column(s)']
    case '42704':
      return ['constraint-error', message]
    case '40001':
      return ['concurrent-update', 'serialization failure due to concurrent update']
    case '40P01':
      return ['concurrent-update', message]
    case '21000':
      // One insert gives two rows with the key of on_conflict, or a sub-select of a view's or function's owner gives too many.
      return message.startsWith('ON CONFLICT ') ? ['data-exception', message] : ['unexpected', 'database query error']
    case '22025':
      return ['bad-request', message]
    case '25006':
      return ['not-supported', message]
    case '42P17':
      // Everybody's first policy that looks at other rows of its own table.
      return message.startsWith('infinite recursion')
        ? ['postgres-error', `${message}. A policy cannot read its own table: let it call a function that is SECURITY DEFINER.`]
        : ['unexpected', 'database query error']
    case '54001':
      return ['bad-request', 'The request is nested too deep for the database.']
    case '57014':
      return ['timeout', 'The statement ran longer than its time limit and was cancelled.']
  }
  if (sqlstate.startsWith('22')) return ['data-exception', message]
  // Raised on purpose by the owner's own functions and triggers: their words are meant for the caller.
  if (sqlstate === 'P0001' || sqlstate.startsWith('PT')) return ['postgres-error', message]
  return ['unexpected', 'database query error']
}

function codeOf(error: AppError): GraphQLErrorCode {
  if (error.area === 'identity') return error.code === 'anonymous_disabled' ? 'access-denied' : 'invalid-jwt'
  if (error.code === 'timeout' || error.status === 504) return 'timeout'
  if (error.code === 'pool_full') return 'postgres-max-connections-error'
  return error.status === 503 ? 'connection-not-established' : 'unexpected'
}
