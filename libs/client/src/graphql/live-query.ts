// A GraphQL subscription over server-sent events (one request a subscription), by `fetch`, so that it carries the same
// headers as every other request and needs no socket. It comes back by itself after a broken connection.
import { type Http, parseJson, PlinthError } from '../http.ts'
import type { GraphQLFailure } from './types.ts'

/** The variables, or what gives them at every (re)connection, such as the cursor of a `_stream`. */
export type LiveVariables = Readonly<Record<string, unknown>> | (() => Readonly<Record<string, unknown>>)

/** Who is told. */
export interface LiveObserver<T> {
  /** An answer: the first at once, then whenever it is another one. */
  next(data: T): void
  /** The server refuses the document, or ends it: nothing more will come. Without it errors are dropped. */
  error?(errors: readonly GraphQLFailure[]): void
  /** The server has nothing more to say. */
  complete?(): void
}

const waitFirstMs = 250
const waitMaxMs = 10_000

/** One running subscription. */
export class LiveQuery<T> {
  private current = new AbortController()
  private failures = 0
  private ended = false
  private wake: () => void = () => undefined

  constructor(
    private readonly http: Http,
    private readonly query: string,
    private readonly variables: LiveVariables | undefined,
    private readonly observer: LiveObserver<T>,
    /** Called when the server has ended it. */
    private readonly onEnd: () => void,
  ) {
    void this.run()
  }

  /** Reads again as who the client is now: after a sign-in or sign-out. */
  restart(): void {
    this.current.abort()
    this.wake()
  }

  /** Ends it; the observer hears nothing more. */
  stop(): void {
    this.ended = true
    this.restart()
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      this.current = new AbortController()
      const { signal } = this.current
      try {
        await this.follow(signal)
      } catch (error) {
        if (!signal.aborted && error instanceof PlinthError && !error.retryable) return this.end([failureOf(error)])
        if (!signal.aborted) await this.pause()
      }
    }
  }

  /** One connection; returns or throws when it has ended. */
  private async follow(signal: AbortSignal): Promise<void> {
    const variables = typeof this.variables === 'function' ? this.variables() : this.variables
    const { response, error } = await this.http.send({
      method: 'POST',
      path: '/graphql/v1',
      headers: { Accept: 'text/event-stream' },
      body: { query: this.query, ...(variables === undefined ? {} : { variables }) },
      signal,
    })
    if (error !== null) throw error
    if (response.body === null || !(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
      return this.take(parseJson(await response.text(), response.status), true)
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) throw new PlinthError('The connection was closed', { code: 'network_error' })
      text += value
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) if (!this.ended && !signal.aborted) this.hear(event)
      if (this.ended || signal.aborted) return
    }
  }

  private hear(event: string): void {
    const name = /^event: ?(.*)$/m.exec(event)?.[1]
    const data = [...event.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]).join('\n')
    if (name === 'next') this.take(parseJson(data, 200), false)
    else if (name === 'complete') this.end(null)
  }

  private take(answer: unknown, last: boolean): void {
    const { data, errors } = answer as { data?: T | null; errors?: readonly GraphQLFailure[] }
    if (errors !== undefined && errors.length > 0) return this.end(errors)
    this.failures = 0
    if (data !== null && data !== undefined) this.observer.next(data)
    if (last) this.end(null)
  }

  private end(errors: readonly GraphQLFailure[] | null): void {
    if (this.ended) return
    this.stop()
    this.onEnd()
    if (errors !== null) this.observer.error?.(errors)
    else this.observer.complete?.()
  }

  private pause(): Promise<void> {
    const ms = Math.min(waitMaxMs, waitFirstMs * 2 ** this.failures++) * (0.5 + Math.random() / 2)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function failureOf({ message, code }: PlinthError): GraphQLFailure {
  return { message, extensions: { code } }
}
