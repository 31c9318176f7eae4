// Result row -> response: status and headers. The body is the database's text, sent as it is.
import type { FastifyReply } from 'fastify'
import type { TextRow } from '#libs/postgres'
import type { PlanColumn } from '#libs/query'
import { nextLink } from '../keyset/page.ts'
import { restError } from '../rest.errors.ts'
import { statusOverride, withOwnHeaders } from './response-settings.ts'
import type { Answer } from './rest-plan.ts'

/** What a plan's statement gave. */
export interface PlanResult {
  readonly body: string | null
  readonly rows: number
  readonly total: number | undefined
  readonly updated: number
  readonly location: string | null
  /** Keys of a page's last row and of the next one. */
  readonly cursor?: string | null
  /** `response.headers` and `response.status`, as a function left them. */
  readonly headers?: string | null
  readonly status?: string | null
}

/** What a plan without a statement gives. */
export const NOTHING: PlanResult = { body: '[]', rows: 0, total: undefined, updated: 0, location: null }

/** Reads the result: one row with the plan's columns, or the lines of an EXPLAIN. */
export function resultOf(columns: readonly PlanColumn[], rows: readonly TextRow[]): PlanResult {
  const row = rows[0] ?? []
  if (columns[0] === 'plan') return { ...NOTHING, body: rows.map(([line]) => `${line}\n`).join('') }
  if (columns.length === 2) return { body: row[0] ?? null, rows: Number(row[1]), total: undefined, updated: 0, location: null }
  const value = (column: PlanColumn): string | null | undefined => {
    const index = columns.indexOf(column)
    return index === -1 ? undefined : row[index]
  }
  const total = value('total')
  return {
    body: value('body') ?? null,
    rows: Number(value('rows')),
    total: total == null ? undefined : Number(total),
    updated: Number(value('updated') ?? 0),
    location: value('location') ?? null,
    cursor: value('cursor'),
  }
}

/** Refuses a result that cannot be one object (PGRST116), is no row to PUT (PGRST115) or is too much of a change (PGRST124). */
export function checkRows(answer: Answer, { rows }: PlanResult): void {
  if (answer.explain !== undefined) return
  // A row whose key is not the URL's is not written.
  if (answer.kind === 'put' && rows !== 1) throw restError('PGRST115')
  if (answer.single && rows !== 1) throw restError('PGRST116', {}, { details: `The result contains ${rows} rows` })
  if (answer.maxAffected !== undefined && rows > answer.maxAffected) {
    throw restError('PGRST124', {}, { details: `The query affects ${rows} rows` })
  }
}

/** A response without its connection. */
export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string | Buffer | undefined
}

/** Sends the response. `first` is the index of the first row, `address` the Content-Location of a read. */
export function sendAnswer(reply: FastifyReply, answer: Answer, result: PlanResult, first: number, address: string): FastifyReply {
  const { status, headers, body } = responseOf(answer, result, first, address)
  return reply.code(status).headers(headers).send(body)
}

/** Status, headers and body of a result. */
export function responseOf(answer: Answer, result: PlanResult, first: number, address: string): Response {
  let status = statusOf(answer, result, first)
  const hasBody = answer.hasBody && status !== 204
  let headers: Record<string, string | string[]> = {}
  if (answer.explain === undefined) {
    if (answer.kind !== 'put') headers['content-range'] = contentRange(answer, result, first)
    if (answer.preferenceApplied !== undefined) headers['preference-applied'] = answer.preferenceApplied
    if (answer.kind === 'read') headers['content-location'] = address
    const link = answer.pageTag === undefined ? undefined : nextLink(answer.pageTag, result.cursor ?? null, address)
    if (link !== undefined) headers.link = link
    if (answer.location !== undefined && result.location !== null) headers.location = locationOf(answer.location, result.location)
  }
  if (hasBody || answer.kind === 'read' || (answer.kind === 'call' && status !== 204)) {
    headers['content-type'] = answer.contentType
    if (answer.contentProfile !== undefined) headers['content-profile'] = answer.contentProfile
  }
  if (result.headers != null) headers = withOwnHeaders(headers, result.headers)
  if (result.status != null) status = statusOverride(result.status)
  return { status, headers, body: hasBody && status !== 204 && status !== 304 ? bodyOf(answer, result.body) : undefined }
}

function bodyOf(answer: Answer, body: string | null): string | Buffer {
  if (body === null) return answer.contentType.startsWith('application/json') ? 'null' : ''
  return answer.bytes && body.startsWith('\\x') ? Buffer.from(body.slice(2), 'hex') : body
}

function statusOf(answer: Answer, result: PlanResult, first: number): number {
  if (answer.explain !== undefined) return 200
  switch (answer.kind) {
    case 'insert':
      return answer.merges && result.rows - result.updated <= 0 ? 200 : 201
    case 'put':
      return answer.hasBody ? (result.rows - result.updated > 0 ? 201 : 200) : 204
    case 'update':
    case 'delete':
      return answer.hasBody ? 200 : 204
    case 'call':
      return answer.isVoid ? 204 : rangeStatus(result, first)
    case 'read':
      return rangeStatus(result, first)
  }
}

function rangeStatus({ total, rows }: PlanResult, first: number): number {
  if (total === undefined) return 200
  if (first > total) {
    const details = `An offset of ${first} was requested, but there are only ${total} rows.`
    throw restError('PGRST103', {}, { details, contentRange: `*/${total}` })
  }
  return rows < total ? 206 : 200
}

function contentRange(answer: Answer, result: PlanResult, first: number): string {
  const { rows } = result
  const total = result.total ?? (answer.countsChanges ? rows : '*')
  if (answer.kind === 'insert' || answer.kind === 'delete') return `*/${total}`
  return rows === 0 || total === 0 ? `*/${total}` : `${first}-${first + rows - 1}/${total}`
}

/** `/posts?id=eq.5` */
function locationOf(location: NonNullable<Answer['location']>, keyJson: string): string {
  const values = JSON.parse(keyJson) as unknown[]
  const filters = location.columns.map((column, i) => `${encodeURIComponent(column)}=eq.${encodeURIComponent(String(values[i]))}`)
  return `${location.path}?${filters.join('&')}`
}
