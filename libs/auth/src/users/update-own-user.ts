import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { PasswordHasher } from '#libs/identity'
import { PlatformDatabase } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import type { SignedInUser } from '../access/bearer.strategy.ts'
import { authErrors, invalidInput } from '../auth.errors.ts'
import { authSettings } from '../auth.settings.ts'
import { AuthLimits } from '../limits/auth-limits.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { SessionRevocations } from '../sessions/session-revocations.ts'
import { checkPassword, isPossiblePassword, mergeMetadata, metadataInput, normalizeEmail, parseBody, textInput } from './user-fields.ts'
import type { UserRow } from './user-row.ts'
import { findUser, updateUser, type UserChanges } from './users.ts'

const bodyInput = z.object(
  {
    email: textInput,
    phone: textInput,
    password: textInput,
    current_password: textInput,
    data: metadataInput.nullish(),
    app_metadata: z.unknown().optional(),
  },
  'must be a JSON object',
)
type Body = z.output<typeof bodyInput>

/** PUT /user: a user changes address, password or metadata of its own. */
@Injectable()
export class UpdateOwnUser {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(SessionRevocations) private readonly revocations: SessionRevocations,
    @Inject(AuthLimits) private readonly limits: AuthLimits,
  ) {}

  /** Returns the changed user. A new password ends the user's other sessions. */
  async update(signedIn: SignedInUser, body: unknown): Promise<UserRow> {
    const input = parseBody(bodyInput, body)
    if (input.app_metadata != null) throw authErrors.app_metadata_reserved()
    if (input.phone) throw authErrors.phone_provider_disabled({ params: { what: 'changes' } })
    const email = input.email ? this.checkEmail(input.email, signedIn.user) : undefined
    const passwordHash = input.password ? await this.hashNewPassword(input.password, input, signedIn.user) : undefined
    const { user, ended } = await this.database.transaction(async (tx) => {
      const current = await findUser(tx, signedIn.user.id, 'lock')
      if (current === undefined) throw authErrors.user_of_token_gone()
      // Somebody else may have changed the password since the current one was checked.
      if (passwordHash !== undefined && current.encrypted_password !== signedIn.user.encrypted_password) {
        throw authErrors.current_password_invalid()
      }
      const becomesPermanent = current.is_anonymous && email !== undefined
      const changes: UserChanges = {
        ...(email === undefined ? {} : { email, isEmailConfirmed: true }),
        ...(passwordHash === undefined ? {} : { passwordHash }),
        ...(becomesPermanent
          ? {
              isAnonymous: false,
              appMetadata: mergeMetadata('app_metadata', current.raw_app_meta_data, { provider: 'email', providers: ['email'] }),
            }
          : {}),
        ...(input.data == null ? {} : { userMetadata: mergeMetadata('user_metadata', current.raw_user_meta_data, input.data) }),
      }
      const changed = await updateUser(tx, current, changes)
      if (passwordHash === undefined) return { user: changed, ended: [] }
      const scope =
        signedIn.sessionId === undefined ? ({ scope: 'global' } as const) : ({ scope: 'others', sessionId: signedIn.sessionId } as const)
      return { user: changed, ended: await endSessions(tx, current.id, scope) }
    })
    this.revocations.announce({ userId: user.id, sessionIds: ended })
    return user
  }

  /** The new address in its stored form; undefined when it is the old one. */
  private checkEmail(text: string, user: UserRow): string | undefined {
    const email = normalizeEmail(text)
    if (email === user.email) return undefined
    if (!this.settings.get(authSettings).emailAutoconfirm) {
      throw invalidInput('Changing the e-mail address takes a confirmation by mail, which this server does not send')
    }
    return email
  }

  private async hashNewPassword(password: string, input: Body, user: UserRow): Promise<string> {
    const { currentPasswordRequired, passwordCharactersMin } = this.settings.get(authSettings)
    if (user.is_anonymous && !input.email) {
      throw invalidInput('Updating password of an anonymous user without an email or phone is not allowed')
    }
    checkPassword(password, passwordCharactersMin)
    this.limits.take('passwordChangePerAccount', user.id)
    if (user.encrypted_password !== null) {
      const given = input.current_password ?? ''
      if (given === '' && currentPasswordRequired) throw authErrors.current_password_required()
      const isRight = given === '' || (isPossiblePassword(given) && (await this.hasher.verifyPassword(user.encrypted_password, given)))
      if (!isRight) throw authErrors.current_password_invalid()
      if (await this.hasher.verifyPassword(user.encrypted_password, password)) throw authErrors.same_password()
    }
    return this.hasher.hashPassword(password)
  }
}
