/**
 * Postgres has limits of its own for what a value may be: too many dimensions, too deep a search expression. It calls
 * them faults of a program (54000, XX000), and the dialect's table of statuses makes 500 of those.
 */
export function isLimitOfPostgres(body: string): boolean {
  return /"code":"54\d{3}"/.test(body) || (body.includes('"code":"XX000"') && body.includes('tsquery stack too small'))
}
