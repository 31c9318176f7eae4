// A value as text to show, and as text to edit, and back. What is edited is never rounded or reformatted.
import type { ColumnInfo } from '#admin-api'
import { kindOf } from './column-kind.ts'

/** One line for a grid cell. Fractions of seconds are left to the editor. */
export function showCell(value: unknown, column: ColumnInfo): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  if (kindOf(column) === 'timestamp')
    return text
      .replace('T', ' ')
      .replace(/\.\d+/, '')
      .replace(/([+-]\d\d):00$/, '$1')
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** The text that an editor starts with. */
export function editText(value: unknown, column: ColumnInfo): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return JSON.stringify(value, null, kindOf(column) === 'json' ? 2 : undefined)
  return String(value)
}

/** The value that an editor's text stands for, or why it stands for none. */
export function readText(text: string, column: ColumnInfo): { value: unknown } | { fault: string } {
  const kind = kindOf(column)
  const trimmed = text.trim()
  switch (kind) {
    case 'integer':
      return /^[+-]?\d+$/.test(trimmed) ? { value: Number(trimmed) } : { fault: 'A whole number is needed' }
    case 'number':
      return /^([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|NaN|[+-]?Infinity)$/i.test(trimmed)
        ? { value: trimmed }
        : { fault: 'A number is needed' }
    case 'boolean':
      return /^(true|false)$/i.test(trimmed) ? { value: trimmed.toLowerCase() === 'true' } : { fault: 'true or false is needed' }
    case 'json':
    case 'array': {
      // Postgres' own array text is as good as JSON: the server reads both.
      if (kind === 'array' && /^\{.*\}$/s.test(trimmed)) return { value: trimmed }
      try {
        const value: unknown = JSON.parse(trimmed)
        return kind === 'array' && !Array.isArray(value) ? { fault: 'A list in square brackets is needed' } : { value }
      } catch (error) {
        return { fault: `Not valid JSON: ${(error as Error).message}` }
      }
    }
    case 'uuid':
      return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(trimmed) ? { value: trimmed } : { fault: 'A UUID is needed' }
    case 'timestamp':
    case 'date':
    case 'time':
      return trimmed === '' ? { fault: `A ${kind} is needed` } : { value: trimmed }
    default:
      return { value: text }
  }
}

export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
