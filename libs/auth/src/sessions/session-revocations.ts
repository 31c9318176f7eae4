import { Inject, Injectable } from '@nestjs/common'
import { PrincipalResolver } from '#libs/identity'
import { LOGGER, type Logger } from '#libs/kernel'

/** Sessions that have just ended: signed out, removed by an admin, or killed because a refresh token was stolen. */
export interface SessionsRevoked {
  readonly userId: string
  readonly sessionIds: readonly string[]
}

/** Tells the rest of the process that sessions ended: access tokens are refused at once, sockets can be closed. */
@Injectable()
export class SessionRevocations {
  private readonly listeners = new Set<(event: SessionsRevoked) => void>()

  constructor(
    @Inject(PrincipalResolver) private readonly resolver: PrincipalResolver,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Calls the listener after each revocation in this process. Returns how to stop. */
  onSessionRevoked(listener: (event: SessionsRevoked) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** To be called when the revocation is committed. */
  announce(event: SessionsRevoked): void {
    if (event.sessionIds.length === 0) return
    this.resolver.revokeSession(...event.sessionIds)
    for (const listener of this.listeners) {
      try {
        listener(event)
      } catch (error) {
        this.logger.error({ err: error }, 'a listener of revoked sessions failed')
      }
    }
  }
}
