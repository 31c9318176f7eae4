// Reads and writes of auth.users and auth.identities. Runs as plinth_owner; callers decide who may ask.
import { randomUUID } from 'node:crypto'
import { DatabaseError, type PlatformQueries } from '#libs/postgres'
import { authErrors } from '../auth.errors.ts'
import { userColumns, type UserRow } from './user-row.ts'

/** A user to be made; absent fields take the API's defaults. */
export interface NewUser {
  readonly id?: string
  readonly email?: string
  readonly phone?: string
  readonly passwordHash?: string
  readonly isEmailConfirmed: boolean
  readonly isPhoneConfirmed?: boolean
  readonly role?: string
  readonly bannedUntil?: Date
  readonly isAnonymous?: boolean
  readonly appMetadata: Readonly<Record<string, unknown>>
  readonly userMetadata: Readonly<Record<string, unknown>>
}

/** Fields of a user to be changed; absent ones stay. */
export interface UserChanges {
  readonly email?: string
  readonly phone?: string
  readonly passwordHash?: string
  readonly isEmailConfirmed?: boolean
  readonly isPhoneConfirmed?: boolean
  readonly role?: string
  readonly bannedUntil?: Date | null
  readonly isAnonymous?: boolean
  readonly appMetadata?: Readonly<Record<string, unknown>>
  readonly userMetadata?: Readonly<Record<string, unknown>>
}

/** The user with this id; also one that was softly deleted. */
export async function findUser(database: PlatformQueries, id: string, lock: 'lock' | 'read' = 'read'): Promise<UserRow | undefined> {
  const [user] = await database.query<UserRow>(
    `SELECT ${userColumns} FROM auth.users u WHERE u.id = $1${lock === 'lock' ? ' FOR UPDATE OF u' : ''}`,
    [id],
  )
  return user
}

/** The user who signs in with this address. */
export async function findUserByEmail(database: PlatformQueries, email: string): Promise<UserRow | undefined> {
  const [user] = await database.query<UserRow>(
    `SELECT ${userColumns} FROM auth.users u WHERE u.email = $1 AND u.is_sso_user = false AND u.deleted_at IS NULL`,
    [email],
  )
  return user
}

/** Makes a user and its identities; undefined when the e-mail address is taken, 422 when the phone or id is. */
export async function insertUser(tx: PlatformQueries, user: NewUser): Promise<UserRow | undefined> {
  const id = user.id ?? randomUUID()
  const [made] = await duplicatesRefused(() =>
    tx.query(
      `INSERT INTO auth.users (id, aud, role, email, phone, encrypted_password, email_confirmed_at, phone_confirmed_at, banned_until,
         is_anonymous, raw_app_meta_data, raw_user_meta_data, confirmation_token, recovery_token, email_change_token_new, email_change)
       VALUES ($1, 'authenticated', $2, $3, $4, $5, CASE WHEN $6 THEN now() END, CASE WHEN $7 THEN now() END, $8, $9, $10, $11, '', '', '', '')
       ON CONFLICT (email) WHERE is_sso_user = false DO NOTHING RETURNING id`,
      [
        id,
        user.role ?? 'authenticated',
        user.email ?? null,
        user.phone ?? null,
        user.passwordHash ?? null,
        user.isEmailConfirmed,
        user.isPhoneConfirmed ?? false,
        user.bannedUntil ?? null,
        user.isAnonymous ?? false,
        JSON.stringify(user.appMetadata),
        JSON.stringify(user.userMetadata),
      ],
    ),
  )
  if (made === undefined) return undefined
  if (user.email !== undefined) await putIdentity(tx, id, 'email', emailIdentity(id, user.email, user.isEmailConfirmed))
  if (user.phone !== undefined) {
    await putIdentity(tx, id, 'phone', { sub: id, phone: user.phone, phone_verified: user.isPhoneConfirmed ?? false })
  }
  return findUser(tx, id)
}

/** Changes a user and the identities that follow its address; 422 when address or phone belong to another one. */
export async function updateUser(tx: PlatformQueries, user: UserRow, changes: UserChanges): Promise<UserRow> {
  const { email, phone } = changes
  await duplicatesRefused(() =>
    tx.query(
      `UPDATE auth.users SET
         email = coalesce($2, email), phone = coalesce($3, phone), encrypted_password = coalesce($4, encrypted_password),
         email_confirmed_at = CASE WHEN $5 THEN coalesce(email_confirmed_at, now()) WHEN NOT $5 THEN NULL ELSE email_confirmed_at END,
         phone_confirmed_at = CASE WHEN $6 THEN coalesce(phone_confirmed_at, now()) WHEN NOT $6 THEN NULL ELSE phone_confirmed_at END,
         role = coalesce($7, role), banned_until = CASE WHEN $8 THEN $9 ELSE banned_until END,
         is_anonymous = coalesce($10, is_anonymous), raw_app_meta_data = coalesce($11, raw_app_meta_data),
         raw_user_meta_data = coalesce($12, raw_user_meta_data), updated_at = now()
       WHERE id = $1`,
      [
        user.id,
        email ?? null,
        phone ?? null,
        changes.passwordHash ?? null,
        changes.isEmailConfirmed ?? null,
        changes.isPhoneConfirmed ?? null,
        changes.role ?? null,
        changes.bannedUntil !== undefined,
        changes.bannedUntil ?? null,
        changes.isAnonymous ?? null,
        changes.appMetadata === undefined ? null : JSON.stringify(changes.appMetadata),
        changes.userMetadata === undefined ? null : JSON.stringify(changes.userMetadata),
      ],
    ),
  )
  const address = email ?? user.email
  if (address !== null && (email !== undefined || changes.isEmailConfirmed !== undefined)) {
    await putIdentity(tx, user.id, 'email', emailIdentity(user.id, address, changes.isEmailConfirmed ?? user.email_confirmed_at !== null))
  }
  if (phone !== undefined) {
    await putIdentity(tx, user.id, 'phone', { sub: user.id, phone, phone_verified: changes.isPhoneConfirmed ?? false })
  }
  return (await findUser(tx, user.id))!
}

/** The claims of an e-mail identity. */
function emailIdentity(userId: string, email: string, isVerified: boolean): Record<string, unknown> {
  return { sub: userId, email, email_verified: isVerified, phone_verified: false }
}

async function putIdentity(tx: PlatformQueries, userId: string, provider: string, data: Record<string, unknown>): Promise<void> {
  await tx.query(
    `INSERT INTO auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (provider_id, provider) DO UPDATE SET identity_data = auth.identities.identity_data || excluded.identity_data, updated_at = now()`,
    [userId, userId, JSON.stringify(data), provider],
  )
}

async function duplicatesRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DatabaseError) {
      if (error.constraint === 'users_email_partial_key') throw authErrors.email_exists({ cause: error })
      if (error.constraint === 'users_phone_key') throw authErrors.phone_exists({ cause: error })
      if (error.constraint === 'users_pkey') throw authErrors.id_exists({ cause: error })
      throw authErrors.database_refused({ params: { doing: 'saving user' }, cause: error })
    }
    throw error
  }
}
