// One request to /rest/v1 being built. Every method changes the request and returns it; awaiting sends it.
import { type HeaderMap, type Http, parseJson, PlinthError, settle } from '../http.ts'
import type { SelectedRow } from './select-types.ts'
import { arrayLiteral, listItem, plain } from './literals.ts'

/** How to count rows: `exact` runs a count, `planned` asks the planner, `estimated` counts up to a limit and then plans. */
export type CountMode = 'exact' | 'planned' | 'estimated'

/** Answer of a query: `data` or `error`. `count` is there when it was asked for. */
export type QueryResult<T> =
  | { readonly data: T; readonly error: null; readonly count: number | null; readonly status: number; readonly statusText: string }
  | { readonly data: null; readonly error: PlinthError; readonly count: null; readonly status: number; readonly statusText: string }

/** What a query is made from. */
export interface QueryRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  readonly parameters: URLSearchParams
  readonly headers: HeaderMap
  readonly prefer: string[]
  body?: unknown
}

/** Operators that take one value, for {@link Query.not} and {@link Query.filter}. */
export type FilterOperator =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'like'
  | 'ilike'
  | 'match'
  | 'imatch'
  | 'is'
  | 'isdistinct'
  | 'in'
  | 'cs'
  | 'cd'
  | 'ov'
  | 'sl'
  | 'sr'
  | 'nxr'
  | 'nxl'
  | 'adj'
  | 'fts'
  | 'plfts'
  | 'phfts'
  | 'wfts'

type ColumnName<Row> = (keyof Row & string) | (string & {})
type ColumnValue<Row, C> = C extends keyof Row ? NonNullable<Row[C]> : unknown
type Single<T> = T extends readonly (infer One)[] ? One : T

/**
 * A query over a table, view or function. `await` it to send it.
 * @typeParam Row the relation's row: column names and values of filters
 * @typeParam Data what the answer's `data` holds
 */
export class Query<Schema, Name, Row, Data> implements PromiseLike<QueryResult<Data>> {
  private signal: AbortSignal | undefined
  private throws = false
  private expected: 'many' | 'one' | 'maybe' = 'many'

  constructor(
    private readonly http: Http,
    private readonly request: QueryRequest,
  ) {}

  /** Columns to give back from a write: `?select=…` with `Prefer: return=representation`. Default all columns. */
  select<const Select extends string = '*'>(columns?: Select): Query<Schema, Name, Row, SelectedRow<Schema, Name, Select>[]> {
    this.request.parameters.set('select', compactSelect(columns ?? '*'))
    this.preferring('return', 'representation')
    return this as unknown as Query<Schema, Name, Row, SelectedRow<Schema, Name, Select>[]>
  }

  /** `?column=eq.value` */
  eq<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C>): this {
    return this.where(column, `eq.${plain(value)}`)
  }
  /** `?column=neq.value` */
  neq<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C>): this {
    return this.where(column, `neq.${plain(value)}`)
  }
  /** `?column=gt.value` */
  gt<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C>): this {
    return this.where(column, `gt.${plain(value)}`)
  }
  /** `?column=gte.value` */
  gte<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C>): this {
    return this.where(column, `gte.${plain(value)}`)
  }
  /** `?column=lt.value` */
  lt<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C>): this {
    return this.where(column, `lt.${plain(value)}`)
  }
  /** `?column=lte.value` */
  lte<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C>): this {
    return this.where(column, `lte.${plain(value)}`)
  }
  /** `?column=like.pattern`: `%` (or `*`) any text, `_` one character. */
  like(column: ColumnName<Row>, pattern: string): this {
    return this.where(column, `like.${pattern}`)
  }
  /** `?column=like(all).{…}` */
  likeAllOf(column: ColumnName<Row>, patterns: readonly string[]): this {
    return this.where(column, `like(all).${arrayLiteral(patterns)}`)
  }
  /** `?column=like(any).{…}` */
  likeAnyOf(column: ColumnName<Row>, patterns: readonly string[]): this {
    return this.where(column, `like(any).${arrayLiteral(patterns)}`)
  }
  /** `?column=ilike.pattern`: `like` without regard to case. */
  ilike(column: ColumnName<Row>, pattern: string): this {
    return this.where(column, `ilike.${pattern}`)
  }
  /** `?column=ilike(all).{…}` */
  ilikeAllOf(column: ColumnName<Row>, patterns: readonly string[]): this {
    return this.where(column, `ilike(all).${arrayLiteral(patterns)}`)
  }
  /** `?column=ilike(any).{…}` */
  ilikeAnyOf(column: ColumnName<Row>, patterns: readonly string[]): this {
    return this.where(column, `ilike(any).${arrayLiteral(patterns)}`)
  }
  /** `?column=match.pattern`: a POSIX regular expression. */
  regexMatch(column: ColumnName<Row>, pattern: string): this {
    return this.where(column, `match.${pattern}`)
  }
  /** `?column=imatch.pattern` */
  regexIMatch(column: ColumnName<Row>, pattern: string): this {
    return this.where(column, `imatch.${pattern}`)
  }
  /** `?column=is.null|true|false` */
  is(column: ColumnName<Row>, value: null | boolean | 'not_null' | 'unknown'): this {
    return this.where(column, `is.${value}`)
  }
  /** `?column=isdistinct.value` */
  isDistinct<C extends ColumnName<Row>>(column: C, value: ColumnValue<Row, C> | null): this {
    return this.where(column, `isdistinct.${plain(value)}`)
  }
  /** `?column=in.(a,b)` */
  in<C extends ColumnName<Row>>(column: C, values: readonly ColumnValue<Row, C>[]): this {
    return this.where(column, `in.(${[...new Set(values)].map(listItem).join(',')})`)
  }
  /** `?column=not.in.(a,b)` */
  notIn<C extends ColumnName<Row>>(column: C, values: readonly ColumnValue<Row, C>[]): this {
    return this.where(column, `not.in.(${[...new Set(values)].map(listItem).join(',')})`)
  }
  /** `?column=cs.…`: an array, range or JSON value contains `value`. */
  contains(column: ColumnName<Row>, value: string | readonly unknown[] | Readonly<Record<string, unknown>>): this {
    return this.where(column, `cs.${plain(value)}`)
  }
  /** `?column=cd.…`: it is contained in `value`. */
  containedBy(column: ColumnName<Row>, value: string | readonly unknown[] | Readonly<Record<string, unknown>>): this {
    return this.where(column, `cd.${plain(value)}`)
  }
  /** `?column=ov.…`: arrays or ranges have an element in common. */
  overlaps(column: ColumnName<Row>, value: string | readonly unknown[]): this {
    return this.where(column, `ov.${plain(value)}`)
  }
  /** `?column=sr.range` */
  rangeGt(column: ColumnName<Row>, range: string): this {
    return this.where(column, `sr.${range}`)
  }
  /** `?column=nxl.range` */
  rangeGte(column: ColumnName<Row>, range: string): this {
    return this.where(column, `nxl.${range}`)
  }
  /** `?column=sl.range` */
  rangeLt(column: ColumnName<Row>, range: string): this {
    return this.where(column, `sl.${range}`)
  }
  /** `?column=nxr.range` */
  rangeLte(column: ColumnName<Row>, range: string): this {
    return this.where(column, `nxr.${range}`)
  }
  /** `?column=adj.range` */
  rangeAdjacent(column: ColumnName<Row>, range: string): this {
    return this.where(column, `adj.${range}`)
  }
  /** `?column=fts(config).query`; `type` chooses how the query is read. */
  textSearch(
    column: ColumnName<Row>,
    query: string,
    options: { readonly config?: string; readonly type?: 'plain' | 'phrase' | 'websearch' } = {},
  ): this {
    const operator = { none: 'fts', plain: 'plfts', phrase: 'phfts', websearch: 'wfts' }[options.type ?? 'none']
    return this.where(column, `${operator}${options.config === undefined ? '' : `(${options.config})`}.${query}`)
  }
  /** `eq` for every key of `values`; null becomes `is.null`. */
  match(values: { readonly [C in keyof Row]?: Row[C] } & Readonly<Record<string, unknown>>): this {
    for (const [column, value] of Object.entries(values)) this.where(column, value === null ? 'is.null' : `eq.${plain(value)}`)
    return this
  }
  /** `?column=not.operator.value` */
  not(column: ColumnName<Row>, operator: FilterOperator, value: unknown): this {
    return this.where(column, `not.${operator}.${operand(operator, value)}`)
  }
  /** `?column=operator.value`, for operators without a method of their own; values go out as given. */
  filter(column: ColumnName<Row>, operator: FilterOperator | `not.${FilterOperator}` | (string & {}), value: unknown): this {
    return this.where(column, `${operator}.${operand(operator, value)}`)
  }
  /** `?or=(a.eq.1,b.is.null)`: the text is PostgREST's own; `referencedTable` applies it to an embed. */
  or(filters: string, options: { readonly referencedTable?: string } = {}): this {
    return this.where(options.referencedTable === undefined ? 'or' : `${options.referencedTable}.or`, `(${filters})`)
  }

  /** `?order=column.asc.nullslast`; further calls add further columns. `referencedTable` sorts an embed. */
  order(
    column: ColumnName<Row>,
    options: { readonly ascending?: boolean; readonly nullsFirst?: boolean; readonly referencedTable?: string } = {},
  ): this {
    const key = options.referencedTable === undefined ? 'order' : `${options.referencedTable}.order`
    const nulls = options.nullsFirst === undefined ? '' : options.nullsFirst ? '.nullsfirst' : '.nullslast'
    const term = `${column}.${options.ascending === false ? 'desc' : 'asc'}${nulls}`
    const before = this.request.parameters.get(key)
    this.request.parameters.set(key, before === null ? term : `${before},${term}`)
    return this
  }
  /** `?limit=count` */
  limit(count: number, options: { readonly referencedTable?: string } = {}): this {
    this.request.parameters.set(options.referencedTable === undefined ? 'limit' : `${options.referencedTable}.limit`, String(count))
    return this
  }
  /** `?offset=from&limit=to-from+1`; both ends count from 0 and are included. */
  range(from: number, to: number, options: { readonly referencedTable?: string } = {}): this {
    const prefix = options.referencedTable === undefined ? '' : `${options.referencedTable}.`
    this.request.parameters.set(`${prefix}offset`, String(from))
    return this.limit(to - from + 1, options)
  }

  /** Exactly one row as an object, else an error (`Accept: application/vnd.pgrst.object+json`). */
  single(): Query<Schema, Name, Row, Single<Data>> {
    this.expected = 'one'
    this.request.headers['Accept'] = 'application/vnd.pgrst.object+json'
    return this as unknown as Query<Schema, Name, Row, Single<Data>>
  }
  /** One row as an object, or null when there is none; more than one is an error. */
  maybeSingle(): Query<Schema, Name, Row, Single<Data> | null> {
    this.expected = 'maybe'
    if (this.request.method !== 'GET') this.request.headers['Accept'] = 'application/vnd.pgrst.object+json'
    return this as unknown as Query<Schema, Name, Row, Single<Data> | null>
  }
  /** Gives up when `signal` fires; the error's code is `aborted`. */
  abortSignal(signal: AbortSignal): this {
    this.signal = signal
    return this
  }
  /** Rejects with the error instead of resolving to `{ error }`. */
  throwOnError(): this {
    this.throws = true
    return this
  }
  /** Names the type of `data` by hand. */
  overrideTypes<T>(): Query<Schema, Name, Row, T> {
    return this as unknown as Query<Schema, Name, Row, T>
  }

  then<A = QueryResult<Data>, B = never>(
    onFulfilled?: ((value: QueryResult<Data>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.execute().then(onFulfilled, onRejected)
  }

  private where(column: string, text: string): this {
    this.request.parameters.append(column, text)
    return this
  }

  private preferring(name: string, value: string): void {
    const { prefer } = this.request
    const at = prefer.findIndex((item) => item.startsWith(`${name}=`))
    prefer.splice(at < 0 ? prefer.length : at, at < 0 ? 0 : 1, `${name}=${value}`)
  }

  private async execute(): Promise<QueryResult<Data>> {
    const { method, path, parameters, body, prefer } = this.request
    const query = parameters.size === 0 ? '' : `?${parameters.toString()}`
    const headers = { Accept: 'application/json', ...this.request.headers, ...(prefer.length === 0 ? {} : { Prefer: prefer.join(',') }) }
    let status = 0
    let statusText = ''
    let count: number | null = null
    const { data, error } = await settle(async () => {
      const answer = await this.http.send({ method, path: `/rest/v1/${path}${query}`, headers, body, signal: this.signal })
      ;({ status, statusText } = answer.response)
      if (answer.error !== null) {
        // PostgREST refuses a single object of 0 rows with the same status as one of 2: `details` tells them apart.
        if (this.expected === 'maybe' && answer.error.details?.includes('0 rows') === true) return null
        throw answer.error
      }
      const total = /\/(\d+)$/.exec(answer.response.headers.get('content-range') ?? '')?.[1]
      if (total !== undefined && prefer.some((item) => item.startsWith('count='))) count = Number(total)
      const text = method === 'HEAD' ? '' : await answer.response.text()
      return this.pick(text === '' ? null : parseJson(text, status))
    })
    if (error === null)
      return { data: data as Data, error, count, status: status === 406 ? 200 : status, statusText: status === 406 ? 'OK' : statusText }
    if (this.throws) throw error
    return { data: null, error, count: null, status: error.status || status, statusText }
  }

  private pick(body: unknown): unknown {
    if (this.expected !== 'maybe' || !Array.isArray(body)) return body
    if (body.length <= 1) return body[0] ?? null
    throw new PlinthError('Cannot coerce the result to a single JSON object', {
      code: 'PGRST116',
      status: 406,
      details: `The result contains ${body.length} rows`,
    })
  }
}

/** Drops blanks outside of quoted names, so that a select may be written over several lines. */
export function compactSelect(columns: string): string {
  let quoted = false
  let compact = ''
  for (const character of columns) {
    if (character === '"') quoted = !quoted
    if (quoted || !/\s/.test(character)) compact += character
  }
  return compact
}

function operand(operator: string, value: unknown): string {
  if (/(^|\.)in$/.test(operator) && Array.isArray(value)) return `(${value.map(listItem).join(',')})`
  return plain(value)
}
