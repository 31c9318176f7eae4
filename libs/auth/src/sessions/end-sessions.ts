import type { PlatformQueries } from '#libs/postgres'

/** Which of a user's sessions end: all, one, or all but one. */
export type SessionScope = { readonly scope: 'global' } | { readonly scope: 'local' | 'others'; readonly sessionId: string }

/** Deletes sessions and, with them, their refresh tokens. Returns their ids; announce them after the commit. */
export async function endSessions(database: PlatformQueries, userId: string, which: SessionScope): Promise<string[]> {
  const condition = { global: '', local: 'AND id::text = $2', others: 'AND id::text <> $2' }[which.scope]
  const values = which.scope === 'global' ? [userId] : [userId, which.sessionId]
  const ended = await database.query<{ id: string }>(`DELETE FROM auth.sessions WHERE user_id = $1 ${condition} RETURNING id`, values)
  return ended.map((session) => session.id)
}
