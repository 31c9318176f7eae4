// Between a renderer and the text: a document is a head, and parts that fill its maps (paths, definitions, …). Parts
// become text one by one, so that a schema of thousands of tables never holds the process for long.

import type { Catalog } from '#libs/catalog'

/** Whose document of what, and where the server is. */
export interface DocumentContext {
  readonly catalog: Catalog
  readonly schema: string
  readonly role: string
  /** Of the server, as clients reach it, without a slash at the end. */
  readonly publicUrl: string
  /** Of the server. */
  readonly version: string
}

/** Entries for the maps of a document, by section. */
export type Part = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What a renderer gives: fixed members, the sections that parts fill (a path such as `components.schemas`), and the parts. */
export interface DocumentSource {
  readonly head: Readonly<Record<string, unknown>>
  readonly sections: readonly string[]
  readonly parts: Iterable<Part>
}

/** How long text is made without a pause. */
const SLICE_MS = 8

/** Writes the document as JSON text. */
export async function writeDocument(source: DocumentSource): Promise<string> {
  const texts = new Map<string, string[]>(source.sections.map((section) => [section, []]))
  let sliceEnd = performance.now() + SLICE_MS
  for (const part of source.parts) {
    for (const [section, entries] of Object.entries(part)) {
      const text = JSON.stringify(entries)
      if (text.length > 2) texts.get(section)!.push(text.slice(1, -1))
    }
    if (performance.now() < sliceEnd) continue
    await new Promise((resolve) => setImmediate(resolve))
    sliceEnd = performance.now() + SLICE_MS
  }
  return objectText(source.head, nest(texts))
}

type Nested = Map<string, Nested | readonly string[]>

/** `components.schemas` -> components -> schemas. */
function nest(texts: ReadonlyMap<string, readonly string[]>): Nested {
  const root: Nested = new Map()
  for (const [section, entries] of texts) {
    const steps = section.split('.')
    const last = steps.pop()!
    let at = root
    for (const step of steps) {
      const inner = (at.get(step) as Nested | undefined) ?? new Map<string, Nested | readonly string[]>()
      at.set(step, inner)
      at = inner
    }
    at.set(last, entries)
  }
  return root
}

/** Fixed members first, then the sections; a section that has fixed entries too keeps them in front. */
function objectText(head: Readonly<Record<string, unknown>>, sections: Nested): string {
  const members: string[] = []
  for (const [key, value] of Object.entries(head)) {
    if (value !== undefined && !sections.has(key)) members.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`)
  }
  for (const [key, content] of sections) {
    const fixed = (head[key] ?? {}) as Readonly<Record<string, unknown>>
    const text = content instanceof Map ? objectText(fixed, content) : `{${[...fixedText(fixed), ...content].join(',')}}`
    members.push(`${JSON.stringify(key)}:${text}`)
  }
  return `{${members.join(',')}}`
}

function fixedText(entries: Readonly<Record<string, unknown>>): string[] {
  const text = JSON.stringify(entries)
  return text.length > 2 ? [text.slice(1, -1)] : []
}
