// Console sessions: opaque random tokens, of which only the SHA-256 is kept, so that a copy of the database signs nobody in.
import { createHash } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { CLOCK, randomToken, type Clock } from '#libs/kernel'
import { PlatformDatabase } from '#libs/postgres'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'

const tokenPrefix = 'plinth_cs_'
const defaultLifetimeMs = 12 * 3_600_000

/** An owner's open session. */
export interface OpenSession {
  readonly ownerId: string
  readonly email: string
  readonly tokenHash: Buffer
  readonly expiresAt: Date
}

/** Does a Bearer value look like a token of ours? */
export function isConsoleToken(text: string): boolean {
  return text.startsWith(tokenPrefix)
}

/** Opens, finds and closes sessions. */
@Injectable()
export class ConsoleSessions {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The token is returned this once. Sessions that are over are removed on the way. */
  async open(ownerId: string): Promise<{ token: string; expiresAt: Date }> {
    const token = tokenPrefix + randomToken(32)
    const now = this.clock.nowMs()
    const expiresAt = new Date(now + (this.options.sessionLifetimeMs ?? defaultLifetimeMs))
    await this.database.query('delete from plinth.console_sessions where expires_at < $1', [new Date(now)])
    await this.database.query('insert into plinth.console_sessions (token_hash, owner_id, expires_at) values ($1, $2, $3)', [
      hashOf(token),
      ownerId,
      expiresAt,
    ])
    return { token, expiresAt }
  }

  /** The session of a token, or undefined when there is none or it is over. */
  async find(token: string): Promise<OpenSession | undefined> {
    const tokenHash = hashOf(token)
    const [row] = await this.database.query<{ owner_id: string; email: string; expires_at: Date | string }>(
      `select s.owner_id, o.email, s.expires_at from plinth.console_sessions s join plinth.owners o on o.id = s.owner_id
        where s.token_hash = $1 and s.expires_at > $2`,
      [tokenHash, new Date(this.clock.nowMs())],
    )
    return row === undefined ? undefined : { ownerId: row.owner_id, email: row.email, tokenHash, expiresAt: new Date(row.expires_at) }
  }

  async close(tokenHash: Buffer): Promise<void> {
    await this.database.query('delete from plinth.console_sessions where token_hash = $1', [tokenHash])
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
