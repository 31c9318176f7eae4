// What goes before a request's statement whatever its dialect: settings of its role, facts of its HTTP request, the
// owner's pre-request function.
import type { Catalog } from '../model.ts'
import { type HttpRequestFacts, requestSettings } from './request-settings.ts'
import { type Isolation, type Session, sessionsOfRoles, type SessionSettings } from './role-session.ts'

const nothing: SessionSettings = []

/** What all requests of one catalog have in common. */
export class RequestSessions {
  /** Are functions told about the HTTP request? */
  readonly tellsRequest: boolean
  private readonly sessions: ReadonlyMap<string, Session>

  constructor(
    catalog: Catalog,
    /** Statement that calls the pre-request function. */
    readonly preamble: string | undefined,
  ) {
    this.sessions = sessionsOfRoles(catalog)
    // A pre-request function may read them in ways that its source does not show.
    this.tellsRequest = catalog.readsRequestSettings || preamble !== undefined
  }

  /** Isolation level that the role asks for. */
  isolation(role: string): Isolation | undefined {
    return this.sessions.size === 0 ? undefined : this.sessions.get(role)?.isolation
  }

  /** Settings of a request: the role's, then `own`, then what is told about the request. The last one of a name wins. */
  settings(role: string, request: HttpRequestFacts | undefined, own?: SessionSettings): SessionSettings | undefined {
    const session = this.sessions.size === 0 ? undefined : this.sessions.get(role)
    if (session === undefined && !this.tellsRequest) return own
    return [...(session?.settings ?? nothing), ...(own ?? nothing), ...(this.tellsRequest ? requestSettings(request) : nothing)]
  }
}
