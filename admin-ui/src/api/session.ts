// Who is signed in, and the short-lived service token with which the SDK reads rows, users and files.
import type { ConsoleSession, SetupState } from '#admin-api'
import { queryOptions } from '@tanstack/react-query'
import { admin } from './admin.ts'
import { ApiError } from './api-error.ts'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<ConsoleSession | null> => {
    try {
      return remember(await admin<ConsoleSession>('GET', '/session'))
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => admin<SetupState>('GET', '/setup'),
  staleTime: 10_000,
})

let known: ConsoleSession | undefined
let renewal: Promise<ConsoleSession> | undefined

/** Keeps the token of a fresh answer for {@link serviceToken}; nothing of it is stored beyond this page. */
export function remember(session: ConsoleSession): ConsoleSession {
  known = session
  return session
}

export function forgetSession(): void {
  known = undefined
}

/** A service token with at least half a minute left; asks for a new one when needed, once for all callers. */
export async function serviceToken(): Promise<string> {
  if (known !== undefined && Date.parse(known.serviceTokenExpiresAt) - Date.now() > 30_000) return known.serviceToken
  renewal ??= admin<ConsoleSession>('GET', '/session')
    .then(remember)
    .finally(() => {
      renewal = undefined
    })
  return (await renewal).serviceToken
}
