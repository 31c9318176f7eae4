// A result of POST /sql for people: columns aligned, numbers to the right, control characters made visible.
import type { SqlResult } from '#libs/console'

const cellCharactersMax = 200

/** The table and a line with the number of rows, or the command's tag when there are no columns. */
export function renderResult(result: SqlResult): string {
  if (result.columns.length === 0) return result.command === '' ? 'Nothing to do.' : tagLine(result)
  const cells = result.rows.map((row) => row.map(cellText))
  const widths = result.columns.map((column, i) => Math.max(width(column.name), ...cells.map((row) => width(row[i]!))))
  const isNumber = result.columns.map(
    (_, i) => result.rows.some((row) => row[i] !== null) && result.rows.every((row) => row[i] === null || typeof row[i] === 'number'),
  )
  const line = (texts: readonly string[], toRight: readonly boolean[]) =>
    ` ${texts.map((text, i) => pad(text, widths[i]!, toRight[i]!)).join(' | ')}`.trimEnd()
  const noneRight = result.columns.map(() => false)
  const kept = result.truncated ? `, the first ${result.rows.length} are shown` : ''
  return [
    line(
      result.columns.map((column) => column.name),
      noneRight,
    ),
    widths.map((each) => '-'.repeat(each + 2)).join('+'),
    ...cells.map((row) => line(row, isNumber)),
    `(${result.rowCount} row${result.rowCount === 1 ? '' : 's'}${kept})`,
  ].join('\n')
}

function tagLine(result: SqlResult): string {
  return /^(INSERT|UPDATE|DELETE|MERGE|COPY)$/.test(result.command) ? `${result.command} ${result.rowCount}` : result.command
}

function cellText(value: unknown): string {
  if (value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // Terminals obey control characters; what is stored in a table must not reach them.
  const visible = text.replace(/\p{Cc}/gu, (character) => (character === '\n' ? '↵' : character === '\t' ? ' ' : '�'))
  return visible.length > cellCharactersMax ? `${visible.slice(0, cellCharactersMax - 1)}…` : visible
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Columns of a terminal: wide characters take two, combining ones none. */
function width(text: string): number {
  let columns = 0
  for (const character of text) columns += /\p{Mark}|\u200d|\ufe0f/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return columns
}

function pad(text: string, to: number, toRight: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(text)))
  return toRight ? space + text : text + space
}
