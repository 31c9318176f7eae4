// "Perhaps you meant …", with the scores that PostgREST's users see: candidates that share letter groups with the word
// (three letters, or two when no three match), in order of cosine similarity, ranked anew by relative edit distance.

/** Names of Postgres are short; a request's word need not be. */
const WORD_LENGTH_MAX = 256
/** Only so many of the best candidates are measured letter by letter. */
const RANKED_MAX = 50

/** The name among `candidates` that is most like `name`, if its likeness (0 to 1) is at least `least`. */
export function nearestName(name: string, candidates: Iterable<string>, least: number): string | undefined {
  const wanted = name.toLowerCase()
  if (wanted.length > WORD_LENGTH_MAX) return undefined
  const byKey = new Map<string, string>()
  for (const candidate of candidates) if (!byKey.has(candidate.toLowerCase())) byKey.set(candidate.toLowerCase(), candidate)
  const exact = byKey.get(wanted)
  if (exact !== undefined) return exact
  for (const size of [3, 2]) {
    const best = nearestBy(size, wanted, [...byKey.keys()], least)
    if (best !== undefined) return byKey.get(best)
  }
  return undefined
}

function nearestBy(size: number, wanted: string, keys: readonly string[], least: number): string | undefined {
  const query = lettersOf(wanted, size)
  const related: { readonly key: string; readonly cosine: number }[] = []
  for (const key of keys) {
    const own = lettersOf(key, size)
    let product = 0
    for (const [group, count] of query) product += count * (own.get(group) ?? 0)
    if (product > 0) related.push({ key, cosine: product / (lengthOf(query) * lengthOf(own)) })
  }
  related.sort((a, b) => b.cosine - a.cosine)
  let best: string | undefined
  let bestLikeness = 0
  for (const { key } of related.slice(0, RANKED_MAX)) {
    const likeness = likenessOf(wanted, key)
    if (likeness >= least && likeness > bestLikeness) [best, bestLikeness] = [key, likeness]
  }
  return best
}

/** How often each group of `size` letters occurs; `-` marks both ends, and only letters, digits, blanks and commas count. */
function lettersOf(text: string, size: number): Map<string, number> {
  const marked = Array.from(`-${text.replace(/[^\p{L}\p{N}\s,]/gu, '')}-`)
  const groups = new Map<string, number>()
  for (let i = 0; i + size <= marked.length; i++) {
    const group = marked.slice(i, i + size).join('')
    groups.set(group, (groups.get(group) ?? 0) + 1)
  }
  return groups
}

function lengthOf(groups: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const count of groups.values()) sum += count * count
  return Math.sqrt(sum)
}

function likenessOf(a: string, b: string): number {
  const longest = Math.max(a.length, b.length)
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest
}

/** How many letters have to be added, taken away or changed (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    previous = row
  }
  return previous[b.length]!
}
