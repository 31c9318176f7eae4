// Requests to the server on node:http: the global fetch gives up after five minutes, and a migration may take an hour.
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** An answer with its body read. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** What is sent. `timeoutMs` bounds the whole exchange; without one it may take as long as it takes. */
export interface HttpCall {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

/** Sends a request and reads the whole answer. Rejects with the system's error when the server cannot be reached. */
export function sendRequest(call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(call.url)
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const body = call.body === undefined ? undefined : Buffer.from(call.body)
    const headers = { ...call.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) }
    const signal = call.timeoutMs === undefined ? undefined : AbortSignal.timeout(call.timeoutMs)
    const request = send(url, { method: call.method, headers, ...(signal === undefined ? {} : { signal }) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}
