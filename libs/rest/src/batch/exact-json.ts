// JSON whose numbers keep their digits: a bigint key of one step's answer must be the same key in the next step's body.
import { restError } from '../rest.errors.ts'

/** A number that a JavaScript number cannot hold, as it was written. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

/** What {@link parseExact} makes of a text. Objects have no prototype, so `__proto__` is a key like any other. */
export type ExactJson = null | boolean | string | number | ExactNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson }

/** Parses a text that is known to be JSON of limited depth: what Postgres wrote, or what the body's scanner let pass. */
export function parseExact(text: string): ExactJson {
  return new Reader(text).value()
}

/** The text of a value. */
export function exactText(value: ExactJson): string {
  if (value instanceof ExactNumber) return value.text
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(exactText).join(',')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${exactText(item)}`)
    .join(',')}}`
}

/** Is it an array? (`Array.isArray` does not know readonly ones.) */
export function isList(value: ExactJson): value is readonly ExactJson[] {
  return Array.isArray(value)
}

/** Is it an object with keys? */
export function isObject(value: ExactJson | undefined): value is { readonly [key: string]: ExactJson } {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof ExactNumber)
}

/** Deeper values would exhaust the stack. */
const DEPTH_MAX = 1_000

const scalar = /\s*(?:"(?:[^"\\]|\\.)*"|[^\s,:[\]{}"]+)/y

class Reader {
  private position = 0
  private depth = 0

  constructor(private readonly text: string) {}

  value(): ExactJson {
    const next = this.peek()
    if (next !== '{' && next !== '[') return this.scalar()
    if (++this.depth > DEPTH_MAX)
      throw restError('too_complex', { limit: DEPTH_MAX, what: 'levels of nesting in an answer that is referred to' })
    const value = next === '{' ? this.object() : this.list()
    this.depth--
    return value
  }

  private object(): ExactJson {
    const object = Object.create(null) as Record<string, ExactJson>
    this.position++
    while (this.peek() !== '}') {
      const key = this.scalar() as string
      this.skip(':')
      object[key] = this.value()
      if (this.peek() === ',') this.position++
    }
    this.position++
    return object
  }

  private list(): ExactJson {
    const list: ExactJson[] = []
    this.position++
    while (this.peek() !== ']') {
      list.push(this.value())
      if (this.peek() === ',') this.position++
    }
    this.position++
    return list
  }

  private scalar(): ExactJson {
    scalar.lastIndex = this.position
    if (!scalar.test(this.text)) throw new SyntaxError('not JSON')
    const written = this.text.slice(this.position, scalar.lastIndex).trim()
    this.position = scalar.lastIndex
    const value = JSON.parse(written) as null | boolean | string | number
    return typeof value === 'number' && String(value) !== written ? new ExactNumber(written) : value
  }

  private skip(expected: string): void {
    if (this.peek() !== expected) throw new SyntaxError('not JSON')
    this.position++
  }

  /** The next character that is no blank. */
  private peek(): string {
    while (this.position < this.text.length && ' \n\r\t'.includes(this.text[this.position]!)) this.position++
    if (this.position >= this.text.length) throw new SyntaxError('not JSON')
    return this.text[this.position]!
  }
}
