// "Perhaps you meant …", with the scores that PostgREST's users see: candidates that share letter groups with the word
// (three letters, or two when no three match), in order of cosine similarity, ranked anew by relative edit distance.
import type { Catalog } from '#libs/catalog'

/** Names of Postgres are short; a request's word need not be. */
const WORD_LENGTH_MAX = 256
/** Only so many of the best candidates are measured letter by letter. */
const RANKED_MAX = 50

/** Names to find the nearest among. What a look-up needs is made at the first one, so an index of a catalog's names is kept. */
export class NameIndex {
  private readonly names = new Map<string, string>()
  private readonly keys: readonly string[]
  private readonly groups = new Map<number, LetterGroups>()

  constructor(names: Iterable<string>) {
    for (const name of names) if (!this.names.has(name.toLowerCase())) this.names.set(name.toLowerCase(), name)
    this.keys = [...this.names.keys()]
  }

  /** The name that is most like `name`, if its likeness (0 to 1) is at least `least`. */
  nearest(name: string, least: number): string | undefined {
    const wanted = name.toLowerCase()
    if (wanted.length > WORD_LENGTH_MAX) return undefined
    const exact = this.names.get(wanted)
    if (exact !== undefined) return exact
    for (const size of [3, 2]) {
      const best = this.mostAlike(wanted, this.related(wanted, size), least)
      if (best !== undefined) return this.names.get(best)
    }
    return undefined
  }

  /** The keys that share groups of `size` letters with the word, the best first. */
  private related(wanted: string, size: number): string[] {
    let index = this.groups.get(size)
    if (index === undefined) this.groups.set(size, (index = new LetterGroups(this.keys, size)))
    return index.related(wanted).map((at) => this.keys[at]!)
  }

  private mostAlike(wanted: string, keys: readonly string[], least: number): string | undefined {
    let best: string | undefined
    let bestLikeness = 0
    for (const key of keys) {
      const likeness = likenessOf(wanted, key)
      if (likeness >= least && likeness > bestLikeness) [best, bestLikeness] = [key, likeness]
    }
    return best
  }
}

/** One index per schema of a catalog, made when it is first asked for. */
export class SchemaNames {
  private readonly kept = new WeakMap<Catalog, Map<string, NameIndex>>()

  constructor(private readonly namesOf: (catalog: Catalog, schema: string) => Iterable<string>) {}

  in(catalog: Catalog, schema: string): NameIndex {
    let bySchema = this.kept.get(catalog)
    if (bySchema === undefined) this.kept.set(catalog, (bySchema = new Map()))
    let index = bySchema.get(schema)
    if (index === undefined) bySchema.set(schema, (index = new NameIndex(this.namesOf(catalog, schema))))
    return index
  }
}

/** The name among a few `candidates` that is most like `name`, if its likeness is at least `least`. */
export function nearestName(name: string, candidates: Iterable<string>, least: number): string | undefined {
  return new NameIndex(candidates).nearest(name, least)
}

/** Which keys have which groups of letters. */
class LetterGroups {
  /** Per group, index and count of each key that has it. */
  private readonly postings = new Map<string, number[]>()
  private readonly lengths: number[]

  constructor(
    keys: readonly string[],
    private readonly size: number,
  ) {
    this.lengths = keys.map((key, at) => {
      const groups = lettersOf(key, size)
      for (const [group, count] of groups) {
        const posting = this.postings.get(group)
        if (posting === undefined) this.postings.set(group, [at, count])
        else posting.push(at, count)
      }
      return lengthOf(groups)
    })
  }

  /** Indexes of the keys with the greatest cosine similarity. */
  related(wanted: string): number[] {
    const products = new Map<number, number>()
    for (const [group, count] of lettersOf(wanted, this.size)) {
      const posting = this.postings.get(group) ?? []
      for (let i = 0; i < posting.length; i += 2) {
        const at = posting[i]!
        products.set(at, (products.get(at) ?? 0) + count * posting[i + 1]!)
      }
    }
    const cosine = ([at, product]: readonly [number, number]): number => product / this.lengths[at]!
    return [...products]
      .toSorted((a, b) => cosine(b) - cosine(a) || a[0] - b[0])
      .slice(0, RANKED_MAX)
      .map(([at]) => at)
  }
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
