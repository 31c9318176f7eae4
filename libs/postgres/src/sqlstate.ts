// The ONE table from SQLSTATE to HTTP status; every dialect maps through it. Rules of PostgREST 14 ("Errors",
// "HTTP Status Codes").
import type { DatabaseError } from './database-error.ts'

const exact: Readonly<Record<string, number>> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  '53400': 500,
  '57P01': 503,
  P0001: 400,
}

const byClass: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
}

/**
 * The HTTP status of a refused statement. `authenticated`: the request carried a valid token, so a missing right is
 * 403 instead of 401. `PT404` raised by a function gives 404; a raise with SQLSTATE `PGRST` is the REST dialect's own.
 */
export function httpStatusOf(error: Pick<DatabaseError, 'sqlstate' | 'message'>, authenticated: boolean): number {
  const { sqlstate, message } = error
  if (sqlstate === '42501') return authenticated ? 403 : 401
  if (sqlstate === '22023' && /^role ".*" does not exist$/s.test(message)) return 401
  if (sqlstate === '21000') return message.endsWith('requires a WHERE clause') ? 400 : 500
  if (sqlstate === '42883' && message.startsWith('function xmlagg(')) return 406
  if (sqlstate.startsWith('PT')) {
    const status = Number(sqlstate.slice(2))
    // Informational ones end no response: the caller would wait for another.
    return status >= 200 && status <= 599 ? status : 500
  }
  return exact[sqlstate] ?? byClass[sqlstate.slice(0, 2)] ?? 400
}
