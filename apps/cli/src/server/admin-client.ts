// Calls of the admin API, and its errors in the words of the command line.
import type { AdminError } from '#libs/console'
import { CliError } from '../cli-error.ts'
import { sendRequest, type HttpAnswer, type HttpCall } from './http-request.ts'
import type { ServerLocation } from './server-location.ts'

/** The admin API of one server. */
export class AdminClient {
  constructor(private readonly server: ServerLocation) {}

  /** Calls a route below /admin/v1; JSON in and out. With `script` an error shows its place in it. */
  async call<T>(method: string, path: string, body?: unknown, options: { readonly script?: string } = {}): Promise<T> {
    const json = body === undefined ? undefined : JSON.stringify(body)
    return readAnswer(await this.send(method, path, json, 'application/json'), options.script) as T
  }

  /** Sends a body as it comes, of any length. */
  async stream<T>(path: string, body: AsyncIterable<string | Buffer>, contentType: string): Promise<T> {
    return readAnswer(await this.send('POST', path, body, contentType), undefined) as T
  }

  private async send(method: string, path: string, body: HttpCall['body'], contentType: string): Promise<HttpAnswer> {
    const url = `${this.server.url}/admin/v1${path}`
    try {
      const headers = { apikey: this.server.secretKey, ...(body === undefined ? {} : { 'content-type': contentType }) }
      return await sendRequest({ method, url, headers, ...(body === undefined ? {} : { body }) })
    } catch (cause) {
      if (cause instanceof CliError) throw cause
      const { code } = cause as { code?: string }
      throw new CliError(`the server at ${this.server.url} cannot be reached (${code ?? (cause as Error).message}).`, {
        exitCode: 3,
        hint: 'Is it running? `plinth start` starts it; --url names another one.',
        cause,
      })
    }
  }
}

function readAnswer(answer: HttpAnswer, script: string | undefined): unknown {
  if (answer.status >= 400) throw asCliError(answer, script)
  return answer.contentType.startsWith('application/json') ? JSON.parse(answer.text) : answer.text
}

function asCliError(answer: HttpAnswer, script: string | undefined): CliError {
  const error = readError(answer)
  if (error === undefined) {
    return new CliError(`the server answered ${answer.status} to a call of the admin API.`, { hint: 'Is this the URL of a Plinth server?' })
  }
  const sqlstate = error.sqlstate === undefined ? '' : ` (SQLSTATE ${error.sqlstate})`
  const lines = [...placeOf(error, script), ...(error.detail === undefined ? [] : [`Detail: ${error.detail}`])]
  return new CliError(`${error.message}${sqlstate}`, { lines, ...(error.hint === undefined ? {} : { hint: `Hint: ${error.hint}` }) })
}

function placeOf(error: AdminError['error'], script: string | undefined): string[] {
  if (error.position === undefined) return []
  return script === undefined ? [`  line ${error.line ?? '?'}`] : placeInScript(script, error.position)
}

function readError(answer: HttpAnswer): AdminError['error'] | undefined {
  try {
    const { error } = JSON.parse(answer.text) as Partial<AdminError>
    return typeof error?.message === 'string' ? error : undefined
  } catch {
    return undefined
  }
}

const charactersAround = 60

/** The line of a position with a caret below it; long lines are cut around the place. Positions count code points from 1. */
export function placeInScript(script: string, position: number): string[] {
  const before = Array.from(script)
    .slice(0, position - 1)
    .join('')
  const lineNumber = before.split('\n').length
  const line = (script.split('\n')[lineNumber - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' ')
  const column = before.length - (before.lastIndexOf('\n') + 1)
  const from = Math.max(0, column - charactersAround)
  const shown = `${from > 0 ? '…' : ''}${line.slice(from, column + charactersAround)}${column + charactersAround < line.length ? '…' : ''}`
  const prefix = `  line ${lineNumber}: `
  return [`${prefix}${shown}`, `${' '.repeat(prefix.length + (column - from) + (from > 0 ? 1 : 0))}^`]
}
