// The one renderer of errors (contract graphql.md section 8), for every transport.
import { GraphQLError } from 'graphql'
import { DatabaseError } from '#libs/postgres'
import type { GraphQLFailure } from '../graphql.errors.ts'

/** An error as clients see it. */
export interface RenderedError {
  readonly message: string
  readonly extensions: {
    readonly path: string
    readonly code: string
    /** What Postgres said, or which names there are. */
    readonly internal?: Readonly<Record<string, unknown>>
  }
}

/** A failure as it is sent. `withDetails`: also what Postgres said, for owners and in development. */
export function renderFailure({ message, path, code, cause }: GraphQLFailure, withDetails: boolean): RenderedError {
  const internal = withDetails ? detailsOf(cause) : undefined
  return { message, extensions: internal === undefined ? { path, code } : { path, code, internal } }
}

/** The body of a refused operation. */
export function failureBody(failure: GraphQLFailure, withDetails: boolean): string {
  return JSON.stringify({ errors: [renderFailure(failure, withDetails)] })
}

function detailsOf(cause: unknown): Record<string, unknown> | undefined {
  if (cause instanceof DatabaseError) {
    const { sqlstate, message, detail, hint, constraint } = cause
    return { error: { status_code: sqlstate, message, description: detail ?? null, hint: hint ?? null, constraint: constraint ?? null } }
  }
  const suggestion = cause instanceof GraphQLError ? / (Did you mean .*\?)$/s.exec(cause.message)?.[1] : undefined
  return suggestion === undefined ? undefined : { suggestion }
}
