// The admin's operations on users. The guard has checked service_role.
import { Inject, Injectable } from '@nestjs/common'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { PasswordHasher } from '#libs/identity'
import { PlatformDatabase, type PlatformQueries } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { isUuid } from '../access/bearer.strategy.ts'
import { authErrors, invalidInput } from '../auth.errors.ts'
import { authSettings } from '../auth.settings.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { SessionRevocations } from '../sessions/session-revocations.ts'
import { checkPassword, mergeMetadata, metadataInput, normalizeEmail, normalizePhone, parseBody, textInput } from '../users/user-fields.ts'
import { userColumns, type UserRow } from '../users/user-row.ts'
import { findUser, insertUser, updateUser, type UserChanges } from '../users/users.ts'
import { banEnd } from './ban-duration.ts'

const bodyInput = z.object(
  {
    id: textInput,
    email: textInput,
    phone: textInput,
    password: textInput,
    password_hash: textInput,
    email_confirm: z.boolean('must be true or false').nullish(),
    phone_confirm: z.boolean('must be true or false').nullish(),
    user_metadata: metadataInput.nullish(),
    app_metadata: metadataInput.nullish(),
    role: textInput,
    ban_duration: textInput,
  },
  'must be a JSON object',
)
const deleteInput = z.object({ should_soft_delete: z.boolean('must be true or false').nullish() }, 'must be a JSON object')
type Body = z.output<typeof bodyInput>

/** A page of users, newest first. */
export interface UserPage {
  readonly users: readonly UserRow[]
  readonly total: number
}

@Injectable()
export class AdminUsers {
  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(SessionRevocations) private readonly revocations: SessionRevocations,
  ) {}

  /** GET /admin/users; `filter` finds a part of an address. */
  async list(page: { readonly number: number; readonly size: number; readonly filter: string | undefined }): Promise<UserPage> {
    const pattern = page.filter === undefined ? null : `%${page.filter.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
    const condition = `($1::text IS NULL OR u.email LIKE $1 OR u.phone LIKE $1)`
    const [count] = await this.database.query<{ total: string }>(`SELECT count(*) AS total FROM auth.users u WHERE ${condition}`, [pattern])
    const users = await this.database.query<UserRow>(
      `SELECT ${userColumns} FROM auth.users u WHERE ${condition} ORDER BY u.created_at DESC, u.id DESC LIMIT $2 OFFSET $3`,
      [pattern, page.size, (page.number - 1) * page.size],
    )
    return { users, total: Number(count?.total ?? 0) }
  }

  /** GET /admin/users/:id. */
  async get(id: string): Promise<UserRow> {
    const user = await findUser(this.database, checkedId(id))
    if (user === undefined) throw authErrors.user_not_found()
    return user
  }

  /** POST /admin/users. Works also where people may not sign up by themselves; signs nobody in. */
  async create(body: unknown): Promise<UserRow> {
    const input = parseBody(bodyInput, body)
    if (input.id != null && !isUuid(input.id)) throw invalidInput('id must be an UUID')
    const email = input.email ? normalizeEmail(input.email) : undefined
    const phone = input.phone ? normalizePhone(input.phone) : undefined
    if (email === undefined && phone === undefined) throw invalidInput('Cannot create a user without either an email or phone')
    const providers = [...(email === undefined ? [] : ['email']), ...(phone === undefined ? [] : ['phone'])]
    const isEmailConfirmed = email !== undefined && input.email_confirm === true
    const user = {
      id: input.id ?? undefined,
      email,
      phone,
      isEmailConfirmed,
      isPhoneConfirmed: phone !== undefined && input.phone_confirm === true,
      role: checkedRole(input.role),
      bannedUntil: banEnd(input.ban_duration ?? undefined, Date.now()) ?? undefined,
      appMetadata: mergeMetadata('app_metadata', { provider: providers[0], providers }, input.app_metadata ?? {}),
      userMetadata: mergeMetadata('user_metadata', isEmailConfirmed ? { email_verified: true } : {}, input.user_metadata ?? {}),
      passwordHash: await this.passwordHash(input),
    }
    const made = await this.database.transaction((tx) => insertUser(tx, user))
    if (made === undefined) throw authErrors.email_exists()
    return made
  }

  /** PUT /admin/users/:id. A new password or a ban ends the user's sessions. */
  async update(id: string, body: unknown): Promise<UserRow> {
    const input = parseBody(bodyInput, body)
    const passwordHash = await this.passwordHash(input)
    const bannedUntil = banEnd(input.ban_duration ?? undefined, Date.now())
    const { user, ended } = await this.database.transaction(async (tx) => {
      const current = await lockUser(tx, id)
      const email = input.email ? normalizeEmail(input.email) : undefined
      const changes: UserChanges = {
        email,
        phone: input.phone ? normalizePhone(input.phone) : undefined,
        isEmailConfirmed: input.email_confirm ?? (email === undefined ? undefined : true),
        isPhoneConfirmed: input.phone_confirm ?? undefined,
        passwordHash,
        role: checkedRole(input.role),
        bannedUntil,
        isAnonymous: email !== undefined && current.is_anonymous ? false : undefined,
        appMetadata: input.app_metadata == null ? undefined : mergeMetadata('app_metadata', current.raw_app_meta_data, input.app_metadata),
        userMetadata:
          input.user_metadata == null ? undefined : mergeMetadata('user_metadata', current.raw_user_meta_data, input.user_metadata),
      }
      const changed = await updateUser(tx, current, changes)
      const endsSessions = passwordHash !== undefined || (bannedUntil !== undefined && bannedUntil !== null)
      return { user: changed, ended: endsSessions ? await endSessions(tx, current.id, { scope: 'global' }) : [] }
    })
    this.revocations.announce({ userId: user.id, sessionIds: ended })
    return user
  }

  /** DELETE /admin/users/:id. Softly: the row stays for foreign keys, without anything personal. */
  async delete(id: string, body: unknown): Promise<void> {
    const isSoft = parseBody(deleteInput, body).should_soft_delete === true
    const { userId, ended } = await this.database.transaction(async (tx) => {
      const user = await lockUser(tx, id)
      const sessionIds = await endSessions(tx, user.id, { scope: 'global' })
      if (isSoft) await deleteSoftly(tx, user)
      else await tx.query(`DELETE FROM auth.users WHERE id = $1`, [user.id])
      return { userId: user.id, ended: sessionIds }
    })
    this.revocations.announce({ userId, sessionIds: ended })
  }

  private async passwordHash(input: Body): Promise<string | undefined> {
    if (input.password && input.password_hash) throw invalidInput('Only a password or a password hash should be provided')
    if (input.password_hash) {
      if (!/^\$argon2id\$v=19\$m=\d{1,6},t=\d{1,2},p=\d{1,2}\$[\w+/]{11,86}\$[\w+/]{22,86}$/.test(input.password_hash)) {
        throw invalidInput('password_hash must be an argon2id hash in PHC format')
      }
      return input.password_hash
    }
    if (!input.password) return undefined
    checkPassword(input.password, this.settings.get(authSettings).passwordCharactersMin)
    return this.hasher.hashPassword(input.password)
  }
}

async function lockUser(tx: PlatformQueries, id: string): Promise<UserRow> {
  const user = await findUser(tx, checkedId(id), 'lock')
  if (user === undefined) throw authErrors.user_not_found()
  return user
}

async function deleteSoftly(tx: PlatformQueries, user: UserRow): Promise<void> {
  // The address stays taken for nobody: a hash keeps the row recognisable to whoever knows the address.
  const digest = (text: string | null) => (text === null ? null : createHash('sha256').update(text).digest('hex'))
  await tx.query(`DELETE FROM auth.identities WHERE user_id = $1`, [user.id])
  await tx.query(
    `UPDATE auth.users SET deleted_at = now(), updated_at = now(), email = $2, phone = $3, encrypted_password = NULL,
       raw_user_meta_data = '{}', raw_app_meta_data = '{}', email_change = '', phone_change = ''
     WHERE id = $1`,
    [user.id, digest(user.email), digest(user.phone)],
  )
}

function checkedId(id: string): string {
  if (!isUuid(id)) throw authErrors.user_id_malformed()
  return id
}

/** A role's name as the tokens carry it; whether the login may take it is decided when a token is used. */
function checkedRole(role: string | null | undefined): string | undefined {
  if (!role) return undefined
  if (role.length > 63 || role.includes('\0')) throw invalidInput('role must be the name of a Postgres role')
  return role
}
