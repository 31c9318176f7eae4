// POST /tokens: a short-lived token that speaks for a role with claims, so that what an owner tries out goes through the
// same doors as an app's requests: REST, GraphQL, sockets. A route that ran requests by itself would be a second way in,
// with other limits and another idea of who is asking.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { AuditLog } from '#libs/audit'
import { CatalogService } from '#libs/catalog'
import { SERVICE_ROLE, TokenSigner } from '#libs/identity'
import { type AdminContext, actorName } from '../access/admin-actor.ts'
import type { RoleToken } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'

const tokenSeconds = 600

/** Body of POST /tokens. */
export const tokenInput = z.strictObject({
  role: z.string().min(1).max(63),
  /** For example `{ sub: "a user's id" }`. What the platform itself says in a token (iss, iat, exp, session_id, …) is left out. */
  claims: z.record(z.string(), z.unknown()).default({}),
})

/** Whose token it is and how long it lives is the platform's to say; and a session of a user's is not to be named, because it was not opened. */
const reserved: ReadonlySet<string> = new Set(['iss', 'iat', 'exp', 'nbf', 'jti', 'session_id', 'role'])

/** Signs the tokens and writes down for whom. */
@Injectable()
export class CreateToken {
  constructor(
    @Inject(TokenSigner) private readonly signer: TokenSigner,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  async run({ role, claims }: z.output<typeof tokenInput>, { actor, requestId }: AdminContext): Promise<RoleToken> {
    if (role !== SERVICE_ROLE && !this.catalog.current().roles.has(role)) throw consoleErrors.role_not_found({ params: { role } })
    const own = Object.fromEntries(Object.entries(claims).filter(([name]) => !reserved.has(name)))
    const { token, expiresAt } = this.signer.sign({ aud: 'authenticated', ...own, role }, tokenSeconds)
    const subject = typeof claims['sub'] === 'string' ? { sub: claims['sub'] } : {}
    await this.audit.append({ actor: actorName(actor), action: 'token.create', target: role, detail: subject, requestId })
    return { token, expiresAt: new Date(expiresAt * 1000).toISOString() }
  }
}
