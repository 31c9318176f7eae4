// One login per purpose, because SET ROLE is checked against the login: a connection of the API can never become
// service_role, whatever SQL runs on it.

/** The roles that requests run under. */
export const requestRoles = ['anon', 'authenticated', 'service_role'] as const

/** The platform's logins: owner of everything, the API's, the service role's, and the replication reader's. */
export const loginNames = {
  owner: 'plinth_owner',
  api: 'plinth_api',
  service: 'plinth_service',
  replication: 'plinth_replication',
} as const

/** Connection URLs by purpose. `superuser` exists only for the embedded server. */
export interface DatabaseUrls {
  readonly owner: string
  readonly api: string
  readonly service: string
  readonly replication: string
  readonly superuser?: string
}

/** `base` with another user, password and database; every other part (host, port, TLS parameters) is kept. */
export function withLogin(base: string, user: string, password: string, database?: string): string {
  const url = new URL(base)
  url.username = encodeURIComponent(user)
  url.password = encodeURIComponent(password)
  if (database !== undefined) url.pathname = `/${encodeURIComponent(database)}`
  return url.toString()
}

/** `base` with another database. */
export function withDatabase(base: string, database: string): string {
  const url = new URL(base)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.toString()
}
