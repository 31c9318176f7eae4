// Names by rule and names by comment, without two of one name.

/** Something that has a name by rule and perhaps another by its comment. */
export interface Renamable<T> {
  readonly item: T
  /** By rule; undefined when the rule gives none. */
  readonly own: string | undefined
  /** By comment. */
  readonly wanted: string | undefined
}

/**
 * The names that comments give and that hold, in the order of `items`: a name that another one has by rule, or that an earlier one
 * was given, is ignored; so is one that `isFree` refuses.
 */
export function heldRenames<T>(items: readonly Renamable<T>[], isFree: (name: string) => boolean = () => true): Map<T, string> {
  const held = new Map<T, string>()
  const given = new Set<string>()
  for (const { item, own, wanted } of items) {
    if (wanted === undefined || wanted === own || given.has(wanted) || !isFree(wanted)) continue
    held.set(item, wanted)
    given.add(wanted)
  }
  // Who loses a new name needs the own one again, which somebody else may have been given.
  for (let before = -1; before !== held.size;) {
    before = held.size
    const kept = new Set(items.flatMap(({ item, own }) => (own === undefined || held.has(item) ? [] : [own])))
    for (const [item, name] of held) if (kept.has(name)) held.delete(item)
  }
  return held
}
