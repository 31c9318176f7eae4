// Facts about the project that several screens show.
import type { Keys, Project, RequestSample } from '#admin-api'
import { queryOptions } from '@tanstack/react-query'
import { admin } from './admin.ts'

export const projectQuery = queryOptions({ queryKey: ['project'], queryFn: () => admin<Project>('GET', '/project'), staleTime: 60_000 })

/** Secrets: asked for when shown and not kept in the cache afterwards. Every request is audited. */
export const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: () => admin<Keys>('GET', '/keys'), staleTime: 30_000, gcTime: 0 })

export const requestsQuery = queryOptions({
  queryKey: ['requests'],
  queryFn: () => admin<RequestSample[]>('GET', '/requests'),
  refetchInterval: 3_000,
})

/** What GET /health/ready tells. */
export interface Health {
  readonly status: string
  readonly checks: Readonly<Record<string, { readonly status: 'ok' | 'fail'; readonly detail?: string }>>
}

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async (): Promise<Health> => {
    const response = await fetch('/health/ready', { headers: { accept: 'application/json' } })
    // 503 carries the same body and names what fails.
    return (await response.json()) as Health
  },
  refetchInterval: 10_000,
})
