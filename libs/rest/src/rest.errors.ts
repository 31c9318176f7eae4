// Errors of the REST dialect: PostgREST's codes, statuses and words, so that its clients understand them.
import { defineErrors, type AppError } from '#libs/kernel'

/** The registry; {@link restError} adds what the body's `details` and `hint` say. */
export const restErrors = defineErrors('rest', {
  PGRST100: { status: 400, message: '"failed to parse {what} ({text})" (line {line}, column {column})' },
  PGRST101: { status: 405, message: 'Cannot use the {method} method on RPC' },
  PGRST102: { status: 400, message: '{reason}' },
  PGRST103: { status: 416, message: 'Requested range not satisfiable' },
  PGRST105: { status: 405, message: "Filters must include all and only primary key columns with 'eq' operators" },
  PGRST106: { status: 406, message: 'Invalid schema: {schema}' },
  PGRST107: { status: 406, message: 'None of these media types are available: {types}' },
  PGRST108: { status: 400, message: "'{name}' is not an embedded resource in this request" },
  PGRST109: { status: 400, message: "A 'limit' was applied without an explicit 'order'" },
  PGRST114: { status: 400, message: 'limit/offset querystring parameters are not allowed for PUT' },
  PGRST115: { status: 400, message: 'Payload values do not match URL in primary key column(s)' },
  PGRST111: { status: 500, message: 'response.headers guc must be a JSON array composed of objects with a single key and a string value' },
  PGRST112: { status: 500, message: 'response.status guc must be a valid status code' },
  PGRST116: { status: 406, message: 'Cannot coerce the result to a single JSON object' },
  PGRST117: { status: 405, message: 'Unsupported HTTP method: {method}' },
  PGRST118: { status: 400, message: "A related order on '{name}' is not possible" },
  PGRST120: { status: 400, message: "Bad operator on the '{name}' embedded resource" },
  PGRST122: { status: 400, message: 'Invalid preferences given with handling=strict' },
  PGRST123: { status: 400, message: 'Use of aggregate functions is not allowed' },
  PGRST124: { status: 400, message: 'Query result exceeds max-affected preference constraint' },
  PGRST125: { status: 404, message: 'Invalid path specified in request URL' },
  PGRST126: { status: 404, message: 'Root endpoint metadata is disabled' },
  PGRST127: { status: 400, message: 'Feature not implemented' },
  PGRST128: { status: 400, message: 'Function must return SETOF or TABLE when max-affected preference is used with handling=strict' },
  PGRST200: { status: 400, message: "Could not find a relationship between '{source}' and '{target}' in the schema cache" },
  PGRST201: { status: 300, message: "Could not embed because more than one relationship was found for '{source}' and '{target}'" },
  PGRST202: { status: 404, message: 'Could not find the function {signature} in the schema cache' },
  PGRST203: { status: 300, message: 'Could not choose the best candidate function between: {candidates}' },
  PGRST204: { status: 400, message: "Could not find the '{column}' column of '{table}' in the schema cache" },
  PGRST205: { status: 404, message: "Could not find the table '{table}' in the schema cache" },
  duplicate_embed: { status: 400, message: 'table name "{name}" specified more than once' },
  undefined_operator: { status: 404, message: 'operator does not exist: {operation}' },
  undefined_column: { status: 400, message: 'column {column} does not exist' },
  undefined_type: { status: 400, message: 'type "{type}" does not exist' },
  unmatched_rows: {
    status: 400,
    message: "Nested rows could not be matched: of {given} rows for '{table}', {rows} were inserted, and nothing was kept",
  },
  invalid_batch: { status: 400, message: '{reason}' },
  too_complex: { status: 400, message: 'The request has more than {limit} {what}' },
  unpageable: { status: 400, message: 'This cannot be paged by key: {reason}' },
  unexplainable: { status: 400, message: 'Prefer: explain-denied cannot explain this: {reason}' },
  invalid_impersonation: { status: 400, message: 'X-Plinth-Impersonate is not the claims of a user: {reason}' },
  invalid_cursor: { status: 400, message: 'The cursor is not one of this request' },
  body_too_large: { status: 413, message: 'The request body is larger than {limit} bytes' },
  url_too_long: { status: 414, message: 'The request URL is longer than {limit} bytes' },
})

/** Codes of our own registry that stand for a SQLSTATE in the body. */
export const bodyCodes: Readonly<Record<string, string>> = {
  duplicate_embed: '42712',
  undefined_column: '42703',
  undefined_operator: '42883',
  undefined_type: '42704',
}

/** An error with the body's `details` (text, or what PGRST201 lists) and `hint`. */
export function restError(
  code: keyof typeof restErrors,
  params: Readonly<Record<string, string | number>> = {},
  more: { readonly details?: unknown; readonly hint?: string; readonly contentRange?: string } = {},
): AppError {
  return restErrors[code]({ params, hint: more.hint, extra: { details: more.details ?? null, contentRange: more.contentRange } })
}
