// Request headers that shape the answer: Prefer, Accept and Range.
import { restError } from '../rest.errors.ts'

/** What the Prefer header asks for; `applied` fills in what a request kind can honour. */
export interface Preferences {
  readonly return?: 'minimal' | 'headers-only' | 'representation'
  readonly count?: 'exact' | 'planned' | 'estimated'
  readonly resolution?: 'merge-duplicates' | 'ignore-duplicates'
  readonly missing?: 'default' | 'null'
  readonly handling?: 'strict' | 'lenient'
}

const known: Readonly<Record<keyof Preferences, readonly string[]>> = {
  return: ['minimal', 'headers-only', 'representation'],
  count: ['exact', 'planned', 'estimated'],
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  handling: ['strict', 'lenient'],
}

/** Parses Prefer. The first of two contradicting preferences counts. With handling=strict an unknown one is refused (PGRST122). */
export function parsePreferences(header: string | undefined): Preferences {
  if (header === undefined) return {}
  const found: Record<string, string> = {}
  const invalid: string[] = []
  for (const item of header.split(',')) {
    const text = item.trim()
    if (text === '') continue
    const equals = text.indexOf('=')
    const [name, value] = [text.slice(0, equals), text.slice(equals + 1)]
    if (equals > 0 && Object.hasOwn(known, name) && known[name as keyof Preferences].includes(value)) found[name] ??= value
    else invalid.push(text)
  }
  if (found.handling === 'strict' && invalid.length > 0)
    throw restError('PGRST122', {}, { details: `Invalid preferences: ${invalid.join(', ')}` })
  return found
}

/** The preferences of `names` that were given, as Preference-Applied echoes them. */
export function appliedPreferences(preferences: Preferences, names: readonly (keyof Preferences)[]): string | undefined {
  const items = names.flatMap((name) => {
    if (preferences[name] === undefined) return []
    // Planned and estimated counts are answered with the exact one: it is an estimate that is never wrong.
    return [`${name}=${name === 'count' ? 'exact' : preferences[name]}`]
  })
  return items.length === 0 ? undefined : items.join(', ')
}

/** What the body looks like. */
export type Representation = 'array' | 'object'

const mediaTypes: Readonly<Record<string, Representation>> = {
  '*/*': 'array',
  'application/*': 'array',
  'application/json': 'array',
  'application/vnd.pgrst.array+json': 'array',
  'application/vnd.pgrst.object+json': 'object',
  'application/vnd.pgrst.object': 'object',
}

/** Chooses the representation by Accept (with q values). None that we have is PGRST107. */
export function parseAccept(header: string | undefined): Representation {
  if (header === undefined || header === '' || header === 'application/json') return 'array'
  const ranges = header
    .split(',')
    .map((item) => {
      const [type = '', ...parameters] = item.split(';').map((part) => part.trim())
      const quality = parameters.find((parameter) => parameter.startsWith('q='))
      const rest = parameters.filter((parameter) => !parameter.startsWith('q=') && !parameter.startsWith('charset='))
      return { type: [type.toLowerCase(), ...rest].join(';'), q: quality === undefined ? 1 : Number(quality.slice(2)) }
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
  for (const { type } of ranges) if (Object.hasOwn(mediaTypes, type)) return mediaTypes[type]!
  throw restError('PGRST107', { types: header })
}

/** First and, unless open, last row of a Range header. */
export interface RowRange {
  readonly first: number
  readonly last: number | undefined
}

/** Parses `0-9`, `10-`, optionally `items=0-9`. Ranges of other units (bytes) are not ours and are left aside. */
export function parseRange(header: string | undefined): RowRange | undefined {
  if (header === undefined) return undefined
  const match = /^(?:([a-z]+)=)?(.*)$/i.exec(header.trim())!
  if (match[1] !== undefined && match[1].toLowerCase() !== 'items') return undefined
  const bounds = /^(\d{1,15})-(\d{1,15})?$/.exec(match[2]!)
  if (bounds === null) throw restError('PGRST103', {}, { details: 'The Range header must have the form first-last, for example 0-9.' })
  const [first, last] = [Number(bounds[1]), bounds[2] === undefined ? undefined : Number(bounds[2])]
  if (last !== undefined && last < first) {
    throw restError(
      'PGRST103',
      {},
      { details: 'The lower boundary must be lower than or equal to the upper boundary in the Range header.' },
    )
  }
  return { first, last }
}
