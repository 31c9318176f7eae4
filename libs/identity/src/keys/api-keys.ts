// Opaque API keys. The database holds hashes; the two default keys' values are secrets of the data folder.
import { createHash } from 'node:crypto'
import { randomToken, uuidv7, type Logger } from '#libs/kernel'
import type { PlatformDatabase } from '#libs/postgres'
import { identityErrors } from '../identity.errors.ts'
import type { ApiKeySource } from '../principal-resolver.ts'
import { Reloader } from './reloader.ts'

/** Where generated secrets are kept; the kernel's `DataDirectory` is one. */
export interface SecretStore {
  /** The secret of this name; made when it is not there yet. */
  secret(name: string, make: () => string): Promise<string>
  /** Replaces a secret. */
  setSecret(name: string, value: string): Promise<void>
}

/** What a key may do: `publishable` stands for the anonymous role, `secret` for service_role. */
export type ApiKeyKind = 'publishable' | 'secret'

/** An API key without its value. */
export interface ApiKeyInfo {
  readonly id: string
  readonly kind: ApiKeyKind
  readonly name: string
  /** The first characters of the value. */
  readonly prefix: string
  readonly createdAt: string
  /** Coarse: written every few minutes. */
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
}

interface Row {
  id: string
  kind: ApiKeyKind
  name: string
  prefix: string
  hash: Buffer
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

interface KnownKey {
  readonly id: string
  readonly kind: ApiKeyKind
  markUsed(): void
}

const secretNames: Record<ApiKeyKind, string> = { publishable: 'publishable_key', secret: 'secret_key' }
const defaultName = 'default'
const longestKey = 200

const insertKey = `
  INSERT INTO plinth.api_keys (id, kind, name, prefix, hash) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING`

/** The API keys: look-up by value, making and revoking. Made by {@link ApiKeys.open}. */
export class ApiKeys implements ApiKeySource {
  private readonly listeners = new Set<() => void>()
  private readonly reloader: Reloader
  private readonly used = new Set<string>()
  private readonly defaults: Record<ApiKeyKind, string> = { publishable: '', secret: '' }
  private byHash = new Map<string, KnownKey>()

  private constructor(
    private readonly database: PlatformDatabase,
    private readonly secrets: SecretStore,
    logger?: Logger,
  ) {
    this.reloader = new Reloader(() => this.load(), { periodMs: 60_000, floorMs: 2_000, logger })
  }

  /** Reads the keys; at first start makes the default publishable and secret key. */
  static async open(database: PlatformDatabase, secrets: SecretStore, logger?: Logger): Promise<ApiKeys> {
    const keys = new ApiKeys(database, secrets, logger)
    try {
      for (const kind of ['publishable', 'secret'] as const) {
        keys.defaults[kind] = await secrets.secret(secretNames[kind], () => newKey(kind))
        await keys.insert(kind, defaultName, keys.defaults[kind])
      }
      await keys.reloader.now()
    } catch (error) {
      keys.reloader.stop()
      throw error
    }
    return keys
  }

  /** Values of the default keys, as the `status` command shows them. */
  defaultKeys(): { readonly publishableKey: string; readonly secretKey: string } {
    return { publishableKey: this.defaults.publishable, secretKey: this.defaults.secret }
  }

  /** The valid key with this value. */
  find(key: string): KnownKey | undefined {
    return key.length > longestKey ? undefined : this.byHash.get(hashOf(key).toString('base64'))
  }

  /** All keys, newest first, revoked ones too. */
  async list(): Promise<ApiKeyInfo[]> {
    const rows = await this.database.query<Row>(`SELECT * FROM plinth.api_keys ORDER BY created_at DESC, id DESC`)
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      name: row.name,
      prefix: row.prefix,
      createdAt: row.created_at.toISOString(),
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
      revokedAt: row.revoked_at?.toISOString() ?? null,
    }))
  }

  /** Makes a further key; its value is told this once. */
  async create(kind: ApiKeyKind, name: string): Promise<{ readonly id: string; readonly key: string }> {
    const key = newKey(kind)
    const id = await this.insert(kind, name, key)
    await this.reloader.now()
    return { id, key }
  }

  /** The key is refused from now on. */
  async revoke(id: string): Promise<void> {
    const changed = await this.database.query(
      `UPDATE plinth.api_keys SET revoked_at = now() WHERE id::text = $1 AND revoked_at IS NULL RETURNING id`,
      [id],
    )
    if (changed.length === 0) throw identityErrors.api_key_not_found({ params: { id } })
    await this.reloader.now()
  }

  /** Replaces a default key: the new value is stored and valid before the old one is refused. */
  async rotateDefault(kind: ApiKeyKind): Promise<string> {
    const old = this.defaults[kind]
    const key = newKey(kind)
    await this.insert(kind, defaultName, key)
    await this.secrets.setSecret(secretNames[kind], key)
    this.defaults[kind] = key
    await this.database.query(`UPDATE plinth.api_keys SET revoked_at = now() WHERE hash = $1 AND revoked_at IS NULL`, [hashOf(old)])
    await this.reloader.now()
    return key
  }

  /** Reads the keys again unless that was done a moment ago. */
  reload(): Promise<boolean> {
    return this.reloader.atMostOften()
  }

  /** Calls the listener after any change of the keys. */
  onChange(listener: () => void): void {
    this.listeners.add(listener)
  }

  /** Ends the regular reading. */
  onModuleDestroy(): void {
    this.reloader.stop()
  }

  private async insert(kind: ApiKeyKind, name: string, key: string): Promise<string> {
    const id = uuidv7()
    await this.database.query(insertKey, [id, kind, name, key.slice(0, `sb_${kind}_`.length + 4), hashOf(key)])
    return id
  }

  private async load(): Promise<void> {
    await this.writeLastUsed()
    const rows = await this.database.query<Pick<Row, 'id' | 'kind' | 'hash'>>(
      `SELECT id, kind, hash FROM plinth.api_keys WHERE revoked_at IS NULL`,
    )
    const next = new Map<string, KnownKey>()
    for (const { id, kind, hash } of rows) next.set(hash.toString('base64'), { id, kind, markUsed: () => void this.used.add(id) })
    const isSame = next.size === this.byHash.size && [...next.keys()].every((hash) => this.byHash.has(hash))
    if (isSame) return
    this.byHash = next
    for (const listener of this.listeners) listener()
  }

  private async writeLastUsed(): Promise<void> {
    if (this.used.size === 0) return
    const ids = [...this.used]
    this.used.clear()
    await this.database.query(
      `UPDATE plinth.api_keys SET last_used_at = now()
       WHERE id = ANY($1::uuid[]) AND (last_used_at IS NULL OR last_used_at < now() - interval '5 minutes')`,
      [ids],
    )
  }
}

function newKey(kind: ApiKeyKind): string {
  return `sb_${kind}_${randomToken(24)}`
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
