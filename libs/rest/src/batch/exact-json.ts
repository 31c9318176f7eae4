// JSON whose numbers keep their digits: a bigint key of one step's answer must be the same key in the next step's body.
import { restError } from '../rest.errors.ts'

/** A number that a JavaScript number cannot hold, as it was written. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

/** What {@link parseExact} makes of a text. Objects have no prototype, so `__proto__` is a key like any other. */
export type ExactJson = null | boolean | string | number | ExactNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson }

/** A step's body that has no references: nobody looks into it, so it stays the text it was, however long. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Parses a text that is known to be JSON of limited depth: what Postgres wrote, or what the body's scanner let pass. */
export function parseExact(text: string): ExactJson {
  return new Reader(text, false).value()
}

/** A batch, in which the bodies of steps may be left as text. */
export type BatchJson = ExactJson | RawJson | readonly BatchJson[] | { readonly [key: string]: BatchJson }

/** The same for the body of a batch: `{"steps": [{"body": …}]}`. */
export function parseBatch(text: string): BatchJson {
  return new Reader(text, true).value()
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
export function isList<T extends BatchJson>(value: T): value is T & readonly T[] {
  return Array.isArray(value)
}

/** Is it an object with keys? */
export function isObject<T extends BatchJson>(value: T | undefined): value is T & { readonly [key: string]: T } {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof ExactNumber) && !(value instanceof RawJson)
}

/** Deeper values would exhaust the stack. */
const DEPTH_MAX = 1_000
/** More would hold up every other request: they are built in one go. */
const VALUES_MAX = 100_000
/** Where the body of a step stands: in an object, in the list, in the batch. */
const BODY_DEPTH = 3

const word = /[^\s,:[\]{}"]+/y
/** `$` may be written as an escape. */
const mayRefer = /\$ref|\$literal|\\u0024/i

class Reader {
  private position = 0
  private depth = 0
  private values = 0

  constructor(
    private readonly text: string,
    private readonly leavesBodies: boolean,
  ) {}

  value(): BatchJson {
    if (++this.values > VALUES_MAX) throw restError('too_complex', { limit: VALUES_MAX, what: 'values where references are' })
    const next = this.peek()
    if (next !== '{' && next !== '[') return this.scalar()
    if (++this.depth > DEPTH_MAX)
      throw restError('too_complex', { limit: DEPTH_MAX, what: 'levels of nesting in an answer that is referred to' })
    const value = next === '{' ? this.object() : this.list()
    this.depth--
    return value
  }

  private object(): BatchJson {
    const object = Object.create(null) as Record<string, BatchJson>
    this.position++
    while (this.peek() !== '}') {
      const key = this.scalar() as string
      this.skip(':')
      object[key] = (this.leavesBodies && key === 'body' && this.depth === BODY_DEPTH ? this.body() : undefined) ?? this.value()
      if (this.peek() === ',') this.position++
    }
    this.position++
    return object
  }

  private list(): BatchJson {
    const list: BatchJson[] = []
    this.position++
    while (this.peek() !== ']') {
      list.push(this.value())
      if (this.peek() === ',') this.position++
    }
    this.position++
    return list
  }

  private scalar(): ExactJson {
    const first = this.peek()
    const start = this.position
    if (first === '"') this.position = endOfString(this.text, start)
    else {
      word.lastIndex = start
      if (!word.test(this.text)) throw new SyntaxError('not JSON')
      this.position = word.lastIndex
    }
    const written = this.text.slice(start, this.position)
    const value = JSON.parse(written) as null | boolean | string | number
    return typeof value === 'number' && String(value) !== written ? new ExactNumber(written) : value
  }

  /** An object or a list without references, as text; undefined, and nothing is moved, for anything else. */
  private body(): RawJson | undefined {
    const next = this.peek()
    if (next !== '{' && next !== '[') return undefined
    const start = this.position
    const end = endOfNested(this.text, start)
    const written = this.text.slice(start, end)
    if (mayRefer.test(written)) return undefined
    this.position = end
    return new RawJson(written)
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

/** Behind the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === '"') return at + 1
    if (char === '\\') at++
  }
  throw new SyntaxError('not JSON')
}

/** Behind the bracket that closes the one at `start`. */
function endOfNested(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at) - 1
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1
  }
  throw new SyntaxError('not JSON')
}
