// What the database is told of a socket's request (`request.headers` and its kin): the upgrade, and the headers that the
// client sent with `connection_init`, as a browser's WebSocket cannot set any.
import type { IncomingMessage } from 'node:http'
import type { HttpRequestFacts } from '#libs/catalog'

/** Of the connection, not of its caller: they would make every socket's request another one. */
const ofConnection = /^(sec-websocket-.*|connection|upgrade)$/

/** Headers of the upgrade go before those of the payload: proxies set some of them. */
export function socketRequestFacts(
  { method, url, headers }: IncomingMessage,
  payload: Readonly<Record<string, unknown>>,
): HttpRequestFacts {
  const sent = payload['headers']
  const given = Object.entries(typeof sent === 'object' && sent !== null ? sent : {})
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'cookie')
  const ofUpgrade = Object.entries(headers).filter(([name]) => !ofConnection.test(name))
  return { method, url, headers: Object.fromEntries([...given, ...ofUpgrade]) }
}
