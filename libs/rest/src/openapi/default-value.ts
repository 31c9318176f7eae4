// Default expressions as values of a document: `'draft'::text` is the text draft, `42` a number. Expressions that are
// computed (`now()`) are no values.
import { baseType } from '#libs/query'
import type { Column } from '#libs/catalog'

/** What a literal default is in JSON; undefined for everything that is computed, and for json itself. */
export function literalDefault(column: Column): unknown {
  if (column.defaultExpression === null) return undefined
  const text = literalText(column.defaultExpression)
  if (text === undefined) return undefined
  switch (typeOf(column)) {
    case 'number': {
      const value = Number(text)
      return text.trim() !== '' && Number.isFinite(value) ? value : undefined
    }
    case 'boolean':
      return text === 'true' || text === 't' ? true : text === 'false' || text === 'f' ? false : undefined
    case 'text':
      return isQuoted(column.defaultExpression) ? text : undefined
    default:
      return undefined
  }
}

/** PostgREST also shows computed defaults of text-like columns, as their expression: `now()`, `gen_random_uuid()`. */
export function shownDefault(column: Column): unknown {
  const literal = literalDefault(column)
  if (literal !== undefined || column.defaultExpression === null || typeOf(column) !== 'text') return literal
  return column.defaultExpression.startsWith('NULL::') ? undefined : column.defaultExpression
}

function typeOf(column: Column): 'number' | 'boolean' | 'text' | 'other' {
  const type = baseType(column.type)
  if (type.kind === 'array' || type.kind === 'composite' || type.name === 'json' || type.name === 'jsonb') return 'other'
  if (/^(int[248]|numeric|float[48])$/.test(type.name)) return 'number'
  return type.name === 'bool' ? 'boolean' : 'text'
}

function isQuoted(expression: string): boolean {
  return expression.startsWith("'")
}

/** The text of `'it''s'::type`, `(-1)`, `42`, `true`. */
function literalText(expression: string): string | undefined {
  const quoted = /^'((?:[^']|'')*)'(?:::[^'()]*(?:\(\d+(?:,\s*\d+)?\))?[^'()]*)?$/.exec(expression)
  if (quoted !== null) return quoted[1]!.replaceAll("''", "'")
  const bare = /^\(?(-?[\d.]+(?:e[+-]?\d+)?|true|false)\)?(?:::[\w" ]+)?$/i.exec(expression)
  return bare?.[1]
}
