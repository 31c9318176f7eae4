// Plans by the key of their request's shape, for every dialect. Bounded in bytes and entries. A key is admitted when it
// comes a second time: of keys that come once only 32 bits are remembered, in a table of fixed size, so a stream of
// requests that are all different throws nobody out and takes no memory.
import type { Plan } from './plan.ts'

/** Bounds of a {@link PlanCache}. */
export interface PlanCacheLimits {
  /** Sum of the entries' sizes and keys. */
  readonly bytesMax: number
  readonly entriesMax: number
  /** Longer keys belong to requests that nobody repeats. Default 16,384 characters. */
  readonly keyLengthMax?: number
}

/** Slots of the table of keys seen once; a power of two. */
const SEEN_SLOTS = 16_384
/** Map entry, entry object, string header. */
const ENTRY_BYTES = 200

interface Entry<T> {
  readonly value: T
  bytes: number
  used: boolean
}

/**
 * Keeps values of type `T` by key. The oldest one that was not asked for since it was last passed over goes first, so a
 * hit is a read and nothing else. The sizes are the caller's estimate ({@link planBytes} for a compiled plan).
 */
export class PlanCache<T> {
  private readonly entries = new Map<string, Entry<T>>()
  private readonly seen = new Int32Array(SEEN_SLOTS)
  private total = 0

  constructor(private readonly limits: PlanCacheLimits) {}

  /** How many are kept. */
  get size(): number {
    return this.entries.size
  }

  /** What they take, as estimated. */
  get bytes(): number {
    return this.total
  }

  /** The value kept under `key`. */
  get(key: string): T | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    entry.used = true
    return entry.value
  }

  /** Keeps a value, when its key was offered before. True when it is kept. */
  offer(key: string, value: T, bytes: number): boolean {
    if (key.length > (this.limits.keyLengthMax ?? 16_384)) return false
    if (!this.entries.has(key) && !this.isSeen(key)) return false
    const size = bytes + key.length * 2 + ENTRY_BYTES
    if (size > this.limits.bytesMax) return false
    this.delete(key)
    while (this.total + size > this.limits.bytesMax || this.entries.size >= this.limits.entriesMax) this.evict()
    this.entries.set(key, { value, bytes: size, used: false })
    this.total += size
    return true
  }

  /** The value under `key` has grown or shrunk by so many bytes; others, or in the end itself, make room for it. */
  grow(key: string, by: number): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    entry.bytes += by
    this.total += by
    while (this.total > this.limits.bytesMax && this.entries.size > 0) this.evict()
  }

  /** Forgets the value under `key`. */
  delete(key: string): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    this.entries.delete(key)
    this.total -= entry.bytes
  }

  /** Forgets the values. Keys that were seen stay admitted: after a change of schema the warm ones come back at once. */
  clear(): void {
    this.entries.clear()
    this.total = 0
  }

  private isSeen(key: string): boolean {
    const hash = hashOf(key)
    const slot = hash & (SEEN_SLOTS - 1)
    if (this.seen[slot] === hash) return true
    this.seen[slot] = hash
    return false
  }

  private evict(): void {
    for (const [key, entry] of this.entries) {
      if (!entry.used) return this.delete(key)
      entry.used = false
      this.entries.delete(key)
      this.entries.set(key, entry)
    }
  }
}

/** Roughly what a compiled plan takes in memory: its text, and the tree of nodes behind its parameters. */
export function planBytes(plan: Plan): number {
  return plan.parameters.reduce((sum, { value }) => sum + 300 + (value?.length ?? 0) * 2, 500 + plan.text.length * 2)
}

/** FNV-1a; never 0, which is the empty slot. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash === 0 ? 1 : hash
}
