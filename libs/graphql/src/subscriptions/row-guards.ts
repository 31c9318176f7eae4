// Conditions that a row must meet to be seen by a statement at all, as far as they are provable: `column = value`, out of
// the table's SELECT policies and of the statement's own filter. A change whose old and new row meet none cannot concern it.
import type { ColumnFacts, RowChange, RowText, TableFacts } from '#libs/changes'

/** A row counts only if this column has this text. */
export interface RowGuard {
  readonly column: string
  readonly value: string
}

/** A row counts only if one of these holds; an empty list: no row does. */
export type RowGuards = readonly RowGuard[]

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The value as Postgres prints it in a column of that type; undefined when equality is not equality of such texts. */
export function canonicalText(column: ColumnFacts, value: string): string | undefined {
  if (column.typeKind !== 'b' || column.generated === 'v') return undefined
  switch (column.type) {
    case 'uuid':
      return uuid.test(value) ? value.toLowerCase() : undefined
    case 'smallint':
    case 'integer':
    case 'bigint':
      return /^[+-]?\d{1,18}$/.test(value) ? String(BigInt(value.replace(/^\+/, ''))) : undefined
    case 'text':
    case 'character varying':
      return column.exact ? value : undefined
    default:
      return undefined
  }
}

/** Guards of a filter `column = value`; null is equal to nothing. */
export function filterGuards(facts: TableFacts, columnName: string, value: string | null): RowGuards | undefined {
  const column = facts.columns.find(({ name }) => name === columnName)
  if (column === undefined) return undefined
  if (value === null) return []
  const text = canonicalText(column, value)
  return text === undefined ? undefined : [{ column: column.name, value: text }]
}

/**
 * Guards of the policies that apply to the role, for these claims. Undefined when one of the permissive policies does not
 * compare a column with a claim. Only for tables whose policies call the platform's own claim functions.
 */
export function policyGuards(facts: TableFacts, claims: Readonly<Record<string, unknown>>): RowGuards | undefined {
  if (!facts.rowSecurityApplies) return undefined
  const guards: RowGuard[] = []
  for (const { permissive, expression } of facts.policies) {
    if (!permissive) continue
    const found = guardsOf(expression, facts, claims)
    if (found === undefined) return undefined
    guards.push(...found)
  }
  return guards
}

/** Whether a change can concern who has these guards. What is not known counts as yes. */
export function mayConcern(guards: RowGuards, change: RowChange): boolean {
  switch (change.type) {
    case 'insert':
      return meets(guards, change.new)
    case 'update':
      return meets(guards, change.new) || meets(guards, change.old)
    case 'delete':
      return meets(guards, change.old ?? change.key)
    default:
      return true
  }
}

function meets(guards: RowGuards, row: RowText | null): boolean {
  return row === null ? guards.length > 0 : guards.some(({ column, value }) => row[column] === undefined || row[column] === value)
}

function guardsOf(expression: string, facts: TableFacts, claims: Readonly<Record<string, unknown>>): RowGuards | undefined {
  const inner = unwrapped(expression)
  if (inner === 'false') return []
  const either = split(inner, ' OR ')
  const both = split(inner, ' AND ')
  if (either.length > 1 && both.length > 1) return undefined
  if (either.length > 1) {
    const found = either.map((item) => guardsOf(item, facts, claims))
    return found.every((guards) => guards !== undefined) ? found.flat() : undefined
  }
  if (both.length > 1) return both.map((item) => guardsOf(item, facts, claims)).find((guards) => guards !== undefined)
  const sides = split(inner, ' = ')
  if (sides.length !== 2) return undefined
  return comparison(sides[0]!, sides[1]!, facts, claims) ?? comparison(sides[1]!, sides[0]!, facts, claims)
}

function comparison(left: string, right: string, facts: TableFacts, claims: Readonly<Record<string, unknown>>): RowGuards | undefined {
  const column = columnOf(left, facts)
  const claim = column === undefined ? undefined : claimOf(right, claims)
  if (column === undefined || claim === undefined) return undefined
  if (claim.value === null) return []
  if (column.asText) return column.facts.exact ? [{ column: column.facts.name, value: claim.value }] : undefined
  // A cast of the claim to the column's own type; to any other type the comparison may be another one.
  if (claim.type !== column.facts.type && !(claim.type === 'text' && column.facts.type === 'character varying')) return undefined
  const text = canonicalText(column.facts, claim.value)
  return text === undefined ? undefined : [{ column: column.facts.name, value: text }]
}

const plainText: ReadonlySet<string> = new Set(['uuid', 'smallint', 'integer', 'bigint', 'text', 'character varying'])

function columnOf(side: string, facts: TableFacts): { readonly facts: ColumnFacts; readonly asText: boolean } | undefined {
  const inner = unwrapped(side)
  const cast = /^\((.+)\)::text$/s.exec(inner)
  const name = unquoted(cast === null ? inner : unwrapped(cast[1]!))
  const column = facts.columns.find((candidate) => candidate.name === name)
  if (column === undefined || column.generated === 'v' || column.typeKind !== 'b' || !plainText.has(column.type)) return undefined
  return { facts: column, asText: cast !== null }
}

function claimOf(
  side: string,
  claims: Readonly<Record<string, unknown>>,
): { readonly value: string | null; readonly type: string } | undefined {
  const inner = unwrapped(side)
  const scalar = /^SELECT (.+?)(?: AS (?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*))?$/s.exec(inner)
  if (scalar !== null) return claimOf(scalar[1]!, claims)
  if (inner === 'auth.uid()') return { value: textOf(claims['sub']) || null, type: 'uuid' }
  if (inner === 'auth.role()') return withText(claims['role'])
  if (inner === 'auth.email()') return withText(claims['email'])
  const literal = /^auth\.jwt\(\) ->> '((?:[^']|'')*)'::text$/.exec(inner)
  if (literal !== null) return withText(claims[literal[1]!.replaceAll("''", "'")])
  const cast = /^(\(.+\))::(uuid|text|smallint|integer|bigint)$/s.exec(inner)
  const found = cast === null || !isWrapped(cast[1]!) ? undefined : claimOf(cast[1]!, claims)
  return found === undefined ? undefined : { value: found.value, type: cast![2]! }
}

function withText(claim: unknown): { readonly value: string | null; readonly type: string } | undefined {
  const value = textOf(claim)
  return value === undefined ? undefined : { value, type: 'text' }
}

/** A claim as `->>` gives it; undefined for what JavaScript may print in another way. */
function textOf(claim: unknown): string | null | undefined {
  if (claim === undefined || claim === null) return null
  return typeof claim === 'string' ? claim : undefined
}

function unquoted(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** Without the parentheses around the whole. */
function unwrapped(expression: string): string {
  let text = expression.trim()
  while (isWrapped(text)) text = text.slice(1, -1).trim()
  return text
}

function isWrapped(text: string): boolean {
  return text.startsWith('(') && closingOf(text) === text.length - 1
}

/** Where the parenthesis that the text begins with is closed. */
function closingOf(text: string): number {
  let found = -1
  walk(text, (index, depth) => {
    if (depth === 0 && text[index] === ')' && found < 0) found = index
  })
  return found
}

/** Parts between separators that stand outside of parentheses and quotes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  walk(text, (index, depth) => {
    if (depth !== 0 || index < start || !text.startsWith(separator, index)) return
    parts.push(text.slice(start, index))
    start = index + separator.length
  })
  return [...parts, text.slice(start)]
}

/** Calls `visit` for each character outside of quotes with the depth after it. */
function walk(text: string, visit: (index: number, depth: number) => void): void {
  let depth = 0
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!
    if (quote !== '') {
      if (character === quote) quote = ''
      continue
    }
    if (character === "'" || character === '"') {
      quote = character
      continue
    }
    if (character === '(') depth++
    if (character === ')') depth--
    visit(index, depth)
  }
}
