// The schema of the user's database, kept fresh; every change that the console makes refreshes it.
import type { Policy, SchemaOverview, TableInfo } from '#admin-api'
import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { admin } from './admin.ts'

export const schemaQuery = queryOptions({
  queryKey: ['schema'],
  queryFn: () => admin<SchemaOverview>('GET', '/schema'),
  staleTime: 5_000,
})

export const policiesQuery = queryOptions({ queryKey: ['policies'], queryFn: () => admin<Policy[]>('GET', '/policies'), staleTime: 5_000 })

/** After DDL: the schema and the policies are read again before the caller goes on. */
export async function schemaChanged(queries: QueryClient): Promise<void> {
  await Promise.all([queries.invalidateQueries({ queryKey: ['schema'] }), queries.invalidateQueries({ queryKey: ['policies'] })])
}

export function findTable(overview: SchemaOverview | undefined, schema: string, name: string): TableInfo | undefined {
  return overview?.tables.find((table) => table.schema === schema && table.name === name)
}

const platformSchemas = new Set(['auth', 'storage', 'realtime', 'plinth'])

/** Schemas that belong to the platform: shown, never changed here. */
export function isPlatformSchema(schema: string): boolean {
  return platformSchemas.has(schema)
}
