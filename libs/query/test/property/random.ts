// Seeded choices: the same seed gives the same schemas, rows and requests on every machine.

/**
 * Where a random test begins: at PLINTH_SEED, by night (PLINTH_CI_NIGHTLY=1) anywhere, otherwise always at the same place, so
 * that a commit is judged alike every time.
 */
export function seedOfRun(): number {
  const given = process.env['PLINTH_SEED']
  if (given !== undefined) return Number(given)
  return process.env['PLINTH_CI_NIGHTLY'] === '1' ? Date.now() % 1_000_000 : 20_261_123
}

/** Whether a random test goes on: it sends `total`, and up to four times as many while a part has not come up yet. */
export function goesOn(sent: number, total: number, missing: readonly string[]): boolean {
  return sent < total || (missing.length > 0 && sent < 4 * total)
}

/** A source of choices. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed | 0
  }

  /** 0 … below - 1 (mulberry32). */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items]
    return Array.from({ length: left.length }, () => left.splice(this.below(left.length), 1)[0]!)
  }

  /** Some of the items, at least one of them if there are any, in a random order. */
  some<T>(items: readonly T[], most = items.length): T[] {
    return this.shuffle(items).slice(0, Math.min(items.length, this.between(1, most)))
  }
}
