// request.method, .path, .headers and .cookies for functions and policies that read them. They cost a tenth of a small
// request, so they are set only when something in the database mentions them, or a pre-request function may.
import type { IncomingMessage } from 'node:http'
import type { SessionSettings } from './role-session.ts'

/** What the database may be told of a request. */
export type HttpRequestFacts = Pick<IncomingMessage, 'headers' | 'method' | 'url'>

/** Of what came by no request: valid JSON, and the same on every connection. */
const none: HttpRequestFacts = { method: '', url: '', headers: {} }

/** `request.*` of a request, but for its claims. */
export function requestSettings({ headers, method, url }: HttpRequestFacts = none): SessionSettings {
  const mark = url!.indexOf('?')
  return [
    ['request.method', method!],
    ['request.path', mark === -1 ? url! : url!.slice(0, mark)],
    ['request.headers', JSON.stringify(headersOf(headers))],
    ['request.cookies', JSON.stringify(cookiesOf(headers.cookie))],
  ]
}

/** All headers by their lower-case names; cookies have a setting of their own. */
function headersOf(headers: IncomingMessage['headers']): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'cookie') continue
    kept[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return kept
}

function cookiesOf(header: string | undefined): Record<string, string> {
  const cookies: Record<string, string> = {}
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals > 0) cookies[part.slice(0, equals).trim()] = part.slice(equals + 1).trim()
  }
  return cookies
}
