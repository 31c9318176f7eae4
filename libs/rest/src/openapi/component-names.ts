// Names of components may hold letters, digits, dots, dashes and underscores only; names of the database may hold anything.

/** No name of the database holds this. */
const BETWEEN = '\0'

/** Gives every thing a component name of its own, the same one each time it is asked for. */
export class ComponentNames {
  private readonly sections = new Map<string, { readonly given: Map<string, string>; readonly taken: Set<string> }>()

  /** The name of a component of this section, made of the given words: `todos.insert`. */
  of(section: string, ...words: readonly string[]): string {
    const { given, taken } = this.section(section)
    const key = words.join(BETWEEN)
    const known = given.get(key)
    if (known !== undefined) return known
    const wanted = words.join('.').replaceAll(/[^\w.-]/g, '_')
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`
    given.set(key, name)
    taken.add(name)
    return name
  }

  /** A reference to that component. */
  ref(section: string, ...words: readonly string[]): { readonly $ref: string } {
    return { $ref: `#/components/${section}/${this.of(section, ...words)}` }
  }

  private section(name: string) {
    let section = this.sections.get(name)
    if (section === undefined) {
      section = { given: new Map(), taken: new Set() }
      this.sections.set(name, section)
    }
    return section
  }
}
