import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/api-error.ts'

/** The cache of everything read from the server. Refusals are final; only a server that is away or failing is asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
  },
})
