// Conditions over aggregates of related rows.
import type { CountTest, FloatTest } from './model.ts'
import { compareKeys, covarianceOf, type Fraction, fractionOf, sortKeyOfAggregate, type SortKey } from './sort-keys.ts'

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

/** Is it true of these texts of float8 values? A list without any makes no comparison true. */
export function isTrueOfFloats({ call, distinct, operator, value }: FloatTest, rows: readonly (readonly (string | null)[])[]): boolean {
  const given = rows.filter((row) => !row.includes(null)) as string[][]
  const kept = distinct ? [...new Map(given.map((row) => [row.join(), row])).values()] : given
  const key = keyOf(call, kept)
  if (key === null) return false
  const number = fractionOf(value)
  // A deviation is compared as its square.
  const isRoot = call === 'stddev_samp'
  const right = isRoot ? { up: number.up * number.up, down: number.down * number.down } : number
  const side = isRoot && number.up < 0n ? 1 : compareKeys(key, right, 'asc')
  switch (operator) {
    case '_eq':
      return side === 0
    case '_neq':
      return side !== 0
    case '_gt':
      return side > 0
    case '_gte':
      return side >= 0
    case '_lt':
      return side < 0
    default:
      return side <= 0
  }
}

function keyOf(call: string, rows: readonly (readonly string[])[]): SortKey {
  const values = rows.map((row) => row.map(fractionOf))
  if (call === 'covar_samp') return covarianceOf(values as [Fraction, Fraction][])
  const sorted = values.map(([first]) => first!).toSorted((a, b) => compareKeys(a, b, 'asc'))
  if (call === 'min' || call === 'max') return sorted.at(call === 'min' ? 0 : -1) ?? null
  return sortKeyOfAggregate(call, sorted)
}
