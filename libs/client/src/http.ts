// The one place that calls fetch. Knows the headers every request carries and turns any failure into a PlinthError.

/** `fetch`, or something that behaves like it. */
export type Fetch = typeof fetch

/** Header names and values. */
export type HeaderMap = Record<string, string>

/**
 * What went wrong, from any part of the API. `code` is the server's own code (a SQLSTATE, `PGRST…`, an auth or storage code), or one of the SDK's:
 * `network_error`, `aborted`, `unexpected_response`, `session_missing`, `timeout`.
 */
export class PlinthError extends Error {
  override readonly name: string = 'PlinthError'
  readonly code: string
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  readonly details: string | null
  readonly hint: string | null

  constructor(
    message: string,
    input: { code?: string; status?: number; details?: string | null; hint?: string | null; cause?: unknown } = {},
  ) {
    super(message, input.cause === undefined ? undefined : { cause: input.cause })
    this.code = input.code ?? ''
    this.status = input.status ?? 0
    this.details = input.details ?? null
    this.hint = input.hint ?? null
  }

  /** True when the same request may succeed later: no answer came, or the server was overloaded or restarting. */
  get retryable(): boolean {
    return (this.status === 0 && this.code === 'network_error') || this.status >= 500 || this.status === 429
  }

  toJSON(): { code: string; details: string | null; hint: string | null; message: string; status: number } {
    return { code: this.code, details: this.details, hint: this.hint, message: this.message, status: this.status }
  }
}

/** What a call gives back: data or an error, never both, never a throw. */
export type Result<T> = { readonly data: T; readonly error: null } | { readonly data: null; readonly error: PlinthError }

/** Answers of a request that reached the server. */
export interface HttpAnswer {
  readonly response: Response
  readonly error: PlinthError | null
}

/** One request, relative to the project's URL. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers?: HeaderMap | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** Bearer token to use; the session's (or the key) when left out. */
  readonly token?: string | undefined
}

/** Sends requests to one server with the key and the caller's token. */
export class Http {
  readonly url: string
  constructor(
    url: string,
    readonly key: string,
    readonly headers: HeaderMap,
    private readonly fetcher: Fetch | undefined,
    private readonly token: () => Promise<string>,
  ) {
    this.url = url.replace(/\/+$/, '')
  }

  /** Sends and returns the raw answer; `error` is set for a status of 400 or more. Throws PlinthError when no answer came. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const headers: HeaderMap = { 'X-Client-Info': 'plinth-js/0.1.0', ...this.headers, apikey: this.key, ...request.headers }
    if (request.token !== undefined) headers['Authorization'] = `Bearer ${request.token}`
    headers['Authorization'] ??= `Bearer ${await this.token()}`
    const init: RequestInit & { duplex?: 'half' } = { method: request.method, headers }
    if (request.signal !== undefined) init.signal = request.signal
    if (request.body !== undefined) {
      if (isRawBody(request.body)) {
        init.body = request.body as NonNullable<RequestInit['body']>
        if (isStream(request.body)) init.duplex = 'half'
      } else {
        init.body = JSON.stringify(request.body)
        headers['Content-Type'] ??= 'application/json'
      }
    }
    let response: Response
    try {
      // Called as a plain function: browsers refuse a `fetch` whose `this` is another object.
      const fetcher = this.fetcher ?? globalThis.fetch
      response = await fetcher(this.url + request.path, init)
    } catch (cause) {
      const aborted = request.signal?.aborted === true
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new PlinthError(aborted ? 'The request was aborted' : `The server could not be reached: ${reason}`, {
        code: aborted ? 'aborted' : 'network_error',
        cause,
      })
    }
    return { response, error: response.status < 400 ? null : await readError(response) }
  }

  /** Sends and parses the JSON answer; never throws. `T` is what the endpoint answers with. */
  async json<T>(request: HttpRequest): Promise<Result<T>> {
    return settle(async () => {
      const { response, error } = await this.send(request)
      if (error !== null) throw error
      const text = await response.text()
      return (text === '' ? null : parseJson(text, response.status)) as T
    })
  }
}

/** Runs `work` and turns what it throws into `{ error }`. */
export async function settle<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { data: await work(), error: null }
  } catch (error) {
    return {
      data: null,
      error: error instanceof PlinthError ? error : new PlinthError(String(error), { code: 'unexpected', cause: error }),
    }
  }
}

/** Parses an answer; anything else than JSON (a proxy's HTML page) becomes an `unexpected_response`. */
export function parseJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PlinthError('The answer is not JSON; is the URL that of a Plinth server?', { code: 'unexpected_response', status, cause })
  }
}

/** Percent-encodes each segment of a path and keeps the slashes. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

// The dialects name the same facts differently: PostgREST {code,details,hint,message}, GoTrue {code,message} or
// {error_code,msg}, storage {statusCode,error,message,code}, GraphQL {errors:[{message,extensions:{code}}]}, and where no
// dialect answers {error:{code,message,hint}}.
async function readError(response: Response): Promise<PlinthError> {
  const text = await response.text().catch(() => '')
  let body: Record<string, unknown> = {}
  try {
    body = bare(JSON.parse(text))
  } catch {
    // Not JSON: the status line is all there is to say.
  }
  const word = (...keys: string[]): string | null => {
    for (const key of keys) if (typeof body[key] === 'string' && body[key] !== '') return body[key]
    return null
  }
  const inner = Number(body['statusCode'])
  return new PlinthError(word('message', 'msg', 'error_description', 'error') ?? (response.statusText || `HTTP ${response.status}`), {
    code: word('error_code', 'code', 'error') ?? '',
    // Storage answers 400 for nearly everything and puts the true status into the body.
    status: inner >= 400 && inner < 600 ? inner : response.status,
    details: typeof body['details'] === 'object' && body['details'] !== null ? JSON.stringify(body['details']) : word('details'),
    hint: word('hint'),
  })
}

function bare(body: unknown): Record<string, unknown> {
  if (!isObject(body)) return {}
  const [first] = Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : []
  if (isObject(first)) return { ...(isObject(first['extensions']) ? first['extensions'] : {}), message: first['message'] }
  return isObject(body['error']) ? body['error'] : body
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isStream(body: unknown): boolean {
  return typeof ReadableStream !== 'undefined' && body instanceof ReadableStream
}

function isRawBody(body: unknown): boolean {
  return (
    typeof body === 'string' ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof URLSearchParams ||
    (typeof Blob !== 'undefined' && body instanceof Blob) ||
    (typeof FormData !== 'undefined' && body instanceof FormData) ||
    isStream(body)
  )
}
