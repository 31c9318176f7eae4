// The schema of the chosen role: what its introspection tells.
import { queryOptions } from '@tanstack/react-query'
import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema, type IntrospectionQuery } from 'graphql'
import { ApiError } from '../api/api-error.ts'
import type { RunRole } from '../run-as/run-as.tsx'
import { send } from './transport.ts'

const introspection = getIntrospectionQuery({ descriptions: true, inputValueDeprecation: false })

/** `version` counts the changes of the database's schema: with a new one the role's schema is asked for again. */
export function graphqlSchemaQuery(as: RunRole, version: number | undefined) {
  return queryOptions({
    queryKey: ['graphql', 'schema', as.role, version],
    queryFn: async ({ signal }): Promise<GraphQLSchema> => {
      const { text, status } = await send({ query: introspection, variables: '', operationName: undefined }, as, signal)
      const { data, errors } = JSON.parse(text) as { data?: IntrospectionQuery; errors?: { message: string }[] }
      if (data === undefined) {
        const message = errors?.[0]?.message ?? `The server answered ${status}.`
        throw new ApiError(message, { status, code: 'introspection_failed', hint: 'Operations of this role may still be run.' })
      }
      return buildClientSchema(data, { assumeValid: true })
    },
    placeholderData: (previous, query) => (query?.queryKey[2] === as.role ? previous : undefined),
    staleTime: 60_000,
    retry: false,
  })
}
