// `select=`: fields with aliases, casts, json paths and aggregates, and embedded resources to any depth.
import { restError } from '../rest.errors.ts'
import { END, FIELD_NAME, NAME_GOES_ON, Scanner } from './scanner.ts'
import { aggregateNames, type AggregateName, type FieldName, type SelectItem } from './syntax.ts'

/** Limits of one select: a stranger's request may not become a statement of any size. */
export const SELECT_LIMITS = { depth: 12, embeds: 48, items: 1_000 } as const

const ITEM_START = ['"..."', FIELD_NAME, '"*"', '"count()"'] as const
const ITEM_END = ['")"', '","', END] as const
const AFTER_PATH = ['"->>"', '"->"', '"::"', '"."', ...ITEM_END] as const
/** The pattern of a type's name; `[]` is an array of it. */
const TYPE_NAME = /[\p{L}\p{N}_$ ]+(?:\[\])?/uy

interface Count {
  items: number
  embeds: number
}

/** Parses the value of `select`. An empty text selects nothing. */
export function parseSelect(text: string): SelectItem[] {
  const scanner = new Scanner(text, 'select parameter')
  scanner.skipBlanks()
  if (scanner.atEnd) return []
  const items = parseItems(scanner, { items: 0, embeds: 0 }, 0)
  if (!scanner.atEnd) scanner.fail(['","', END])
  return items
}

function parseItems(scanner: Scanner, count: Count, depth: number): SelectItem[] {
  const items: SelectItem[] = []
  do {
    if (++count.items > SELECT_LIMITS.items) throw restError('too_complex', { limit: SELECT_LIMITS.items, what: 'selected fields' })
    scanner.skipBlanks()
    items.push(parseItem(scanner, count, depth))
    scanner.skipBlanks()
  } while (scanner.take(','))
  return items
}

function parseItem(scanner: Scanner, count: Count, depth: number): SelectItem {
  if (scanner.take('...') || scanner.take('..')) {
    const head = { name: scanner.name(), spread: true }
    return parseEmbed(scanner, count, depth, head) ?? scanner.fail([...afterName(scanner), '"("'])
  }
  if (scanner.take('*')) {
    endItem(scanner, ITEM_END)
    return { kind: 'star' }
  }
  let alias: string | undefined
  let name = ''
  if (!scanner.peek('count()')) {
    name = scanner.name(ITEM_START)
    if (scanner.peek(':') && !scanner.peek('::')) {
      scanner.expect(':')
      alias = name
      name = scanner.peek('count()') ? '' : scanner.name()
    }
  }
  if (name === '') return parseCount(scanner, alias)
  return parseEmbed(scanner, count, depth, { name, alias, spread: false }) ?? parseField(scanner, name, alias)
}

/** `count()`, `count()::int` */
function parseCount(scanner: Scanner, alias: string | undefined): SelectItem {
  scanner.expect('count()')
  const cast = scanner.take('::') ? parseType(scanner) : undefined
  endItem(scanner, cast === undefined ? ['"::"', ...ITEM_END] : ['letter', 'digit', ...ITEM_END])
  return { kind: 'aggregate', function: 'count', alias, resultCast: cast }
}

/** `name->path::cast.sum()::cast` after its name. */
function parseField(scanner: Scanner, name: string, alias: string | undefined): SelectItem {
  let expecting: readonly string[] = afterName(scanner)
  const path = parseJsonPath(scanner)
  if (path.length > 0) expecting = scanner.plain ? ['"-"', ...AFTER_PATH] : AFTER_PATH
  scanner.skipBlanks()
  const field = { name, path }
  let cast: string | undefined
  if (scanner.take('::')) {
    cast = parseType(scanner)
    expecting = ['letter', 'digit', '"."', ...ITEM_END]
  }
  if (!scanner.peek('.')) {
    endItem(scanner, expecting)
    return { kind: 'field', field, alias, cast }
  }
  const aggregate = parseAggregate(scanner)
  const resultCast = scanner.take('::') ? parseType(scanner) : undefined
  endItem(scanner, resultCast === undefined ? ['"::"', ...ITEM_END] : ['letter', 'digit', ...ITEM_END])
  return { kind: 'aggregate', function: aggregate, field, alias, cast, resultCast }
}

/** `.sum()` */
function parseAggregate(scanner: Scanner): AggregateName {
  scanner.expect('.')
  const found = aggregateNames.find((word) => scanner.peek(word))
  if (found === undefined) {
    const begun = aggregateNames.find((word) => word[0] !== 'm' && scanner.peek(word[0]!))
    const expecting = begun === undefined ? aggregateNames.map((word) => `"${word}"`) : [`"${begun}"`]
    scanner.fail(expecting, begun === undefined ? scanner.position : scanner.differing(begun))
  }
  scanner.expect(found)
  if (!scanner.take('()')) scanner.fail(['"()"'], scanner.differing('()'))
  return found
}

/** `!hint!inner(items)` after a name; undefined (and nothing is moved) when it is none. */
function parseEmbed(
  scanner: Scanner,
  count: Count,
  depth: number,
  head: { readonly name: string; readonly alias?: string; readonly spread: boolean },
): SelectItem | undefined {
  const { position, plain } = scanner
  let hint: string | undefined
  let join: 'left' | 'inner' | undefined
  let complete = true
  for (let i = 0; i < 2 && scanner.take('!'); i++) {
    if (scanner.take('left')) join ??= 'left'
    else if (scanner.take('inner')) join ??= 'inner'
    else {
      const word = nameOrNothing(scanner)
      if (word === undefined) complete = false
      else hint ??= word
    }
  }
  if (!complete || head.name === 'count' || !scanner.take('(')) {
    scanner.position = position
    scanner.plain = plain
    return undefined
  }
  if (++count.embeds > SELECT_LIMITS.embeds) throw restError('too_complex', { limit: SELECT_LIMITS.embeds, what: 'embedded resources' })
  if (depth + 1 > SELECT_LIMITS.depth) throw restError('too_complex', { limit: SELECT_LIMITS.depth, what: 'levels of embedded resources' })
  scanner.skipBlanks()
  const items = scanner.peek(')') ? [] : parseItems(scanner, count, depth + 1)
  scanner.expect(')', ...(scanner.atEnd && items.at(-1)?.kind === 'field' ? afterName(scanner).filter((word) => word !== END) : ['","']))
  return { kind: 'embed', ...head, hint, join: join ?? 'left', items }
}

/** A hint that is no name makes the whole no embedded resource, and the fault is at the `!`. */
function nameOrNothing(scanner: Scanner): string | undefined {
  return scanner.peek('(') || scanner.peek('!') || scanner.peek(')') || scanner.peek(',') || scanner.atEnd ? undefined : scanner.name()
}

function afterName(scanner: Scanner): readonly string[] {
  return scanner.plain ? [...NAME_GOES_ON, ...AFTER_PATH] : AFTER_PATH
}

function endItem(scanner: Scanner, expecting: readonly string[]): void {
  scanner.skipBlanks()
  if (!scanner.atEnd && !scanner.peek(',') && !scanner.peek(')')) scanner.fail(expecting)
}

/** `->a->>0`; digits are an array index. */
export function parseJsonPath(scanner: Scanner): FieldName['path'] {
  const path: { key: string | number; asText: boolean }[] = []
  while (scanner.peek('->')) {
    const asText = scanner.take('->>')
    if (!asText) scanner.expect('->')
    path.push({ key: parseJsonKey(scanner), asText })
  }
  return path
}

function parseJsonKey(scanner: Scanner): string | number {
  const start = scanner.position
  const index = scanner.match(/-?\d{1,9}(?=$|->|::|[.,)])/y)
  if (index !== '') {
    scanner.plain = true
    return Number(index)
  }
  if (scanner.take('-')) {
    // Only an index may begin so.
    const digits = scanner.match(/\d+/y)
    scanner.fail(digits === '' ? ['digit'] : ['digit', '"->"', '"::"', '"."', '","', END])
  }
  scanner.position = start
  return scanner.key(['"-"', 'digit', 'any non reserved character different from: .,>()'])
}

/** A type's name, with blanks and `[]`, without modifiers. */
function parseType(scanner: Scanner): string {
  const name = scanner.match(TYPE_NAME).trim()
  return name === '' ? scanner.fail(['letter', 'digit']) : name
}

/** `name->path`. */
export function parseFieldName(scanner: Scanner, expecting?: readonly string[]): FieldName {
  return { name: scanner.name(expecting), path: parseJsonPath(scanner) }
}
