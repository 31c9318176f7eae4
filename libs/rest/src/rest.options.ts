import type { txEnds } from './rest.config.ts'

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
  /** How many plans are kept. Default 5,000. */
  readonly plansMax?: number
  /** What the plans may take. Default 32 MB. */
  readonly planBytesMax?: number
  /** `schema.function`, run before the statement of every request. */
  readonly preRequest?: string
  /** How transactions end. Default `commit`. */
  readonly txEnd?: (typeof txEnds)[number]
  /** Aggregates in select=. Default false. */
  readonly aggregates?: boolean
  /** application/vnd.pgrst.plan. Default false. */
  readonly plans?: boolean
  /** Address of the server as clients reach it, without a slash at the end. Default http://127.0.0.1:8000. */
  readonly publicUrl: string
  /** Of the server, for OpenAPI documents. Default 0.0.0. */
  readonly version: string
}
