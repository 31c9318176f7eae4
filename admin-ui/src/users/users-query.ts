// Users come from the auth admin API; a search is answered by the database, which can also count what it found.
import type { SqlResult } from '#admin-api'
import type { User } from '@plinth/client'
import { queryOptions, keepPreviousData } from '@tanstack/react-query'
import { admin } from '../api/admin.ts'

export const usersPerPage = 50

export interface UserPage {
  readonly users: readonly User[]
  readonly total: number
}

const found = `
  select to_jsonb(u) as "user", count(*) over () as total
  from (select id, email, phone, role, aud, created_at, updated_at, last_sign_in_at, email_confirmed_at, phone_confirmed_at, banned_until
        from auth.users where deleted_at is null) u
  where $1::text = '' or u.email ilike '%' || $2::text || '%' or u.phone ilike '%' || $2::text || '%' or u.id::text = $1::text
  order by u.created_at desc, u.id
  limit $3::int offset $4::int`

export function usersQuery({ search, page }: { search: string; page: number }) {
  return queryOptions({
    queryKey: ['users', 'list', search, page],
    queryFn: async (): Promise<UserPage> => {
      const pattern = search.replace(/[\\%_]/g, '\\$&')
      const result = await admin<SqlResult>('POST', '/sql', {
        body: { query: found, params: [search, pattern, usersPerPage, (page - 1) * usersPerPage] },
      })
      return { users: result.rows.map((row) => row[0] as User), total: Number(result.rows[0]?.[1] ?? 0) }
    },
    placeholderData: keepPreviousData,
  })
}
