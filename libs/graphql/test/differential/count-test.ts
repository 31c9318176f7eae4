// Conditions over numbers of rows.
import type { CountTest } from './model.ts'

/** Is it true of so many? */
export function isTrueOf(count: number, { operator, value }: CountTest): boolean {
  const texts = typeof value === 'string' ? [value] : value
  const numbers = texts.map(Number)
  const first = numbers[0]!
  switch (operator) {
    case '_eq':
      return count === first
    case '_neq':
      return count !== first
    case '_gt':
      return count > first
    case '_gte':
      return count >= first
    case '_lt':
      return count < first
    case '_lte':
      return count <= first
    case '_in':
      return numbers.includes(count)
    default:
      return !numbers.includes(count)
  }
}
