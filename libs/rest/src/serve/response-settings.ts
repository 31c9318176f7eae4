// `response.headers` and `response.status`: settings by which a function changes the response it is called for.
import { restError } from '../rest.errors.ts'

type Headers = Record<string, string | string[]>

/** Headers that say where an answer ends or belong to the connection: a function that set them could garble the answers behind its own. */
const framingHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** May a function set this header? Names and values that HTTP does not have, and those of the connection, it may not. */
export function isSafeHeader(name: string, value: unknown): value is string {
  return isHeader(name, value) && !framingHeaders.has(name.toLowerCase())
}

function isHeader(name: string, value: unknown): value is string {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)
}

/** The response's headers with those of `[{"<name>": "<value>"}, …]`: they take the place of ours. Else PGRST111. */
export function withOwnHeaders(headers: Headers, json: string): Headers {
  const own: Headers = {}
  for (const [name, value] of pairsOf(json)) {
    if (!isHeader(name, value)) throw restError('PGRST111')
    const key = name.toLowerCase()
    if (framingHeaders.has(key)) continue
    const before = own[key]
    own[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return { ...headers, ...own }
}

function pairsOf(json: string): (readonly [string, unknown])[] {
  let list: unknown
  try {
    list = JSON.parse(json)
  } catch {
    throw restError('PGRST111')
  }
  if (!Array.isArray(list)) throw restError('PGRST111')
  return list.map((item: unknown) => {
    const pairs = typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.entries(item) : []
    if (pairs.length !== 1) throw restError('PGRST111')
    return pairs[0]!
  })
}

/** The status a function wants. Informational ones end no response. Else PGRST112. */
export function statusOverride(text: string): number {
  const status = /^\d{3}$/.test(text.trim()) ? Number(text) : 0
  if (status < 200 || status > 599) throw restError('PGRST112')
  return status
}
