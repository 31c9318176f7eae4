// Parameters -> syntax tree. What a parameter is follows from its name alone.
import { restError } from '../rest.errors.ts'
import { FILTER_LIMITS, looksLikeFilter, parseFilter, parseLogic } from './filters.ts'
import { parseOrder } from './order.ts'
import { Scanner } from './scanner.ts'
import { parseJsonPath, parseSelect } from './select.ts'
import type { QueryParameter } from './shape.ts'
import type { FieldName, FilterValue, ParsedQuery } from './syntax.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] }

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
  if (isArgument(name)) return true
  // A plain word that is nobody's argument is a wrong argument; `column=eq.5` is a filter on the result.
  return /^[^.]+$/.test(name) && !looksLikeFilter(value) && !['select', 'order', 'limit', 'offset', 'and', 'or'].includes(name)
}

function addParameter(query: Mutable<ParsedQuery>, parameter: QueryParameter): void {
  const { name, value } = parameter
  if (name === 'select') query.select = parseSelect(value)
  else if (name === 'columns') query.columns = parseNames(value, 'columns parameter')
  else if (name === 'on_conflict') query.onConflict = parseNames(value, 'on_conflict parameter')
  else {
    const { path, field } = parsePath(name)
    const last = field.path.length === 0 && !name.endsWith('"') ? field.name : ''
    if (last === 'order') query.order.push({ path, terms: parseOrder(value) })
    else if (last === 'limit' || last === 'offset') query.limits.push({ path, kind: last, value: parseCount(last, value) })
    else if (last === 'and' || last === 'or') {
      const negated = path.at(-1) === 'not'
      query.logic.push({ path: negated ? path.slice(0, -1) : path, tree: parseLogic(last, negated, value) })
    } else query.filters.push({ path, field, expression: parseFilter(value, parameter.slot) })
  }
}

/** `a.b.column->>key`: the embeds that lead to the column, and the column. */
function parsePath(text: string): { path: string[]; field: FieldName } {
  const scanner = new Scanner(text, 'tree path')
  const names = [scanner.name()]
  while (scanner.take('.')) names.push(scanner.name())
  const path = parseJsonPath(scanner)
  if (!scanner.atEnd) scanner.fail('"." or "->"')
  return { path: names.slice(0, -1), field: { name: names.at(-1)!, path } }
}

function parseNames(text: string, what: string): string[] {
  const scanner = new Scanner(text, what)
  const names: string[] = []
  do names.push(scanner.name())
  while (scanner.take(','))
  if (!scanner.atEnd) scanner.fail('"," or end of input')
  return names
}

function parseCount(kind: 'limit' | 'offset', text: string): number {
  if (!/^-?\d{1,15}$/.test(text))
    throw restError('PGRST100', { what: `${kind} parameter`, text, column: 1 }, { details: 'unexpected text expecting a whole number' })
  const count = Number(text)
  if (count < 0)
    throw restError('PGRST103', {}, { details: `${kind === 'limit' ? 'Limit' : 'Offset'} should be greater than or equal to zero.` })
  return count
}
