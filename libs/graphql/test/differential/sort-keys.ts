// Values to sort by, exactly: fractions of whole numbers, so that sums, means and variances lose nothing.
import type { OrderTerm } from './model.ts'

/** Null sorts by the direction's rule. */
export type SortKey = { readonly up: bigint; readonly down: bigint } | null

export type Fraction = Exclude<SortKey, null>

/** `-2.250`, `1e-07` … as a fraction. */
export function fractionOf(text: string): Fraction {
  const [, sign, whole, part = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text)!
  const scale = Number(exponent) - part.length
  const digits = BigInt(`${sign}${whole}${part}`)
  return scale >= 0 ? { up: digits * 10n ** BigInt(scale), down: 1n } : { up: digits, down: 10n ** BigInt(-scale) }
}

/** sum, avg and the variances; a standard deviation sorts like its variance. */
export function sortKeyOfAggregate(call: string, values: readonly Fraction[]): SortKey {
  const n = BigInt(values.length)
  if (n === 0n) return null
  const sum = values.reduce((a, b) => plus(a, b), { up: 0n, down: 1n })
  if (call === 'sum') return sum
  if (call === 'avg') return { up: sum.up, down: sum.down * n }
  const squares = values.map(({ up, down }) => ({ up: up * up, down: down * down })).reduce((a, b) => plus(a, b), { up: 0n, down: 1n })
  const isOfAll = call === 'var_pop' || call === 'stddev_pop'
  if (!isOfAll && n === 1n) return null
  // (n * squares - sum²) / (n * n) or / (n * (n - 1))
  const top = plus({ up: squares.up * n, down: squares.down }, { up: -(sum.up * sum.up), down: sum.down * sum.down })
  return { up: top.up, down: top.down * n * (isOfAll ? n : n - 1n) }
}

/** covar_samp */
export function covarianceOf(pairs: readonly (readonly [Fraction, Fraction])[]): SortKey {
  const n = BigInt(pairs.length)
  if (n < 2n) return null
  const sum = (values: readonly Fraction[]) => values.reduce((a, b) => plus(a, b))
  const products = sum(pairs.map(([x, y]) => ({ up: x.up * y.up, down: x.down * y.down })))
  const [xs, ys] = [sum(pairs.map(([x]) => x)), sum(pairs.map(([, y]) => y))]
  // (n * sum(xy) - sum(x) * sum(y)) / (n * (n - 1))
  const top = plus({ up: products.up * n, down: products.down }, { up: -(xs.up * ys.up), down: xs.down * ys.down })
  return { up: top.up, down: top.down * n * (n - 1n) }
}

function plus(a: Fraction, b: Fraction): Fraction {
  return { up: a.up * b.down + b.up * a.down, down: a.down * b.down }
}

/** In the order that the direction asks for; ascending puts nulls last, descending first. */
export function compareKeys(a: SortKey, b: SortKey, direction: OrderTerm['direction']): number {
  const isDescending = direction.startsWith('desc')
  const nullsFirst = direction.endsWith('nulls_first') || (isDescending && !direction.endsWith('nulls_last'))
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
  const [left, right] = [a.up * b.down, b.up * a.down]
  if (left === right) return 0
  return left < right !== isDescending ? -1 : 1
}
