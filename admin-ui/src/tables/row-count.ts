import { formatCount } from '../design/format.ts'

/** Short form of the planner's estimate for lists; nothing when it has never looked. */
export function formatEstimate(rows: number): string {
  if (rows <= 0) return ''
  if (rows < 1000) return String(rows)
  if (rows < 999_500) return `${(rows / 1000).toFixed(rows < 9950 ? 1 : 0)}k`
  return `${(rows / 1_000_000).toFixed(1)}M`
}

/** "1,204 rows", or "about 1,204 rows" when it is an estimate. */
export function formatRows(count: number, exact: boolean): string {
  return `${exact ? '' : 'about '}${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`
}
