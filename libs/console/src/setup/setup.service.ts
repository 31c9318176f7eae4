// The first owner of a server. Whoever can read the server's output may become it, by a one-time link; nobody else can.
import { createHash } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { AuditLog } from '#libs/audit'
import { LOGGER, randomToken, secretsEqual, type Logger } from '#libs/kernel'
import type { SetupInput } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'
import { Owners } from '../session/owners.ts'

/** Makes the first owner: from the environment, or by the link that is printed at start. */
@Injectable()
export class SetupService {
  /** Hash of the link's token. In memory only: each start makes a new one, and the old links die. */
  private tokenHash: string | undefined

  constructor(
    @Inject(Owners) private readonly owners: Owners,
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Call once at each start, after the migrations. Returns the token of the one-time link while no owner exists, else
   * null; the link is `<public URL>/console/setup#token=<token>` (a fragment reaches no access log and no Referer).
   * With an owner in the options (PLINTH_OWNER_EMAIL, PLINTH_OWNER_PASSWORD) the first start makes that one instead.
   */
  async begin(): Promise<string | null> {
    if (await this.owners.exist()) return null
    if (this.options.owner !== undefined) {
      await this.createOwner(this.options.owner.email, this.options.owner.password, 'system', null)
      this.logger.info({ email: this.options.owner.email }, 'made the owner of the console')
      return null
    }
    const token = randomToken(24)
    this.tokenHash = hashOf(token)
    return token
  }

  /** Whether the server still waits for its first owner. */
  async isNeeded(): Promise<boolean> {
    return !(await this.owners.exist())
  }

  /** Uses the link's token up and makes the owner. */
  async complete(input: SetupInput, requestId: string): Promise<{ id: string; email: string }> {
    if (await this.owners.exist()) throw consoleErrors.setup_done()
    if (this.tokenHash === undefined || !secretsEqual(this.tokenHash, hashOf(input.token))) throw consoleErrors.setup_token_wrong()
    return this.createOwner(input.email, input.password, `owner:${input.email.toLowerCase()}`, requestId)
  }

  private async createOwner(
    email: string,
    password: string,
    actor: string,
    requestId: string | null,
  ): Promise<{ id: string; email: string }> {
    const owner = await this.owners.createFirst(email, password)
    if (owner === undefined) throw consoleErrors.setup_done()
    this.tokenHash = undefined
    await this.audit.append({ actor, action: 'owner.create', target: owner.email, requestId })
    return owner
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
