// What a resolver threw, as the one error of the answer.
import { HttpException } from '@nestjs/common'
import { GraphQLError } from 'graphql'
import { AppError } from '#libs/kernel'
import { type GraphQLErrorCode, GraphQLFailure } from '../graphql.errors.ts'

const codes: Readonly<Record<number, GraphQLErrorCode>> = {
  401: 'access-denied',
  403: 'access-denied',
  404: 'not-found',
  409: 'conflict',
  504: 'timeout',
}

/** Nest's exceptions and GraphQL errors are meant for the caller; of anything else only the log is told. */
export function resolverFailure(error: GraphQLError): GraphQLFailure {
  const path =
    error.path === undefined ? '$' : `$.selectionSet.${error.path.filter((step) => typeof step === 'string').join('.selectionSet.')}`
  const thrown = error.originalError
  if (thrown instanceof GraphQLFailure) return thrown
  if (thrown instanceof HttpException || thrown instanceof AppError) {
    const status = thrown instanceof HttpException ? thrown.getStatus() : thrown.status
    const code = codes[status] ?? (status < 500 ? 'bad-request' : 'unexpected')
    return new GraphQLFailure(thrown.message, code, path, status, false, status < 500 ? undefined : thrown)
  }
  // Also what graphql-js itself says of arguments and results.
  if (thrown === undefined || thrown === null || thrown instanceof GraphQLError)
    return new GraphQLFailure(error.message, error.path === undefined ? 'validation-failed' : 'unexpected', path, 400, false, error)
  const message = 'Something unexpected went wrong. The server log has the details under this request id.'
  return new GraphQLFailure(message, 'unexpected', path, 500, false, thrown)
}
