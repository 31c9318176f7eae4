// `select=`: fields with aliases, casts and json paths, and embedded resources to any depth.
import { restError } from '../rest.errors.ts'
import { Scanner } from './scanner.ts'
import type { FieldName, SelectItem } from './syntax.ts'

/** Limits of one select: a stranger's request may not become a statement of any size. */
export const SELECT_LIMITS = { depth: 12, embeds: 48, items: 1_000 } as const

/** Parses the value of `select`. An empty text selects nothing. */
export function parseSelect(text: string): SelectItem[] {
  const scanner = new Scanner(text, 'select parameter')
  const count = { items: 0, embeds: 0 }
  scanner.skipBlanks()
  if (scanner.atEnd) return []
  const items = parseItems(scanner, count, 0)
  if (!scanner.atEnd) scanner.fail('"," or end of input')
  return items
}

function parseItems(scanner: Scanner, count: { items: number; embeds: number }, depth: number): SelectItem[] {
  const items: SelectItem[] = []
  do {
    if (++count.items > SELECT_LIMITS.items) throw restError('too_complex', { limit: SELECT_LIMITS.items, what: 'selected fields' })
    items.push(parseItem(scanner, count, depth))
    scanner.skipBlanks()
  } while (scanner.take(','))
  return items
}

function parseItem(scanner: Scanner, count: { items: number; embeds: number }, depth: number): SelectItem {
  scanner.skipBlanks()
  if (scanner.take('*')) return { kind: 'star' }
  const spread = scanner.take('...')
  let name = scanner.name()
  let alias: string | undefined
  if (!spread && scanner.peek(':') && !scanner.peek('::')) {
    scanner.expect(':')
    alias = name
    name = scanner.name()
  }
  if (scanner.peek('!') || scanner.peek('(')) return parseEmbed(scanner, count, depth, { name, alias, spread })
  if (spread) scanner.fail('"("')
  const path = parseJsonPath(scanner)
  if (scanner.peek('.')) throw restError('PGRST127', {}, { details: 'Aggregate functions in select are not available yet.' })
  const cast = scanner.take('::') ? parseCast(scanner) : undefined
  return { kind: 'field', field: { name, path }, alias, cast }
}

function parseEmbed(
  scanner: Scanner,
  count: { items: number; embeds: number },
  depth: number,
  head: { readonly name: string; readonly alias?: string; readonly spread: boolean },
): SelectItem {
  let hint: string | undefined
  let join: 'left' | 'inner' = 'left'
  while (scanner.take('!')) {
    const word = scanner.name('a relationship hint, inner or left')
    if (word === 'inner' || word === 'left') join = word
    else hint = word
  }
  scanner.expect('(')
  if (++count.embeds > SELECT_LIMITS.embeds) throw restError('too_complex', { limit: SELECT_LIMITS.embeds, what: 'embedded resources' })
  if (depth + 1 > SELECT_LIMITS.depth) throw restError('too_complex', { limit: SELECT_LIMITS.depth, what: 'levels of embedded resources' })
  scanner.skipBlanks()
  const items = scanner.peek(')') ? [] : parseItems(scanner, count, depth + 1)
  scanner.expect(')')
  return { kind: 'embed', ...head, hint, join, items }
}

/** `->a->>0`; digits are an array index. */
export function parseJsonPath(scanner: Scanner): FieldName['path'] {
  const path: { key: string | number; asText: boolean }[] = []
  while (scanner.peek('->')) {
    const asText = scanner.take('->>')
    if (!asText) scanner.expect('->')
    const quoted = scanner.peek('"')
    const key = scanner.name('a json key or index')
    path.push({ key: !quoted && /^-?\d{1,9}$/.test(key) ? Number(key) : key, asText })
    if (asText && scanner.peek('->')) scanner.fail('the end of the json path')
  }
  return path
}

/** A type's name, with blanks, `[]` and without modifiers. */
function parseCast(scanner: Scanner): string {
  const name = scanner.name('a type name')
  return name
}

/** `name->path`. */
export function parseFieldName(scanner: Scanner): FieldName {
  return { name: scanner.name(), path: parseJsonPath(scanner) }
}
