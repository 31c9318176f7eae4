// "Perhaps you meant …": the nearest known name, by edit distance relative to the longer name.

/** The name among `candidates` that is most like `name`, if its likeness (0 to 1) is at least `least`. */
export function nearestName(name: string, candidates: Iterable<string>, least: number): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestLikeness = 0
  for (const candidate of candidates) {
    const likeness = likenessOf(wanted, candidate.toLowerCase())
    if (likeness >= least && likeness > bestLikeness) [best, bestLikeness] = [candidate, likeness]
  }
  return best
}

function likenessOf(a: string, b: string): number {
  const longest = Math.max(a.length, b.length)
  // Names of Postgres are short; a request's word need not be.
  if (longest === 0 || a.length > 128) return 0
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    previous = row
  }
  return 1 - previous[b.length]! / longest
}
