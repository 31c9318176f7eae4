// Names of components may hold letters, digits, dots, dashes and underscores only; names of the database may hold anything.

/** Gives every thing a component name of its own, the same one each time it is asked for. */
export class ComponentNames {
  private readonly given = new Map<string, string>()
  private readonly taken = new Set<string>()

  /** The name of a component of this section, made of the given words: `todos.insert`. */
  of(section: string, ...words: readonly string[]): string {
    const key = JSON.stringify([section, ...words])
    const known = this.given.get(key)
    if (known !== undefined) return known
    const wanted = words.join('.').replaceAll(/[^\w.-]/g, '_')
    let name = wanted
    for (let n = 2; this.taken.has(`${section}/${name}`); n++) name = `${wanted}_${n}`
    this.given.set(key, name)
    this.taken.add(`${section}/${name}`)
    return name
  }

  /** A reference to that component. */
  ref(section: string, ...words: readonly string[]): { readonly $ref: string } {
    return { $ref: `#/components/${section}/${this.of(section, ...words)}` }
  }
}
