import { type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { AuthGuard, PassportStrategy } from '@nestjs/passport'
import type { FastifyRequest } from 'fastify'
import { Strategy } from 'passport-local'
import { z } from 'zod'
import { PasswordHasher } from '#libs/identity'
import { PlatformDatabase } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { authErrors, invalidInput } from '../auth.errors.ts'
import { authSettings } from '../auth.settings.ts'
import { AuthLimits } from '../limits/auth-limits.ts'
import { isPossiblePassword, parseBody, textInput } from '../users/user-fields.ts'
import { isBanned, type UserRow } from '../users/user-row.ts'
import { findUserByEmail } from '../users/users.ts'

const strategyName = 'plinth-password'
const bodyInput = z.object({ email: textInput, phone: textInput, password: textInput }, 'must be a JSON object')

/**
 * E-mail and password. Unknown address, account without a password and wrong password give the same answer after the
 * same work; whether an account is banned or unconfirmed is told only to who knows its password.
 */
@Injectable()
export class PasswordStrategy extends PassportStrategy(Strategy, strategyName) {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(AuthLimits) private readonly limits: AuthLimits,
  ) {
    super({ usernameField: 'email', passwordField: 'password', passReqToCallback: true })
  }

  async validate(request: FastifyRequest, address: string, password: string): Promise<UserRow> {
    const email = address.trim().toLowerCase()
    this.limits.signIn(request.ip, email)
    const user = email.length > 255 ? undefined : await findUserByEmail(this.database, email)
    if (!(await this.hasher.verifyPassword(user?.encrypted_password, password)) || user === undefined)
      throw authErrors.invalid_credentials()
    this.limits.signedIn(request.ip, email)
    if (isBanned(user, Date.now())) throw authErrors.user_banned()
    if (user.email_confirmed_at === null) throw authErrors.email_not_confirmed()
    return user
  }

  /** What stands in the body before passport-local looks at it. It would take a password from the URL too, which gets logged. */
  checkBody(request: FastifyRequest): void {
    const body = parseBody(bodyInput, request.body)
    if (body.email && body.phone) throw invalidInput('Only an email address or phone number should be provided on login.')
    if (body.phone) throw authErrors.phone_provider_disabled({ params: { what: 'logins' } })
    if (!body.email) throw invalidInput('missing email or phone')
    if (!this.settings.get(authSettings).emailEnabled) throw authErrors.email_provider_disabled({ params: { what: 'logins' } })
    if (!isPossiblePassword(body.password ?? '')) throw authErrors.invalid_credentials()
  }
}

/** Runs {@link PasswordStrategy} for `grant_type=password`; other grants pass. The user is `request.user` then. */
@Injectable()
export class PasswordGrantGuard extends AuthGuard(strategyName) {
  constructor(@Inject(PasswordStrategy) private readonly strategy: PasswordStrategy) {
    super()
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>()
    if ((request.query as { grant_type?: unknown }).grant_type !== 'password') return true
    this.strategy.checkBody(request)
    return (await super.canActivate(context)) as boolean
  }
}
