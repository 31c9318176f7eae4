import type { SettingsArea } from '#admin-api'
import { queryOptions } from '@tanstack/react-query'
import { admin, segments } from '../api/admin.ts'

/** Names of all areas that the server has. */
export const areasQuery = queryOptions({ queryKey: ['settings'], queryFn: () => admin<string[]>('GET', '/settings'), staleTime: 60_000 })

export function areaQuery(area: string) {
  return queryOptions({ queryKey: ['settings', area], queryFn: () => admin<SettingsArea>('GET', `/settings${segments(area)}`) })
}
