// Result row -> response: status and headers. The body is the database's text, sent as it is.
import type { FastifyReply } from 'fastify'
import type { PlanColumn } from '#libs/query'
import { restError } from '../rest.errors.ts'
import type { Answer } from './rest-plan.ts'

/** The one row of a plan's result. */
export interface PlanResult {
  readonly body: string | null
  readonly rows: number
  readonly total: number | undefined
  readonly updated: number
  readonly location: string | null
}

/** What a plan without a statement gives. */
export const NOTHING: PlanResult = { body: '[]', rows: 0, total: undefined, updated: 0, location: null }

/** Reads the result row. */
export function resultOf(columns: readonly PlanColumn[], row: readonly (string | null)[]): PlanResult {
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
  }
}

/** Refuses a result that cannot be one object (PGRST116). Inside a transaction this undoes the write. */
export function checkSingle(answer: Answer, result: PlanResult): void {
  if (answer.single && result.rows !== 1) throw restError('PGRST116', {}, { details: `The result contains ${result.rows} rows` })
}

/** Sends the response. */
export function sendAnswer(reply: FastifyReply, answer: Answer, result: PlanResult): FastifyReply {
  const status = statusOf(answer, result)
  const headers: Record<string, string> = {}
  if (answer.kind !== 'call' || answer.ranged) headers['content-range'] = contentRange(answer, result)
  if (answer.preferenceApplied !== undefined) headers['preference-applied'] = answer.preferenceApplied
  if (answer.contentProfile !== undefined) headers['content-profile'] = answer.contentProfile
  if (answer.location !== undefined && result.location !== null) headers.location = locationOf(answer.location, result.location)
  if (status === 204 || !answer.hasBody) {
    if (answer.kind === 'read' || (answer.kind === 'call' && status !== 204)) headers['content-type'] = answer.contentType
    return reply.code(status).headers(headers).send()
  }
  headers['content-type'] = answer.contentType
  return reply
    .code(status)
    .headers(headers)
    .send(result.body ?? 'null')
}

function statusOf(answer: Answer, result: PlanResult): number {
  switch (answer.kind) {
    case 'insert':
      return answer.merges && result.rows - result.updated <= 0 ? 200 : 201
    case 'update':
    case 'delete':
      return answer.hasBody ? 200 : 204
    case 'call':
      return answer.isVoid ? 204 : answer.ranged ? rangeStatus(answer, result) : 200
    case 'read':
      return rangeStatus(answer, result)
  }
}

function rangeStatus(answer: Answer, result: PlanResult): number {
  const { total, rows } = result
  if (total === undefined) return 200
  if (answer.offset > total) {
    const details = `An offset of ${answer.offset} was requested, but there are only ${total} rows.`
    throw restError('PGRST103', {}, { details, contentRange: `*/${total}` })
  }
  return rows < total ? 206 : 200
}

function contentRange(answer: Answer, result: PlanResult): string {
  const { rows } = result
  const total = result.total ?? (answer.countsChanges ? rows : '*')
  if (answer.kind === 'insert' || answer.kind === 'delete') return `*/${total}`
  return rows === 0 ? `*/${total}` : `${answer.offset}-${answer.offset + rows - 1}/${total}`
}

/** `/posts?id=eq.5` */
function locationOf(location: NonNullable<Answer['location']>, keyJson: string): string {
  const values = JSON.parse(keyJson) as unknown[]
  const filters = location.columns.map((column, i) => `${encodeURIComponent(column)}=eq.${encodeURIComponent(String(values[i]))}`)
  return `${location.path}?${filters.join('&')}`
}
