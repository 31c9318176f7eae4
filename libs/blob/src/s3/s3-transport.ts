// Time limits and retries for the minio client, which has no time limit of its own and retries without asking whether
// the request may be repeated.
import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

const SILENCE_MAX_MS = 30_000
const ATTEMPTS = 3
const FIRST_PAUSE_MS = 150
const networkFaults = new Set(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH'])

/** A transport that gives up on a server which stays silent. Long downloads switch the limit off for their body. */
export function timedTransport(secure: boolean): Pick<typeof http, 'request'> {
  const plain = secure ? https : http
  const request = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) => {
    const sent = plain.request(options, onResponse)
    sent.setTimeout(SILENCE_MAX_MS, () => {
      sent.destroy(Object.assign(new Error(`the S3 server was silent for ${SILENCE_MAX_MS / 1000} s`), { code: 'ETIMEDOUT' }))
    })
    return sent
  }
  return { request: request as typeof http.request }
}

/** Runs a request that may be repeated without harm; repeats it after faults of the network and of the server. */
export async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error
      await sleep(FIRST_PAUSE_MS * 4 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }
}

/** The client reports a 5xx or 429 answer as a plain error with this text, everything else with a code of S3. */
function isTransient(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return networkFaults.has(code ?? '') || /Retryable HTTP status|socket hang up/.test(message ?? '')
}
