/** Token of {@link RestOptions}. */
export const REST_OPTIONS = Symbol('RestOptions')

/** How the REST dialect behaves. */
export interface RestOptions {
  /** Most rows of a list, embedded ones included. */
  readonly rowsMax: number
  /** Schemas that functions may use without naming them, after the exposed one. */
  readonly extraSearchPath: readonly string[]
  /** Longest request body. */
  readonly bodyBytesMax: number
  /** Longest request URL. */
  readonly urlBytesMax: number
  /** Address of the server as clients reach it, without a slash at the end. Default http://127.0.0.1:8000. */
  readonly publicUrl: string
  /** Of the server, for OpenAPI documents. Default 0.0.0. */
  readonly version: string
  /** How many plans are kept. Default 2,000. */
  readonly plansMax?: number
}
