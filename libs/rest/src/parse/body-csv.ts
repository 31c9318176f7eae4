// CSV bodies become the JSON array that the same rows would be as JSON: the first line names the columns, every value is text.
import { CsvError, parse } from 'csv-parse'
import { restError } from '../rest.errors.ts'

/** How much is handed to the parser at once, so that other requests get their turn in between. */
const PIECE = 65_536

/** A field, and whether it was written in quotes: `NULL` is null, `"NULL"` is a word. */
interface Field {
  readonly text: string
  readonly quoted: boolean
}

/** The rows of a CSV text as JSON text, with its columns. */
export interface CsvRows {
  readonly text: string
  readonly rowCount: number
  readonly keys: readonly string[]
}

/** Reads a CSV text. What is no CSV, and lines that are longer or shorter than the first, are PGRST102. */
export async function csvRows(text: string): Promise<CsvRows> {
  let names: readonly string[] | undefined
  let keys: readonly string[] = []
  const rows: string[] = []
  try {
    for await (const line of linesOf(text)) {
      if (names === undefined) {
        names = line.map((field) => field.text)
        keys = names.map((name) => JSON.stringify(name))
        continue
      }
      if (line.length !== keys.length) throw restError('PGRST102', { reason: 'All lines must have same number of fields' })
      rows.push(`{${line.map((field, i) => `${keys[i]}:${valueOf(field)}`).join(',')}}`)
    }
  } catch (error) {
    if (error instanceof CsvError) throw restError('PGRST102', { reason: 'Invalid CSV' })
    throw error
  }
  if (names === undefined) throw restError('PGRST102', { reason: 'not enough input' })
  return { text: `[${rows.join(',')}]`, rowCount: rows.length, keys: [...new Set(names)] }
}

function linesOf(text: string): AsyncIterable<readonly Field[]> {
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    cast: (value, { quoting }) => ({ text: value, quoted: quoting }),
  })
  void feed(parser, text)
  return parser as AsyncIterable<readonly Field[]>
}

async function feed(parser: ReturnType<typeof parse>, text: string): Promise<void> {
  for (let at = 0; at < text.length && !parser.destroyed; at += PIECE) {
    if (!parser.write(text.slice(at, at + PIECE))) await new Promise<void>((resume) => parser.once('drain', resume).once('close', resume))
  }
  parser.end()
}

function valueOf({ text, quoted }: Field): string {
  return text === 'NULL' && !quoted ? 'null' : JSON.stringify(text)
}
