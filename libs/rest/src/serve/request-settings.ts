// request.method, .path, .headers and .cookies for functions and policies that read them. They cost a tenth of a small
// request, so they are set only when something in the database mentions them, or a pre-request function may.
import type { FastifyRequest } from 'fastify'
import type { Settings } from './rest-plan.ts'

/** `request.*` of a request, but for its claims. */
export function requestSettings(request: FastifyRequest): Settings {
  const { headers, method, url } = request.raw
  const mark = url!.indexOf('?')
  return [
    ['request.method', method!],
    ['request.path', mark === -1 ? url! : url!.slice(0, mark)],
    ['request.headers', JSON.stringify(headersOf(headers))],
    ['request.cookies', JSON.stringify(cookiesOf(headers.cookie))],
  ]
}

/** All headers by their lower-case names; cookies have a setting of their own. */
function headersOf(headers: FastifyRequest['raw']['headers']): Record<string, string> {
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
