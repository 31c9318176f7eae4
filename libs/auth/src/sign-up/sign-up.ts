import { Inject, Injectable } from '@nestjs/common'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { PasswordHasher } from '#libs/identity'
import { PlatformDatabase } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { authErrors, invalidInput } from '../auth.errors.ts'
import { authSettings } from '../auth.settings.ts'
import { AuthLimits } from '../limits/auth-limits.ts'
import { SessionIssuer, type ClientFacts, type SessionObject } from '../sessions/session-issuer.ts'
import { checkPassword, mergeMetadata, metadataInput, normalizeEmail, parseBody, textInput } from '../users/user-fields.ts'
import { renderUser, type UserRow } from '../users/user-row.ts'
import { insertUser, type NewUser } from '../users/users.ts'

const bodyInput = z.object(
  { email: textInput, phone: textInput, password: textInput, data: metadataInput.nullish() },
  'must be a JSON object',
)

/** POST /signup: makes a user, and signs it in where no confirmation is needed. */
@Injectable()
export class SignUp {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(SessionIssuer) private readonly issuer: SessionIssuer,
    @Inject(AuthLimits) private readonly limits: AuthLimits,
  ) {}

  /** Session when the address counts as confirmed, else the user. Refusals: contract 1.5 and 1.6. */
  async signUp(body: unknown, client: ClientFacts): Promise<SessionObject | Record<string, unknown>> {
    const input = parseBody(bodyInput, body)
    const settings = this.settings.get(authSettings)
    if (!settings.signUpEnabled) throw authErrors.signup_disabled()
    if (input.email && input.phone) throw invalidInput('Only an email address or phone number should be provided on signup.')
    if (!input.email && !input.phone) return this.signUpAnonymously(input.data ?? {}, client)
    if (!input.password) throw invalidInput('Signup requires a valid password')
    if (!input.email) throw authErrors.phone_provider_disabled({ params: { what: 'signups' } })
    if (!settings.emailEnabled) throw authErrors.email_provider_disabled({ params: { what: 'signups' } })
    checkPassword(input.password, settings.passwordCharactersMin)
    const email = normalizeEmail(input.email)
    const id = randomUUID()
    const claims = { sub: id, email, email_verified: settings.emailAutoconfirm, phone_verified: false }
    const userMetadata = mergeMetadata('user_metadata', null, { ...input.data, ...claims })
    this.limits.take('signUpPerAddress', client.address)
    // Hashed before anybody knows whether the address is taken: the answer takes the same time either way.
    const passwordHash = await this.hasher.hashPassword(input.password)
    const isEmailConfirmed = settings.emailAutoconfirm
    const made = await this.make(
      { id, email, passwordHash, isEmailConfirmed, userMetadata, appMetadata: { provider: 'email', providers: ['email'] } },
      'password',
      client,
    )
    if (made !== undefined) return made
    if (isEmailConfirmed) throw authErrors.user_already_exists()
    return obfuscatedUser(email, userMetadata)
  }

  private async signUpAnonymously(data: Record<string, unknown>, client: ClientFacts): Promise<SessionObject | Record<string, unknown>> {
    if (!this.settings.get(authSettings).anonymousEnabled) throw authErrors.anonymous_provider_disabled()
    const userMetadata = mergeMetadata('user_metadata', null, data)
    this.limits.take('anonymousPerAddress', client.address)
    const made = await this.make({ isAnonymous: true, isEmailConfirmed: false, userMetadata, appMetadata: {} }, 'anonymous', client)
    // Only an e-mail address could have been taken.
    return made!
  }

  /** User and first session in one transaction; undefined when the address is taken. */
  private make(user: NewUser, method: string, client: ClientFacts): Promise<SessionObject | Record<string, unknown> | undefined> {
    return this.database.transaction(async (tx) => {
      const made = await insertUser(tx, user)
      if (made === undefined) return undefined
      if (!user.isEmailConfirmed && user.isAnonymous !== true) return renderUser(made)
      return this.issuer.begin(tx, made, method, client)
    })
  }
}

/**
 * The answer to a sign-up with a taken address where addresses have to be confirmed: it looks like a new user's, so that
 * nobody learns who has an account; only `identities` is empty (contract 1.6).
 */
function obfuscatedUser(email: string, userMetadata: Record<string, unknown>): Record<string, unknown> {
  const now = new Date()
  const user: UserRow = {
    id: randomUUID(),
    aud: 'authenticated',
    role: '',
    email,
    encrypted_password: null,
    email_confirmed_at: null,
    invited_at: null,
    confirmation_sent_at: null,
    recovery_sent_at: null,
    email_change: null,
    email_change_sent_at: null,
    last_sign_in_at: null,
    raw_app_meta_data: { provider: 'email', providers: ['email'] },
    raw_user_meta_data: userMetadata,
    created_at: now,
    updated_at: now,
    phone: null,
    phone_confirmed_at: null,
    confirmed_at: null,
    banned_until: null,
    deleted_at: null,
    is_anonymous: false,
    identities: [],
  }
  return renderUser(user)
}
