import type { User } from '@plinth/client'
import { queryOptions } from '@tanstack/react-query'
import { authAdmin, unwrap } from '../api/sdk.ts'

export function userQuery(id: string) {
  return queryOptions({
    queryKey: ['users', 'one', id],
    queryFn: async (): Promise<User> => (await unwrap((await authAdmin()).getUserById(id))).user,
  })
}
