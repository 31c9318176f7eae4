// Verified tokens, so that the second request of a token costs a map look-up. Bounded by entries and by characters;
// eviction is second chance (an entry that was hit since the last sweep is spared once), which needs no write on a hit
// other than a flag, unlike an LRU list.
import type { Principal } from '../principal.ts'

interface Entry {
  readonly principal: Principal
  readonly expiresAtMs: number
  readonly characters: number
  readonly onHit: (() => void) | undefined
  hit: boolean
}

/** Bounds of a {@link TokenCache}. */
export interface TokenCacheLimits {
  readonly entriesMax: number
  readonly charactersMax: number
}

export class TokenCache {
  private readonly entries = new Map<string, Entry>()
  private characters = 0

  constructor(private readonly limits: TokenCacheLimits) {}

  get size(): number {
    return this.entries.size
  }

  get(credential: string, nowMs: number): Principal | undefined {
    const entry = this.entries.get(credential)
    if (entry === undefined) return undefined
    if (entry.expiresAtMs <= nowMs) {
      this.remove(credential, entry)
      return undefined
    }
    entry.hit = true
    entry.onHit?.()
    return entry.principal
  }

  /** Keeps a verified credential until `expiresAtMs`; `onHit` runs at every use of it. */
  set(credential: string, principal: Principal, expiresAtMs: number, onHit?: () => void): void {
    const characters = credential.length + 2 * principal.claimsJson.length
    if (characters > this.limits.charactersMax) return
    const known = this.entries.get(credential)
    if (known !== undefined) this.remove(credential, known)
    this.entries.set(credential, { principal, expiresAtMs, characters, onHit, hit: false })
    this.characters += characters
    this.evict()
  }

  /** Drops the entries that the predicate names. */
  drop(isDropped: (credential: string, principal: Principal) => boolean): void {
    for (const [credential, entry] of this.entries) if (isDropped(credential, entry.principal)) this.remove(credential, entry)
  }

  clear(): void {
    this.entries.clear()
    this.characters = 0
  }

  private evict(): void {
    for (const [credential, entry] of this.entries) {
      if (this.entries.size <= this.limits.entriesMax && this.characters <= this.limits.charactersMax) return
      this.remove(credential, entry)
      if (!entry.hit) continue
      // Back to the end of the line, without its mark: the loop meets it again only when all others were spared too.
      entry.hit = false
      this.entries.set(credential, entry)
      this.characters += entry.characters
    }
  }

  private remove(credential: string, entry: Entry): void {
    this.entries.delete(credential)
    this.characters -= entry.characters
  }
}
