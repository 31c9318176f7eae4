// The claims that a user's own token has, for running as that user.
import type { SqlResult } from '#admin-api'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { admin } from '../api/admin.ts'

/** A user and what their token says. */
export interface UserChoice {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly claims: Readonly<Record<string, unknown>>
}

const found = `
  select id::text, coalesce(nullif(email, ''), nullif(phone, ''), id::text), coalesce(nullif(role, ''), 'authenticated'),
         jsonb_build_object('sub', id, 'email', coalesce(email, ''), 'phone', coalesce(phone, ''), 'aal', 'aal1', 'is_anonymous', is_anonymous,
           'app_metadata', coalesce(raw_app_meta_data, '{}'), 'user_metadata', coalesce(raw_user_meta_data, '{}'))
    from auth.users
   where deleted_at is null and ($1::text = '' or email ilike '%' || $2::text || '%' or phone ilike '%' || $2::text || '%' or id::text = $1::text)
   order by created_at desc, id limit 20`

/** Users whose e-mail, phone or id fits. */
export function userChoicesQuery(search: string) {
  return queryOptions({
    queryKey: ['users', 'claims', search],
    queryFn: async (): Promise<UserChoice[]> => {
      const params = [search, search.replace(/[\\%_]/g, '\\$&')]
      const { rows } = await admin<SqlResult>('POST', '/sql', { body: { query: found, params } })
      return rows.map(([id, name, role, claims]) => ({ id, name, role, claims }) as UserChoice)
    },
    placeholderData: keepPreviousData,
  })
}
