import { QueryClient } from '@tanstack/react-query'
import { toApiError } from '../api/api-error.ts'

/** The cache of everything read from the server. Refusals are final; only a server that is away or failing is asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => {
        const { status } = toApiError(error)
        return failures < 2 && (status === 0 || status >= 502)
      },
    },
  },
})
