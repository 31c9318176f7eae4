// Requests to the server on node:http: the global fetch gives up after five minutes, and a migration may take an hour.
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'

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
  /** Chunks are sent as they come, so that a body can be of any length. */
  readonly body?: string | AsyncIterable<string | Buffer>
  readonly timeoutMs?: number
}

/** Sends a request and reads the whole answer. Rejects with the system's error when the server cannot be reached. */
export function sendRequest(call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(call.url)
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const isStream = typeof call.body === 'object'
    const body = typeof call.body === 'string' ? Buffer.from(call.body) : undefined
    const headers = { ...call.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) }
    const signal = call.timeoutMs === undefined ? undefined : AbortSignal.timeout(call.timeoutMs)
    let isAnswered = false
    const request = send(url, { method: call.method, headers, ...(signal === undefined ? {} : { signal }) }, (response) => {
      isAnswered = true
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        // A refused script is answered before all of it was sent: the rest is not needed any more.
        if (isStream) request.destroy()
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    request.on('error', (error) => {
      if (!isAnswered) reject(error)
    })
    if (typeof call.body === 'object') pipeline(call.body, request).catch((error: unknown) => (isAnswered ? undefined : reject(error)))
    else request.end(body)
  })
}
