// Where a query starts: a table or view of one schema, or a function.
import type { HeaderMap, Http } from '../http.ts'
import type { FunctionName, FunctionOf, PartOf, RelationName, RelationOf } from './database-types.ts'
import { compactSelect, type CountMode, Query, type QueryRequest } from './query.ts'
import type { SelectedRow } from './select-types.ts'

/** A table or view: choose what to do with it. */
export class Table<Schema, Name extends string, R = RelationOf<Schema, Name>> {
  constructor(
    private readonly http: Http,
    private readonly name: string,
    private readonly schema: string | undefined,
  ) {}

  /**
   * Reads rows: `GET /rest/v1/<table>?select=…`. Embeds related rows with `relation(columns)`.
   * `head` asks for the count alone.
   */
  select<const Select extends string = '*'>(
    columns?: Select,
    options: { readonly head?: boolean; readonly count?: CountMode } = {},
  ): Query<Schema, Name, PartOf<R, 'Row'>, SelectedRow<Schema, Name, Select>[]> {
    const request = this.request(options.head === true ? 'HEAD' : 'GET', options.count)
    request.parameters.set('select', compactSelect(columns ?? '*'))
    return new Query(this.http, request)
  }

  /** Inserts one row or many: `POST /rest/v1/<table>`. Add `.select()` to get the rows back. `defaultToNull: false` fills missing keys with the column's default. */
  insert(
    rows: PartOf<R, 'Insert'> | readonly PartOf<R, 'Insert'>[],
    options: { readonly count?: CountMode; readonly defaultToNull?: boolean } = {},
  ): Query<Schema, Name, PartOf<R, 'Row'>, null> {
    const request = this.request('POST', options.count)
    request.prefer.push('return=minimal')
    return this.writing(request, rows, options.defaultToNull)
  }

  /**
   * Inserts, or updates the row that is already there: `POST /rest/v1/<table>?on_conflict=…` with `Prefer: resolution=merge-duplicates`.
   * `onConflict` names the columns of a unique key (default: the primary key); `ignoreDuplicates` leaves existing rows alone.
   */
  upsert(
    rows: PartOf<R, 'Insert'> | readonly PartOf<R, 'Insert'>[],
    options: {
      readonly onConflict?: string
      readonly ignoreDuplicates?: boolean
      readonly count?: CountMode
      readonly defaultToNull?: boolean
    } = {},
  ): Query<Schema, Name, PartOf<R, 'Row'>, null> {
    const request = this.request('POST', options.count)
    request.prefer.push('return=minimal', `resolution=${options.ignoreDuplicates === true ? 'ignore' : 'merge'}-duplicates`)
    if (options.onConflict !== undefined) request.parameters.set('on_conflict', compactSelect(options.onConflict))
    return this.writing(request, rows, options.defaultToNull)
  }

  /** Changes the rows that match the filters which follow: `PATCH /rest/v1/<table>?…`. */
  update(values: PartOf<R, 'Update'>, options: { readonly count?: CountMode } = {}): Query<Schema, Name, PartOf<R, 'Row'>, null> {
    const request = this.request('PATCH', options.count)
    request.prefer.push('return=minimal')
    request.body = values
    return new Query(this.http, request)
  }

  /** Deletes the rows that match the filters which follow: `DELETE /rest/v1/<table>?…`. */
  delete(options: { readonly count?: CountMode } = {}): Query<Schema, Name, PartOf<R, 'Row'>, null> {
    const request = this.request('DELETE', options.count)
    request.prefer.push('return=minimal')
    return new Query(this.http, request)
  }

  private request(method: QueryRequest['method'], count: CountMode | undefined): QueryRequest {
    return {
      method,
      path: encodeURIComponent(this.name),
      parameters: new URLSearchParams(),
      headers: profileHeaders(method, this.schema),
      prefer: count === undefined ? [] : [`count=${count}`],
    }
  }

  private writing(request: QueryRequest, rows: unknown, defaultToNull: boolean | undefined): Query<Schema, Name, PartOf<R, 'Row'>, null> {
    request.body = rows
    if (defaultToNull === false) request.prefer.push('missing=default')
    if (Array.isArray(rows)) {
      // Rows may have different keys: the server is told the union, else it takes those of the first.
      const names = new Set(rows.flatMap((row: object) => Object.keys(row)))
      if (names.size > 0) request.parameters.set('columns', [...names].map((name) => `"${name}"`).join(','))
    }
    return new Query(this.http, request)
  }
}

/** One schema of the database: `client.schema('reporting').from('sales')`. */
export class SchemaClient<Schema> {
  constructor(
    private readonly http: Http,
    private readonly name: string | undefined,
  ) {}

  /** A table or view of this schema. */
  from<Name extends RelationName<Schema>>(relation: Name): Table<Schema, Name> {
    return new Table(this.http, relation, this.name)
  }

  /** Calls a function: `POST /rest/v1/rpc/<function>`, or `GET` with `get: true` (functions that change nothing). */
  rpc<F extends FunctionName<Schema>>(
    name: F,
    args?: FunctionOf<Schema, F>['Args'],
    options: { readonly get?: boolean; readonly head?: boolean; readonly count?: CountMode } = {},
  ): Query<Schema, never, any, FunctionOf<Schema, F>['Returns']> {
    const method = options.head === true ? 'HEAD' : options.get === true ? 'GET' : 'POST'
    const request: QueryRequest = {
      method,
      path: `rpc/${encodeURIComponent(name)}`,
      parameters: new URLSearchParams(),
      headers: profileHeaders(method, this.name),
      prefer: options.count === undefined ? [] : [`count=${options.count}`],
    }
    if (method === 'POST') request.body = args ?? {}
    else {
      for (const [key, value] of Object.entries(args ?? {})) {
        if (value !== undefined) request.parameters.append(key, Array.isArray(value) ? `{${value.join(',')}}` : String(value))
      }
    }
    return new Query(this.http, request)
  }
}

function profileHeaders(method: string, schema: string | undefined): HeaderMap {
  if (schema === undefined) return {}
  return method === 'GET' || method === 'HEAD' ? { 'Accept-Profile': schema } : { 'Content-Profile': schema }
}
