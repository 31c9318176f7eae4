// Sessions and tokens that were revoked although their access tokens have not expired. Bounded: the oldest go first, and
// each goes when no token of it can be valid any more.

export class Revocations {
  private readonly untilMs = new Map<string, number>()

  constructor(
    private readonly entriesMax: number,
    private readonly keptMs: number,
  ) {}

  add(id: string, nowMs: number): void {
    this.untilMs.delete(id)
    this.untilMs.set(id, nowMs + this.keptMs)
    for (const [key, until] of this.untilMs) {
      if (until > nowMs && this.untilMs.size <= this.entriesMax) return
      this.untilMs.delete(key)
    }
  }

  has(id: string, nowMs: number): boolean {
    const until = this.untilMs.get(id)
    return until !== undefined && until > nowMs
  }
}
