// The SDK, pointed at this very server and speaking with the session's service token.
import { type AuthAdmin, createClient, type PlinthClient, type Result } from '@plinth/client'
import { admin } from './admin.ts'
import { noteFailedRequest } from './api-error.ts'
import type { Project } from '#admin-api'
import { serviceToken } from './session.ts'

/** The mark keeps the console's own calls out of the requests that Home shows as those of apps. */
const global = { fetch: fetchNotingFailures, headers: { 'x-plinth-console': '1' } }

let client: Promise<PlinthClient> | undefined

/** The client, made at first use: it needs the project's public key. */
export function sdk(): Promise<PlinthClient> {
  client ??= admin<Project>('GET', '/project').then(
    (project) =>
      createClient(window.location.origin, project.anonKey, {
        accessToken: serviceToken,
        auth: { persistSession: false, autoRefreshToken: false },
        global,
      }),
    (error: unknown) => {
      client = undefined
      throw error
    },
  )
  return client
}

/** User administration. The SDK sends it with the client's key, so the key is the service token of the moment. */
export async function authAdmin(): Promise<AuthAdmin> {
  const admin = createClient(window.location.origin, await serviceToken(), {
    auth: { persistSession: false, autoRefreshToken: false },
    global,
  })
  return admin.auth.admin
}

/** The data of an SDK answer, or its error thrown: what TanStack Query expects. */
export async function unwrap<T>(answer: PromiseLike<Result<T>> | Result<T>): Promise<T> {
  const { data, error } = await answer
  if (error !== null) throw error
  return data
}

async function fetchNotingFailures(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
  const requestId = response.headers.get('x-request-id')
  if (!response.ok && requestId !== null) {
    const body = await response
      .clone()
      .json()
      .catch(() => ({}))
    const message: unknown = body?.message ?? body?.msg ?? body?.error_description ?? body?.error
    if (typeof message === 'string') noteFailedRequest(message, requestId)
  }
  return response
}
