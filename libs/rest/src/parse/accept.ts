// The Accept header: media types in the order in which the caller wants them. Which of them can be had depends on the
// relation or function, so the choice is made in serve/media.ts.
import type { ExplainOptions } from '#libs/query'

/** A media type that was asked for. `text` is how PostgREST prints it, in PGRST107 and in Content-Type. */
export type AcceptedType =
  | { readonly kind: 'any' | 'json' | 'csv' | 'geojson' | 'openapi' | 'octets' | 'text' | 'xml' | 'other'; readonly text: string }
  | { readonly kind: 'array'; readonly text: string }
  | { readonly kind: 'object'; readonly stripNulls: boolean; readonly text: string }
  | { readonly kind: 'plan'; readonly of: AcceptedType; readonly explain: ExplainOptions; readonly text: string }

const plain: Readonly<Record<string, Exclude<AcceptedType['kind'], 'object' | 'plan'>>> = {
  '*/*': 'any',
  'application/json': 'json',
  'text/csv': 'csv',
  'application/geo+json': 'geojson',
  'application/openapi+json': 'openapi',
  'application/octet-stream': 'octets',
  'text/plain': 'text',
  'text/xml': 'xml',
}

const json: AcceptedType = { kind: 'json', text: 'application/json' }
const anything: readonly AcceptedType[] = [{ kind: 'any', text: '*/*' }]

/** Lists of types that nobody writes by hand. */
const TYPES_MAX = 32

/** The media types of an Accept header, most wanted first: by q, then by how exactly they are named, then as written. */
export function parseAccept(header: string | undefined): readonly AcceptedType[] {
  if (header === undefined || header === '') return anything
  const ranked = splitOutsideQuotes(header, ',')
    .slice(0, TYPES_MAX)
    .map((item) => {
      const parts = splitOutsideQuotes(item, ';').map((part) => part.trim())
      const quality = parts.find((part) => /^q=/i.test(part))
      const kept = parts.filter((part) => part !== quality && part !== '')
      const q = quality === undefined ? 1 : Number(quality.slice(2))
      const exactness = kept.length - 1 - (item.split('*').length - 1)
      return { type: mediaType(kept), q: Number.isNaN(q) ? 1 : q, exactness }
    })
  const wanted = ranked.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q || b.exactness - a.exactness)
  return wanted.map(({ type }) => type)
}

function mediaType(parts: readonly string[]): AcceptedType {
  const name = (parts[0] ?? '').toLowerCase()
  if (Object.hasOwn(plain, name)) return { kind: plain[name]!, text: name }
  const parameters = new Map(
    parts.slice(1).map((part) => {
      const [key = '', value = ''] = part.split(/=(.*)/s)
      return [key.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/s, '$1')] as const
    }),
  )
  const stripNulls = parameters.get('nulls') === 'stripped'
  switch (name) {
    case 'application/vnd.pgrst.object':
    case 'application/vnd.pgrst.object+json':
      return { kind: 'object', stripNulls, text: `application/vnd.pgrst.object+json${stripNulls ? ';nulls=stripped' : ''}` }
    case 'application/vnd.pgrst.array':
    case 'application/vnd.pgrst.array+json':
      return stripNulls ? { kind: 'array', text: 'application/vnd.pgrst.array+json;nulls=stripped' } : json
    case 'application/vnd.pgrst.plan':
    case 'application/vnd.pgrst.plan+text':
      return planType('text', parameters)
    case 'application/vnd.pgrst.plan+json':
      return planType('json', parameters)
    default:
      return { kind: 'other', text: parts.join(';') }
  }
}

const planOptions = ['analyze', 'verbose', 'settings', 'buffers', 'wal'] as const

function planType(format: 'json' | 'text', parameters: ReadonlyMap<string, string>): AcceptedType {
  const inner = parameters.get('for')
  const of = inner === undefined ? json : mediaType(splitOutsideQuotes(inner, ';').map((part) => part.trim()))
  const asked = parameters.get('options')?.split('|') ?? []
  const chosen = planOptions.filter((option) => asked.includes(option))
  const explain: ExplainOptions = { format, ...Object.fromEntries(chosen.map((option) => [option, true])) }
  const options = chosen.length === 0 ? '' : `; options=${chosen.join('|')}`
  return { kind: 'plan', of, explain, text: `application/vnd.pgrst.plan+${format}; for="${of.text}"${options}` }
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator)
  const parts: string[] = []
  let quoted = false
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted
    else if (text[i] === separator && !quoted) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, text.slice(start)]
}
