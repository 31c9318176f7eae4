// Automatic persisted queries: documents that clients registered by their hash. One store for all roles: to know a hash
// is to know its document, and what a document may do is decided by who sends the hash.

/** Bounds of the store. */
export interface PersistedQueriesLimits {
  readonly entriesMax: number
  readonly bytesMax: number
}

/** Documents by hash. The one that was not asked for the longest goes first. */
export class PersistedQueries {
  private readonly documents = new Map<string, string>()
  private bytes = 0

  constructor(private readonly limits: PersistedQueriesLimits = { entriesMax: 10_000, bytesMax: 16_000_000 }) {}

  /** How many are kept. */
  get size(): number {
    return this.documents.size
  }

  /** The document, which then is the newest. */
  find(hash: string): string | undefined {
    const document = this.documents.get(hash)
    if (document === undefined) return undefined
    this.documents.delete(hash)
    this.documents.set(hash, document)
    return document
  }

  /** Keeps a document; its hash has been checked. */
  keep(hash: string, document: string): void {
    const size = sizeOf(document)
    if (size > this.limits.bytesMax || this.documents.has(hash)) return
    this.documents.set(hash, document)
    this.bytes += size
    for (const [oldest, text] of this.documents) {
      if (this.bytes <= this.limits.bytesMax && this.documents.size <= this.limits.entriesMax) break
      this.documents.delete(oldest)
      this.bytes -= sizeOf(text)
    }
  }
}

/** Two bytes a character, and the hash with its place in the map. */
function sizeOf(document: string): number {
  return document.length * 2 + 300
}
