// What every REST suite starts from: the server of its project, and the two ways to talk to it.
import { PostgrestClient } from '@supabase/postgrest-js'
import { inject } from 'vitest'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The server of this run's project. */
export const fixture = inject('restFixture')
export const restUrl = `${fixture.url}/rest/v1`

/** An unmodified client as the anonymous role. */
export function anonymous(options: { readonly schema?: string; readonly headers?: Record<string, string> } = {}) {
  // eslint-disable-next-line typescript/no-explicit-any -- no generated types: the suites read any row
  return new PostgrestClient<any, { PostgrestVersion: '14' }, any>(restUrl, {
    schema: options.schema,
    headers: { apikey: fixture.anonKey, Authorization: `Bearer ${fixture.anonKey}`, ...options.headers },
  })
}

/** An answer with nothing interpreted. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly bytes: Uint8Array
  // eslint-disable-next-line typescript/no-explicit-any -- a test reads any answer
  readonly json: any
}

/** A request of a test. `token: null` sends no Authorization. */
export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly token?: string | null
}

/** Sends `GET /path` and the like below /rest/v1; an object as body goes out as JSON. */
export async function send(line: string, request: RawRequest = {}): Promise<RawAnswer> {
  const [method = '', path = ''] = line.split(/ (.*)/)
  const token = request.token === undefined ? fixture.anonKey : request.token
  const isText = typeof request.body === 'string' || request.body instanceof Uint8Array || request.body === undefined
  const response = await fetch(`${restUrl}${path}`, {
    method,
    headers: {
      apikey: fixture.anonKey,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(isText ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    body: isText ? (request.body as string | Uint8Array<ArrayBuffer> | undefined) : JSON.stringify(request.body),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  return { status: response.status, headers: response.headers, text, bytes, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Runs a script as the owner, with `plinth sql` of the command line. */
export async function runSql(script: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/plinth.mjs', 'sql', '-c', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...fixture.environment },
  })
}
