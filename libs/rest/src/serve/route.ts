// Where a request goes, read off its URL and headers.
import type { IncomingHttpHeaders } from 'node:http'
import { decode } from '../parse/shape.ts'
import { restError } from '../rest.errors.ts'

/** The dialect's address. */
export const PREFIX = '/rest/v1'
const CALL = 'rpc/'

/** Where a request goes. */
export interface Route {
  /** After the prefix, without the query. */
  readonly path: string
  readonly query: string
  readonly isCall: boolean
  readonly profile: string | undefined
}

/** The route of a URL. */
export function routeOf(url: string, method: string, headers: IncomingHttpHeaders): Route {
  const mark = url.indexOf('?')
  const path = url.slice(PREFIX.length + 1, mark === -1 ? undefined : mark)
  const isReading = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  return routeTo(
    path,
    mark === -1 ? '' : url.slice(mark + 1),
    headers[isReading ? 'accept-profile' : 'content-profile'] as string | undefined,
  )
}

/** The route of a path behind the prefix. */
export function routeTo(path: string, query: string, profile: string | undefined): Route {
  return { path, query, isCall: path.startsWith(CALL), profile }
}

/** The table or function that a path names. Anything deeper is PGRST125. */
export function nameOf({ path, isCall }: Pick<Route, 'path' | 'isCall'>): string {
  const name = decode(isCall ? path.slice(CALL.length) : path)
  if (name === '' || name.includes('/')) throw restError('PGRST125')
  return name
}
