// Who may use the admin API. Decided in Fastify's onRequest hook, before a body is read, so that strangers cannot send
// large ones; the Nest guard behind it refuses whatever passed without an actor (deny by default, also for new routes).
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { FastifyRequest } from 'fastify'
import { PrincipalResolver, SERVICE_ROLE } from '#libs/identity'
import { consoleErrors } from '../console.errors.ts'
import { adminPath } from '../console.options.ts'
import { ConsoleSessions, isConsoleToken } from '../session/console-sessions.ts'
import { readSessionCookie } from '../session/session-cookie.ts'
import { actorOf, openRouteKey, setActor, type AdminActor } from './admin-actor.ts'

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const openRoutes: ReadonlySet<string> = new Set([
  `GET /${adminPath}/setup`,
  `HEAD /${adminPath}/setup`,
  `POST /${adminPath}/setup`,
  `POST /${adminPath}/session`,
])

/** Finds the actor of a request or refuses it. */
@Injectable()
export class AdminAccess {
  constructor(
    @Inject(ConsoleSessions) private readonly sessions: ConsoleSessions,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
  ) {}

  /** For the onRequest hook of every route below /admin/v1. */
  async admit(request: FastifyRequest): Promise<void> {
    if (openRoutes.has(`${request.method} ${request.routeOptions.url ?? ''}`)) return
    setActor(request, await this.authenticate(request))
  }

  /** A console token as Bearer, else a key in `authorization` or `apikey`, else the cookie. The first that is there decides. */
  private async authenticate(request: FastifyRequest): Promise<AdminActor> {
    const authorization = request.headers.authorization
    const apikey = headerText(request.headers['apikey'])
    const bearer = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]?.trim()
    if (bearer !== undefined && isConsoleToken(bearer)) return this.bySession(bearer)
    if (authorization !== undefined || apikey !== undefined) return this.byKey(authorization, apikey)
    const token = readSessionCookie(request.headers.cookie)
    if (token === undefined) throw consoleErrors.not_signed_in()
    const actor = await this.bySession(token)
    // Other sites can make a browser send the cookie (SameSite has gaps on sibling subdomains), but not this header.
    if (!safeMethods.has(request.method) && request.headers['x-plinth-console'] !== '1') throw consoleErrors.header_required()
    return actor
  }

  private async bySession(token: string): Promise<AdminActor> {
    const session = await this.sessions.find(token)
    if (session === undefined) throw consoleErrors.session_expired()
    return { kind: 'owner', ...session }
  }

  private async byKey(authorization: string | undefined, apikey: string | undefined): Promise<AdminActor> {
    const principal = await this.principals.resolve({ authorization, apikey })
    if (principal.role === SERVICE_ROLE) return { kind: 'key' }
    throw principal.authenticated || apikey !== undefined ? consoleErrors.forbidden_key() : consoleErrors.not_signed_in()
  }
}

/** The second line: no actor, no controller, except where a method says so. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean | undefined>(openRouteKey, context.getHandler()) === true) return true
    if (actorOf(context.switchToHttp().getRequest<FastifyRequest>()) === undefined) throw consoleErrors.not_signed_in()
    return true
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
