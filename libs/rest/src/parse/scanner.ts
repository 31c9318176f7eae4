// A cursor over one query parameter. What it reads are names and values; it decides nothing about them.
import { restError } from '../rest.errors.ts'

const FORBIDDEN_IN_NAMES = new Set(['(', ')', ',', '.', ':', '!', '"', '>', '<', '&', '=', '*', '\\', '{', '}', ';', "'", '|', '/', '?'])

/** Reads a text from left to right. A fault names the parameter, its text and the column (PGRST100). */
export class Scanner {
  position = 0

  constructor(
    readonly text: string,
    /** What the text is, for error messages, for example `filter`. */
    private readonly what: string,
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

  expect(token: string): void {
    if (!this.take(token)) this.fail(`"${token}"`)
  }

  skipBlanks(): void {
    while (this.text[this.position] === ' ') this.position++
  }

  /** The rest of the text. */
  rest(): string {
    const rest = this.text.slice(this.position)
    this.position = this.text.length
    return rest
  }

  /** A name: quoted, or letters, digits, `_`, `$`, blanks inside and `-` where no arrow begins. */
  name(expecting = 'field name (* or [a..z0..9_$])'): string {
    this.skipBlanks()
    if (this.peek('"')) {
      const quoted = this.quoted()
      this.skipBlanks()
      return this.checked(quoted)
    }
    const start = this.position
    while (!this.atEnd) {
      const char = this.text[this.position]!
      if (FORBIDDEN_IN_NAMES.has(char) || (char === '-' && this.text[this.position + 1] === '>')) break
      this.position++
    }
    const name = this.text.slice(start, this.position).trim()
    if (name === '') {
      this.position = start
      this.fail(expecting)
    }
    return this.checked(name)
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
    return this.fail('"')
  }

  /** Characters up to one of `stops`, or the end. */
  until(stops: string): string {
    const start = this.position
    while (!this.atEnd && !stops.includes(this.text[this.position]!)) this.position++
    return this.text.slice(start, this.position)
  }

  fail(expecting: string): never {
    const found = this.atEnd ? 'end of input' : JSON.stringify(this.text[this.position])
    throw restError(
      'PGRST100',
      { what: this.what, text: this.text, column: this.position + 1 },
      { details: `unexpected ${found} expecting ${expecting}` },
    )
  }

  /** Names may become quoted identifiers or keys in SQL text, and Postgres knows no zero byte. */
  private checked(name: string): string {
    if (name.includes('\0')) this.fail('a name without zero bytes')
    return name
  }
}
