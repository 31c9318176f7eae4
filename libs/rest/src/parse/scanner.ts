// A cursor over one query parameter. What it reads are names and values; it decides nothing about them. Faults are worded
// as PostgREST's parser words them, for its users search for those words.
import { restError } from '../rest.errors.ts'

/** A name without quotes: letters, digits, `_`, `$` and blanks. */
const PLAIN_NAME = /[\p{L}\p{M}\p{N}_$ ]+/uy
/** A part of a json key without quotes. */
const PLAIN_KEY = /[^(\-:.,>)]+/uy
/** What may stand where a field's name begins. */
export const FIELD_NAME = 'field name (* or [a..z0..9_$])'
/** What may follow a name without quotes. */
export const NAME_GOES_ON = ['letter', 'digit', '"-"'] as const
export const END = 'end of input'

/** Reads a text from left to right. A fault names the parameter, its text and the place (PGRST100). */
export class Scanner {
  position = 0
  /** Was the last name or key read without quotes? Then more letters could follow. */
  plain = false

  constructor(
    readonly text: string,
    /** What the text is, for error messages, for example `filter`. */
    private readonly what: string,
    /** The text as messages show it, when more than it was read. */
    private readonly shown = text,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.text.length
  }

  peek(token: string): boolean {
    return this.text.startsWith(token, this.position)
  }

  /** Moves over `token` when it is next. */
  take(token: string): boolean {
    if (!this.peek(token)) return false
    this.position += token.length
    return true
  }

  expect(token: string, ...alternatives: string[]): void {
    if (!this.take(token)) this.fail([...alternatives, `"${token}"`])
  }

  skipBlanks(): void {
    while (this.text[this.position] === ' ' || this.text[this.position] === '\t') this.position++
  }

  /** The rest of the text. */
  rest(): string {
    const rest = this.text.slice(this.position)
    this.position = this.text.length
    return rest
  }

  /** A name: quoted, or letters, digits, `_`, `$`, blanks inside and `-` where no arrow begins. */
  name(expecting: readonly string[] = [FIELD_NAME]): string {
    return this.dashed(PLAIN_NAME, expecting, ['letter', 'digit'])
  }

  /** A key of a json object; without quotes it may have all but `.,:>()`. */
  key(expecting: readonly string[]): string {
    return this.dashed(PLAIN_KEY, expecting, [])
  }

  /** A double-quoted text; `\` takes the next character as it is. */
  quoted(): string {
    this.expect('"')
    let value = ''
    while (!this.atEnd) {
      const char = this.text[this.position++]!
      if (char === '"') return value
      if (char === '\\') {
        if (this.atEnd) break
        value += this.text[this.position++]!
      } else value += char
    }
    return this.fail(['"\\\\"', '"\\""'])
  }

  /** A quoted value that ends where `stops` or the end follows; undefined (and nothing is moved) when it is not one. */
  quotedBefore(stops: string): string | undefined {
    const start = this.position
    const end = this.endOfQuoted()
    if (end === -1 || (end < this.text.length && !stops.includes(this.text[end]!))) return undefined
    this.position = start
    return this.quoted()
  }

  /** Characters up to one of `stops`, or the end. */
  until(stops: string): string {
    const start = this.position
    while (!this.atEnd && !stops.includes(this.text[this.position]!)) this.position++
    return this.text.slice(start, this.position)
  }

  /** What a pattern with the flag `y` finds here; '' when nothing. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.position
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.position += found.length
    return found
  }

  /** The first character that differs from `word` at `start`: what a parser that looked for the word stumbled over. */
  differing(word: string, start = this.position): number {
    let at = start
    while (at < this.text.length && at - start < word.length && this.text[at] === word[at - start]) at++
    return at
  }

  /** Refuses what stands at `found` (by default at `position`, which is the place that the message names). */
  fail(expecting: readonly string[], found = this.position): never {
    const char = found >= this.text.length ? undefined : String.fromCodePoint(this.text.codePointAt(found)!)
    const quote = expecting.includes(END) ? "'" : '"'
    const unexpected = char === undefined ? END : `${quote}${escaped(char, quote)}${quote}`
    throw restError(
      'PGRST100',
      { what: this.what, text: this.shown, ...placeOf(this.text, this.position) },
      { details: `unexpected ${unexpected} expecting ${listed(expecting)}` },
    )
  }

  private endOfQuoted(): number {
    if (!this.peek('"')) return -1
    for (let at = this.position + 1; at < this.text.length; at++) {
      if (this.text[at] === '\\') at++
      else if (this.text[at] === '"') return at + 1
    }
    return -1
  }

  /** Parts that `-` joins, as long as it begins no arrow. Blanks around a part are not its own. */
  private dashed(pattern: RegExp, expecting: readonly string[], expectingPart: readonly string[]): string {
    this.skipBlanks()
    this.plain = !this.peek('"')
    if (!this.plain) return this.checked(this.quoted())
    let name = ''
    for (;;) {
      const part = this.match(pattern)
      if (part === '') this.fail(name === '' ? expecting : expectingPart.length === 0 ? expecting : expectingPart)
      name += part.trim()
      if (!this.peek('-') || this.peek('->')) return this.checked(name)
      name += '-'
      this.position++
    }
  }

  /** Names may become quoted identifiers or keys in SQL text, and Postgres knows no zero byte. */
  private checked(name: string): string {
    if (name.includes('\0')) this.fail(['a name without zero bytes'])
    return name
  }
}

/** `a, b or c` without repetitions. */
function listed(items: readonly string[]): string {
  const own = [...new Set(items)]
  return own.length === 1 ? own[0]! : `${own.slice(0, -1).join(', ')} or ${own.at(-1)}`
}

function escaped(char: string, quote: string): string {
  if (char === quote || char === '\\') return `\\${char}`
  const code = char.codePointAt(0)!
  return code >= 32 && code < 127 ? char : `\\${code}`
}

/** Line and column count as the reference's parser counts them: tabs go to the next stop of eight. */
function placeOf(text: string, position: number): { line: number; column: number } {
  let [line, column] = [1, 1]
  for (const char of text.slice(0, position)) {
    if (char === '\n') [line, column] = [line + 1, 1]
    else column += char === '\t' ? 8 - ((column - 1) % 8) : 1
  }
  return { line, column }
}
