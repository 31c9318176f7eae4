import type { User } from '@plinth/client'

/** Where an account stands, as a word. */
export function userState(user: User): { mark: 'good' | 'bad' | 'idle'; word: string } {
  if (user.banned_until !== null && user.banned_until !== undefined && Date.parse(user.banned_until) > Date.now())
    return { mark: 'bad', word: 'Banned' }
  if ((user.email_confirmed_at ?? user.phone_confirmed_at ?? null) === null) return { mark: 'idle', word: 'Not confirmed' }
  return { mark: 'good', word: 'Confirmed' }
}
