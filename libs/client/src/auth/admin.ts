// User administration under /auth/v1/admin: for servers and the console, with the service or secret key.
import type { HttpRequest, Result } from '../http.ts'
import type { AdminUserAttributes, User } from './types.ts'

type Call = <T>(request: HttpRequest) => Promise<Result<T>>

/** Calls that need the service or secret key as the client's key. */
export class AuthAdmin {
  constructor(private readonly call: Call) {}

  /** `POST /auth/v1/admin/users` */
  async createUser(attributes: AdminUserAttributes): Promise<Result<{ user: User }>> {
    return wrapped(await this.call<User>({ method: 'POST', path: '/auth/v1/admin/users', body: attributes }))
  }

  /** `GET /auth/v1/admin/users?page=&per_page=`; pages count from 1, 50 users each by default. */
  listUsers(options: { readonly page?: number; readonly perPage?: number } = {}): Promise<Result<{ users: User[]; aud: string }>> {
    return this.call({ method: 'GET', path: `/auth/v1/admin/users?page=${options.page ?? 1}&per_page=${options.perPage ?? 50}` })
  }

  /** `GET /auth/v1/admin/users/{id}` */
  async getUserById(id: string): Promise<Result<{ user: User }>> {
    return wrapped(await this.call<User>({ method: 'GET', path: pathOf(id) }))
  }

  /** `PUT /auth/v1/admin/users/{id}` */
  async updateUserById(id: string, attributes: AdminUserAttributes): Promise<Result<{ user: User }>> {
    return wrapped(await this.call<User>({ method: 'PUT', path: pathOf(id), body: attributes }))
  }

  /** `DELETE /auth/v1/admin/users/{id}`; a soft delete keeps the row without what identifies a person. */
  deleteUser(id: string, options: { readonly shouldSoftDelete?: boolean } = {}): Promise<Result<unknown>> {
    return this.call({ method: 'DELETE', path: pathOf(id), body: { should_soft_delete: options.shouldSoftDelete === true } })
  }
}

function pathOf(id: string): string {
  return `/auth/v1/admin/users/${encodeURIComponent(id)}`
}

function wrapped(answer: Result<User>): Result<{ user: User }> {
  return answer.error === null ? { data: { user: answer.data }, error: null } : answer
}
