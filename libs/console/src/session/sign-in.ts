import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { AuditLog } from '#libs/audit'
import { verifyPassword } from '#libs/identity'
import type { Credentials } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { Owners } from './owners.ts'

/** Body of POST /session. */
export const credentialsInput = z.strictObject({ email: z.string().min(1).max(320), password: z.string().min(1).max(256) })

/** Checks an owner's e-mail and password. Refuses with the same words, after the same work, whether the e-mail is known or not. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(Owners) private readonly owners: Owners,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(AttemptLimit) private readonly limit: AttemptLimit,
  ) {}

  async signIn(credentials: Credentials, from: { address: string; requestId: string }): Promise<{ id: string; email: string }> {
    const email = credentials.email.toLowerCase()
    this.limit.take('address', from.address)
    this.limit.take('email', email)
    const owner = await this.owners.findByEmail(email)
    // Without a hash it does the same work on a dummy.
    const isRight = await verifyPassword(owner?.passwordHash, credentials.password)
    if (owner === undefined || !isRight) throw consoleErrors.wrong_credentials()
    await this.audit.append({
      actor: `owner:${owner.email}`,
      action: 'session.open',
      requestId: from.requestId,
      detail: { address: from.address },
    })
    return { id: owner.id, email: owner.email }
  }
}
