// CSV bodies become the JSON array that the same rows would be as JSON: the first line names the columns, every value is text.
import { restError } from '../rest.errors.ts'

/** How much is read at once, so that other requests get their turn in between. */
const PIECE = 65_536
/** More than a table can have. */
const NAMES_MAX = 1_600
/** Every row repeats the names: a body of few bytes could become a text of any size. */
const TEXT_CHARS_MAX = 100_000_000

/** The rows of a CSV text as JSON text, with its columns. */
export interface CsvRows {
  readonly text: string
  readonly rowCount: number
  readonly keys: readonly string[]
}

/** Reads a CSV text. What is no CSV, and lines that are longer or shorter than the first, are PGRST102. */
export async function csvRows(text: string): Promise<CsvRows> {
  const lines = new CsvLines(text)
  const names = lines.next(NAMES_MAX)?.map((field) => field.text)
  if (names === undefined) throw restError('PGRST102', { reason: 'not enough input' })
  const keys = names.map((name) => `${JSON.stringify(name)}:`)
  const rows: string[] = []
  let chars = 0
  let pause = PIECE
  for (;;) {
    const line = lines.next(keys.length)
    if (line === undefined) break
    if (line.length !== keys.length) throw unevenLines()
    const row = `{${line.map((field, i) => keys[i] + valueOf(field)).join(',')}}`
    chars += row.length + 1
    if (chars > TEXT_CHARS_MAX)
      throw restError('too_complex', { limit: TEXT_CHARS_MAX, what: 'characters as JSON, with the names in every row' })
    rows.push(row)
    // Rows with long names are work, too.
    if (lines.position + chars < pause) continue
    pause = lines.position + chars + PIECE
    await new Promise((resume) => setImmediate(resume))
  }
  return { text: `[${rows.join(',')}]`, rowCount: rows.length, keys: [...new Set(names)] }
}

/** A field, and whether it was written in quotes: `NULL` is null, `"NULL"` is a word. */
interface Field {
  readonly text: string
  readonly quoted: boolean
}

const plainField = /[^",\r\n]*/y

/** RFC 4180, with any of the three line ends; empty lines are left out. */
class CsvLines {
  position: number

  constructor(private readonly text: string) {
    this.position = text.startsWith('\uFEFF') ? 1 : 0
  }

  /** The next line, of at most so many fields; undefined behind the last one. */
  next(fieldsMax: number): readonly Field[] | undefined {
    while (this.isLineEnd()) this.position++
    if (this.position === this.text.length) return undefined
    const fields = [this.field()]
    while (this.text[this.position] === ',') {
      this.position++
      if (fields.length === fieldsMax)
        throw fieldsMax === NAMES_MAX ? restError('too_complex', { limit: NAMES_MAX, what: 'columns' }) : unevenLines()
      fields.push(this.field())
    }
    if (this.position < this.text.length && !this.isLineEnd()) throw restError('PGRST102', { reason: 'Invalid CSV' })
    return fields
  }

  private field(): Field {
    if (this.text[this.position] === '"') return { text: this.quoted(), quoted: true }
    plainField.lastIndex = this.position
    const [text] = plainField.exec(this.text)!
    this.position += text.length
    return { text, quoted: false }
  }

  private quoted(): string {
    const start = this.position + 1
    let end = start
    let hasQuotes = false
    for (;;) {
      end = this.text.indexOf('"', end)
      if (end === -1) throw restError('PGRST102', { reason: 'Invalid CSV' })
      if (this.text[end + 1] !== '"') break
      hasQuotes = true
      end += 2
    }
    this.position = end + 1
    const text = this.text.slice(start, end)
    return hasQuotes ? text.replaceAll('""', '"') : text
  }

  private isLineEnd(): boolean {
    const char = this.text[this.position]
    return char === '\n' || char === '\r'
  }
}

function unevenLines() {
  return restError('PGRST102', { reason: 'All lines must have same number of fields' })
}

function valueOf({ text, quoted }: Field): string {
  return text === 'NULL' && !quoted ? 'null' : JSON.stringify(text)
}
