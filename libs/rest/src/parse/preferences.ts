// Request headers that shape the answer: Prefer and Range. Accept is read in accept.ts.
import { restError } from '../rest.errors.ts'

/** What the Prefer header asks for; `appliedPreferences` tells which of it a kind of request honours. */
export interface Preferences {
  readonly return?: 'minimal' | 'headers-only' | 'representation'
  readonly count?: 'exact' | 'planned' | 'estimated'
  readonly resolution?: 'merge-duplicates' | 'ignore-duplicates'
  readonly missing?: 'default' | 'null'
  readonly handling?: 'strict' | 'lenient'
  /** Only where PLINTH_API_TX_END allows a request to choose. */
  readonly tx?: 'commit' | 'rollback'
  /** A name of pg_timezone_names. */
  readonly timezone?: string
  /** Counts only with handling=strict. */
  readonly maxAffected?: number
  /** Ours: a page with a link to the next one. */
  readonly cursor?: boolean
}

/** What decides which preferences are valid. */
export interface PreferenceRules {
  readonly txOverride: boolean
  readonly isTimezone: (name: string) => boolean
}

const words: Readonly<Record<string, readonly string[]>> = {
  return: ['minimal', 'headers-only', 'representation'],
  count: ['exact', 'planned', 'estimated'],
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  handling: ['strict', 'lenient'],
  tx: ['commit', 'rollback'],
}

/** Parses Prefer. The first of two contradicting preferences counts. With handling=strict an unknown one is refused (PGRST122). */
export function parsePreferences(header: string | undefined, rules: PreferenceRules): Preferences {
  if (header === undefined) return {}
  const found: Record<string, string> = {}
  const invalid: string[] = []
  let cursor: true | undefined
  for (const item of header.split(',')) {
    const text = item.trim()
    if (text === '') continue
    const equals = text.indexOf('=')
    const [name, value] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)]
    if (text === 'cursor') cursor = true
    else if (isValid(name, value, rules)) found[name] ??= value
    else invalid.push(text)
  }
  if (found.handling === 'strict' && invalid.length > 0)
    throw restError('PGRST122', {}, { details: `Invalid preferences: ${invalid.join(', ')}` })
  const { 'max-affected': maxAffected, tx, ...rest } = found
  return {
    ...rest,
    cursor,
    // Valid, but without effect, where the server alone decides how a transaction ends.
    tx: rules.txOverride ? (tx as Preferences['tx']) : undefined,
    maxAffected: maxAffected !== undefined && /^\d{1,15}$/.test(maxAffected) ? Number(maxAffected) : undefined,
  }
}

function isValid(name: string, value: string, rules: PreferenceRules): boolean {
  if (name === 'max-affected') return true
  if (name === 'timezone') return rules.isTimezone(value)
  return Object.hasOwn(words, name) && words[name]!.includes(value)
}

/** The preferences that a kind of request honours beside count, tx, handling and timezone. */
export type Honoured = Partial<Record<'resolution' | 'missing' | 'return' | 'maxAffected' | 'cursor', boolean>>

/** What Preference-Applied says, in PostgREST's order. */
export function appliedPreferences(preferences: Preferences, honoured: Honoured): string | undefined {
  const { resolution, missing, count, tx, handling, timezone, maxAffected } = preferences
  const items: string[] = []
  if (honoured.resolution === true && resolution !== undefined) items.push(`resolution=${resolution}`)
  if (honoured.missing === true && missing !== undefined) items.push(`missing=${missing}`)
  if (honoured.return === true && preferences.return !== undefined) items.push(`return=${preferences.return}`)
  if (count !== undefined) items.push(`count=${count}`)
  if (tx !== undefined) items.push(`tx=${tx}`)
  if (handling !== undefined) items.push(`handling=${handling}`)
  if (timezone !== undefined) items.push(`timezone=${timezone}`)
  if (honoured.maxAffected === true && handling === 'strict' && maxAffected !== undefined) items.push(`max-affected=${maxAffected}`)
  if (honoured.cursor === true && preferences.cursor === true) items.push('cursor')
  return items.length === 0 ? undefined : items.join(', ')
}

/** First and, unless open, last row of a Range header. */
export interface RowRange {
  readonly first: number
  readonly last: number | undefined
}

/** Parses `0-9`, `10-`, optionally `items=0-9`. Of other units, and what is no range, a list knows nothing: they are left aside. */
export function parseRange(header: string | undefined): RowRange | undefined {
  if (header === undefined) return undefined
  const bounds = /^(?:items=)?(\d{1,15})-(\d{1,15})?$/i.exec(header.trim())
  if (bounds === null) return undefined
  const [first, last] = [Number(bounds[1]), bounds[2] === undefined ? undefined : Number(bounds[2])]
  if (last !== undefined && last < first) {
    const details = 'The lower boundary must be lower than or equal to the upper boundary in the Range header.'
    throw restError('PGRST103', {}, { details })
  }
  return { first, last }
}
