// Parameters -> syntax tree. What a parameter is follows from its name alone.
import { cursorHeadEnd } from '../keyset/cursor-head.ts'
import { restError } from '../rest.errors.ts'
import { FILTER_LIMITS, parseFilter, parseLogic } from './filters.ts'
import { looksLikeFilter } from './operators.ts'
import { parseOrder } from './order.ts'
import { END, NAME_GOES_ON, Scanner } from './scanner.ts'
import { parseJsonPath, parseSelect } from './select.ts'
import { isReserved, type QueryParameter } from './shape.ts'
import type { CountValue, FieldName, FilterValue, ParsedQuery } from './syntax.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] }

const DELIMITER = 'delimiter (.)'

/** Parses parameters. For a function call, `isArgument` says which names are arguments of any overload. */
export function parseQuery(parameters: readonly QueryParameter[], isArgument?: (name: string) => boolean): ParsedQuery {
  const named = new Map<string, FilterValue[]>()
  const query: Mutable<ParsedQuery> = {
    select: undefined,
    filters: [],
    logic: [],
    order: [],
    limits: [],
    columns: undefined,
    onConflict: undefined,
    cursor: undefined,
    arguments: named,
  }
  for (const parameter of parameters) {
    if (isArgument !== undefined && isCallArgument(parameter, isArgument)) {
      const values = named.get(parameter.name) ?? []
      values.push({ text: parameter.value, slot: parameter.slot, head: parameter.head })
      named.set(parameter.name, values)
    } else addParameter(query, parameter)
  }
  if (query.filters.length > FILTER_LIMITS.conditions)
    throw restError('too_complex', { limit: FILTER_LIMITS.conditions, what: 'conditions' })
  return query
}

function isCallArgument({ name, value }: QueryParameter, isArgument: (name: string) => boolean): boolean {
  // Nothing that is read as something else in every request can be an argument.
  if (isReserved(name)) return false
  if (isArgument(name)) return true
  // A plain word that is nobody's argument is a wrong argument; `column=eq.5` is a filter on the result.
  return /^[^.]+$/.test(name) && !looksLikeFilter(value)
}

/** Of a parameter that is given twice, the first counts; filters and logic trees add up. */
function addParameter(query: Mutable<ParsedQuery>, { name, value, slot }: QueryParameter): void {
  if (name === 'select') query.select ??= parseSelect(value)
  else if (name === 'columns') query.columns ??= parseNames(value, 'columns parameter')
  else if (name === 'on_conflict') query.onConflict ??= parseNames(value, 'on_conflict parameter')
  else if (name === 'cursor' && cursorHeadEnd(value, 0) > 0) query.cursor ??= { text: value, slot }
  else {
    const word = name.slice(name.lastIndexOf('.') + 1)
    if (word === 'and' || word === 'or') addLogic(query, name, word, value, slot)
    else if (word === 'order') addOrder(query, name, value)
    else if (word === 'limit' || word === 'offset') addCount(query, name, word, value, slot)
    else {
      const { path, field } = parsePath(name)
      query.filters.push({ path, field, expression: parseFilter(value, slot) })
    }
  }
}

function addLogic(query: Mutable<ParsedQuery>, name: string, kind: 'and' | 'or', value: string, slot: number | undefined): void {
  const { path } = parsePath(name, 'logic path')
  query.logic.push({ path: path.filter((step) => step !== 'not'), tree: parseLogic(kind, path.includes('not'), value, slot) })
}

function addOrder(query: Mutable<ParsedQuery>, name: string, value: string): void {
  const { path } = parsePath(name)
  const terms = parseOrder(value)
  if (!query.order.some((known) => isSamePath(known.path, path))) query.order.push({ path, terms })
}

/** What is no whole number is no limit, as clients know it that send `limit=undefined`. The last of two counts. */
function addCount(query: Mutable<ParsedQuery>, name: string, kind: 'limit' | 'offset', value: string, slot: number | undefined): void {
  const { path } = parsePath(name)
  if (!/^ *-?\d{1,15} *$/.test(value)) return
  const count: CountValue = { value: Number(value), make: slot === undefined ? undefined : (slots) => Number(slots[slot]) }
  if (count.value < 0) {
    throw restError('PGRST103', {}, { details: `${kind === 'limit' ? 'Limit' : 'Offset'} should be greater than or equal to zero.` })
  }
  query.limits.push({ path, kind, ...count })
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i])
}

/** `a.b.column->>key`: the embeds that lead to the column, and the column. */
function parsePath(text: string, what = 'tree path'): { path: string[]; field: FieldName } {
  const scanner = new Scanner(text, what)
  const names = [scanner.name()]
  while (scanner.take('.')) names.push(scanner.name())
  const expecting = scanner.plain ? [...NAME_GOES_ON, DELIMITER] : [DELIMITER]
  const path = parseJsonPath(scanner)
  if (!scanner.atEnd) scanner.fail([...expecting, '"->>"', '"->"', END])
  return { path: names.slice(0, -1), field: { name: names.at(-1)!, path } }
}

function parseNames(text: string, what: string): string[] {
  const scanner = new Scanner(text, what)
  const names: string[] = []
  do {
    names.push(scanner.name())
    scanner.skipBlanks()
  } while (scanner.take(','))
  if (!scanner.atEnd) scanner.fail(['","', END])
  return names
}
