// `order=`: `a.desc.nullslast,rel(b),json->>c`.
import { END, NAME_GOES_ON, Scanner } from './scanner.ts'
import { parseFieldName, parseJsonPath } from './select.ts'
import type { OrderTerm } from './syntax.ts'

const DELIMITER = 'delimiter (.)'
const TERM_END = ['","', END] as const
const DIRECTIONS = ['asc', 'desc'] as const
const NULLS = ['nullsfirst', 'nullslast'] as const

/** Parses the value of `order`. */
export function parseOrder(text: string): OrderTerm[] {
  const scanner = new Scanner(text, 'order')
  const terms: OrderTerm[] = []
  do {
    scanner.skipBlanks()
    terms.push(parseTerm(scanner))
    scanner.skipBlanks()
  } while (scanner.take(','))
  if (!scanner.atEnd) scanner.fail(TERM_END)
  return terms
}

function parseTerm(scanner: Scanner): OrderTerm {
  const name = scanner.name()
  const related = scanner.peek('(') ? parseRelated(scanner) : undefined
  const path = related === undefined ? parseJsonPath(scanner) : []
  let expecting: readonly string[] = [DELIMITER, ...TERM_END]
  if (related === undefined && scanner.plain) expecting = [...(path.length > 0 ? ['"-"'] : NAME_GOES_ON), '"->>"', '"->"', ...expecting]
  scanner.skipBlanks()
  const direction = wordAfterDot(scanner, DIRECTIONS)
  if (direction !== undefined) expecting = [DELIMITER, ...TERM_END]
  const nulls = wordAfterDot(scanner, NULLS)
  if (nulls !== undefined) expecting = TERM_END
  if (!scanner.atEnd && !scanner.peek(',')) failTerm(scanner, expecting, direction === undefined ? [...DIRECTIONS, ...NULLS] : NULLS)
  const target = related === undefined ? { field: { name, path } } : { relation: name, field: related }
  return { ...target, direction: direction ?? 'asc', nulls: nulls === undefined ? undefined : nulls === 'nullsfirst' ? 'first' : 'last' }
}

/** `(column)`; when it is not one, the fault is at its parenthesis. */
function parseRelated(scanner: Scanner): OrderTerm['field'] {
  const start = scanner.position
  const { plain } = scanner
  scanner.expect('(')
  const field = scanner.peek(')') ? undefined : parseFieldName(scanner)
  scanner.skipBlanks()
  if (field !== undefined && scanner.take(')')) return field
  scanner.position = start
  return scanner.fail([...(plain ? NAME_GOES_ON : []), '"->>"', '"->"', DELIMITER, ...TERM_END])
}

function wordAfterDot<T extends string>(scanner: Scanner, words: readonly T[]): T | undefined {
  return words.find((word) => scanner.take(`.${word}`))
}

/** A dot was followed by none of the words, or something else than a dot or the end came. */
function failTerm(scanner: Scanner, expecting: readonly string[], words: readonly string[]): never {
  if (!expecting.includes(DELIMITER) || !scanner.take('.')) return scanner.fail(expecting)
  return scanner.fail(
    words.map((word) => `"${word}"`),
    scanner.differing(words[0]!),
  )
}
