// The platform's own signing keys (ES256): kept in plinth.signing_keys, held in memory, shared by all nodes.
// standby (published, not used yet) -> current (signs) -> previous (verifies only) -> revoked (refused).
import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { uuidv7, type Logger } from '#libs/kernel'
import type { PlatformDatabase } from '#libs/postgres'
import { identityErrors } from '../identity.errors.ts'
import type { VerificationKeySource } from '../principal-resolver.ts'
import { importJwk, type VerificationKey } from '../tokens/jwt.ts'
import { Reloader } from './reloader.ts'

/** Where a signing key is in its life. */
export type SigningKeyState = 'standby' | 'current' | 'previous' | 'revoked'

/** A signing key without its private part. */
export interface SigningKeyInfo {
  readonly kid: string
  readonly algorithm: string
  readonly state: SigningKeyState
  readonly createdAt: string
  readonly stateChangedAt: string
}

interface Row {
  id: string
  algorithm: string
  state: SigningKeyState
  public_jwk: JsonWebKey
  private_jwk: JsonWebKey | null
  created_at: Date
  state_changed_at: Date
}

interface Query {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

const selectKeys = `
  SELECT id, algorithm, state, public_jwk, CASE WHEN state = 'current' THEN private_jwk END AS private_jwk, created_at, state_changed_at
  FROM plinth.signing_keys ORDER BY created_at DESC, id`
const insertKey = `
  INSERT INTO plinth.signing_keys (id, algorithm, state, public_jwk, private_jwk) VALUES ($1, 'ES256', $2, $3, $4)
  ON CONFLICT (state) WHERE state IN ('standby', 'current') DO NOTHING RETURNING id`

/** The signing keys: what signs, what verifies, the public JWKS, and their rotation. Made by {@link SigningKeys.open}. */
export class SigningKeys implements VerificationKeySource {
  private readonly listeners = new Set<() => void>()
  private readonly reloader: Reloader
  private byKid = new Map<string, VerificationKey>()
  private infos: readonly SigningKeyInfo[] = []
  private signingKey: { readonly kid: string; readonly privateKey: KeyObject } | undefined
  private document: { readonly keys: readonly object[] } = { keys: [] }

  private constructor(
    private readonly database: PlatformDatabase,
    logger?: Logger,
  ) {
    this.reloader = new Reloader(() => this.load(), { periodMs: 30_000, floorMs: 2_000, logger })
  }

  /** Reads the keys; at first start makes the first one. Safe when several nodes start at once. */
  static async open(database: PlatformDatabase, logger?: Logger): Promise<SigningKeys> {
    const keys = new SigningKeys(database, logger)
    try {
      await keys.reloader.now()
      if (keys.signingKey === undefined) {
        await insert(database, 'current')
        await keys.reloader.now()
      }
    } catch (error) {
      keys.reloader.stop()
      throw error
    }
    return keys
  }

  /** The key that signs now. */
  current(): { readonly kid: string; readonly privateKey: KeyObject } {
    // open() made one, and rotation leaves one in one transaction.
    return this.signingKey!
  }

  verificationKey(kid: string): VerificationKey | undefined {
    return this.byKid.get(kid)
  }

  /** The public keys as a JWKS document: standby, current and previous. */
  jwks(): { readonly keys: readonly object[] } {
    return this.document
  }

  /** All keys, newest first, without private parts. */
  list(): readonly SigningKeyInfo[] {
    return this.infos
  }

  /** Makes and publishes a key that {@link rotate} will take, so that caches of the JWKS know it before it signs. */
  async createStandby(): Promise<SigningKeyInfo> {
    const [made] = await insert(this.database, 'standby')
    if (made === undefined) throw identityErrors.standby_exists()
    await this.reloader.now()
    return this.info(made.id)
  }

  /** The standby key (or a new one) signs from now on; the current one verifies only. */
  async rotate(): Promise<SigningKeyInfo> {
    const kid = await this.database.transaction(async (tx) => {
      await tx.query(`SELECT id FROM plinth.signing_keys WHERE state IN ('standby', 'current') ORDER BY id FOR UPDATE`)
      await tx.query(
        `UPDATE plinth.signing_keys SET state = 'previous', private_jwk = NULL, state_changed_at = now() WHERE state = 'current'`,
      )
      const [promoted] = await tx.query<{ id: string }>(
        `UPDATE plinth.signing_keys SET state = 'current', state_changed_at = now() WHERE state = 'standby' RETURNING id`,
      )
      return promoted?.id ?? (await insert(tx, 'current'))[0]?.id
    })
    await this.reloader.now()
    return this.info(kid ?? this.current().kid)
  }

  /** Tokens of this key are refused from now on. The current key cannot be revoked: rotate first. */
  async revoke(kid: string): Promise<SigningKeyInfo> {
    const known = await this.database.query<{ state: SigningKeyState }>(`SELECT state FROM plinth.signing_keys WHERE id::text = $1`, [kid])
    const state = known[0]?.state
    if (state === undefined) throw identityErrors.signing_key_not_found({ params: { kid } })
    if (state === 'revoked') throw identityErrors.signing_key_revoked({ params: { kid } })
    const changed = await this.database.query(
      `UPDATE plinth.signing_keys SET state = 'revoked', private_jwk = NULL, state_changed_at = now()
       WHERE id::text = $1 AND state IN ('standby', 'previous') RETURNING id`,
      [kid],
    )
    if (changed.length === 0) throw identityErrors.signing_key_in_use({ params: { kid } })
    await this.reloader.now()
    return this.info(kid)
  }

  reload(): Promise<boolean> {
    return this.reloader.atMostOften()
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener)
  }

  /** Ends the regular reading. */
  onModuleDestroy(): void {
    this.reloader.stop()
  }

  private info(kid: string): SigningKeyInfo {
    const info = this.infos.find((candidate) => candidate.kid === kid)
    if (info === undefined) throw identityErrors.signing_key_not_found({ params: { kid } })
    return info
  }

  private async load(): Promise<void> {
    const rows = await this.database.query<Row>(selectKeys)
    const usable = rows.filter((row) => row.state !== 'revoked')
    const before = this.stateText()
    this.infos = rows.map((row) => ({
      kid: row.id,
      algorithm: row.algorithm,
      state: row.state,
      createdAt: row.created_at.toISOString(),
      stateChangedAt: row.state_changed_at.toISOString(),
    }))
    if (this.stateText() === before) return
    this.byKid = new Map(usable.map((row) => [row.id, importJwk({ ...row.public_jwk, kid: row.id, alg: 'ES256' }, 'platform')]))
    this.document = { keys: usable.map((row) => ({ ...row.public_jwk, kid: row.id, alg: 'ES256', use: 'sig', key_ops: ['verify'] })) }
    const current = rows.find((row) => row.state === 'current')
    if (current?.private_jwk != null) {
      this.signingKey = { kid: current.id, privateKey: createPrivateKey({ key: current.private_jwk, format: 'jwk' }) }
    }
    for (const listener of this.listeners) listener()
  }

  private stateText(): string {
    return this.infos.map((info) => `${info.kid} ${info.state}`).join()
  }
}

function insert(database: Query, state: 'standby' | 'current'): Promise<{ id: string }[]> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' }))
  return database.query<{ id: string }>(insertKey, [uuidv7(), state, jwk(publicKey), jwk(privateKey)])
}
