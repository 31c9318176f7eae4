import type { IncomingMessage } from 'node:http'
import type { Credentials } from '#libs/identity'

/**
 * Whose socket it is: `connection_init` with `{headers: {authorization, apikey}}` as Hasura's clients send it, or with the
 * two beside each other; what is missing is taken from the upgrade request's headers and `?apikey=`.
 */
export function credentialsOf(payload: Readonly<Record<string, unknown>>, request: IncomingMessage): Credentials {
  const headers = payload['headers']
  const nested = typeof headers === 'object' && headers !== null ? valuesOf(headers) : new Map<string, string>()
  const flat = valuesOf(payload)
  const key = request.headers['apikey']
  return {
    authorization: nested.get('authorization') ?? flat.get('authorization') ?? request.headers.authorization,
    apikey: nested.get('apikey') ?? flat.get('apikey') ?? (typeof key === 'string' ? key : undefined) ?? apikeyInQuery(request.url),
  }
}

function valuesOf(record: object): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(record)) if (typeof value === 'string') found.set(name.toLowerCase(), value)
  return found
}

function apikeyInQuery(url = ''): string | undefined {
  const at = url.indexOf('?')
  return at < 0 ? undefined : (new URLSearchParams(url.slice(at + 1)).get('apikey') ?? undefined)
}
