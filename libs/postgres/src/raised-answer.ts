// What a function of the owner's says by `raise sqlstate 'PGRST' using message = '{"code","message",…}', detail =
// '{"status":…,"headers":{…}}'`: it decides what is answered (contract supabase.md).
import type { DatabaseError } from './database-error.ts'

/** SQLSTATE of such an answer. */
export const RAISED_ANSWER = 'PGRST'

/** The answer. */
export interface RaisedAnswer {
  readonly code: string
  readonly message: string
  readonly details: unknown
  readonly hint: string | null
  /** HTTP status, 200 to 599. */
  readonly status: number
  /** As given: names and values were not looked at. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly statusText: string | undefined
}

/** Reads it; a string says which part cannot be read. */
export function raisedAnswer({ message, detail }: DatabaseError): RaisedAnswer | 'message' | 'no detail' | 'detail' {
  const said = objectOf(message)
  if (typeof said?.['code'] !== 'string' || typeof said['message'] !== 'string') return 'message'
  if (detail === undefined) return 'no detail'
  const { status, headers, status_text: statusText } = objectOf(detail) ?? {}
  if (!isStatus(status) || typeof headers !== 'object' || headers === null) return 'detail'
  return {
    code: said['code'],
    message: said['message'],
    details: said['details'] ?? null,
    hint: typeof said['hint'] === 'string' ? said['hint'] : null,
    status,
    headers: headers as Record<string, unknown>,
    statusText: typeof statusText === 'string' && /^[\x20-\x7e]*$/.test(statusText) ? statusText : undefined,
  }
}

function objectOf(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isStatus(status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599
}
