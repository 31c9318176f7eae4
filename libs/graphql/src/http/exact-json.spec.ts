import { expect, it } from 'vitest'
import { jsonText } from '../plan/inputs.ts'
import { NumberText } from '../plan/number-text.ts'
import { exactNumbers, parseJson } from './exact-json.ts'

it.each([
  '9223372036854775807',
  '-9223372036854775808',
  '12345678901234567890.123456789',
  '1e400',
  '1E-400',
  '-0',
  '-0.0',
  '0.1234567890123456789',
])('%s keeps its digits wherever it stands', (number) => {
  for (const text of [`{"a":${number}}`, `[1,${number} ]`, `{"a":{"b":[[\n${number}]]},"c":"x\\\\"}`])
    expect(jsonText(parseJson(text))).toBe(jsonText(JSON.parse(text.replace(number, '"@"'))).replace('"@"', number))
})

it.each([
  '0',
  '0.1',
  '1.50',
  '1e3',
  '1E+2',
  '9007199254740991',
  '100000000000000000000',
  '1.7976931348623157e308',
  '5e-324',
  '0.0000000000000000000001',
])('%s is what a double holds', (number) => expect((parseJson(`{"a":${number}}`) as { a: unknown }).a).toBe(Number(number)))

it('strings are left alone, whatever stands in them', () => {
  const text = JSON.stringify({ a: ':12345678901234567890', 'k ,-0': '\\" ,9223372036854775807"\\', b: '1e400 \\', c: [': -0e5'] })
  expect(parseJson(text)).toEqual(JSON.parse(text))
  const mixed = `{"a":"\\\\\\" 9223372036854775807","b":9223372036854775807}`
  expect(parseJson(mixed)).toEqual({ a: '\\" 9223372036854775807', b: new NumberText('9223372036854775807') })
})

it('a byte order mark and a number alone are no obstacle', () => {
  expect(exactNumbers('\uFEFF {"a":9223372036854775807}', { a: 1 })).toEqual({ a: new NumberText('9223372036854775807') })
  expect(jsonText(parseJson(' 9223372036854775807'))).toBe('9223372036854775807')
})

it.each(['{12345678901234567890:1}', '[01234567890123456789]', '[12345678901234567890', '{"a":1234567890123456789.}'])(
  '%s is refused as by JSON.parse',
  (text) => expect(() => parseJson(text)).toThrow(SyntaxError),
)

it('nesting is no deeper problem than for JSON.parse', () => {
  const depth = 20_000
  let value = parseJson(`${'['.repeat(depth)}9223372036854775807${']'.repeat(depth)}`)
  while (Array.isArray(value)) value = value[0]
  expect(value).toBeInstanceOf(NumberText)
})

it('random numbers mean what was written', () => {
  let seed = 7
  const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below
  const digits = (count: number) => Array.from({ length: count }, () => next(10)).join('')
  for (let i = 0; i < 5_000; i++) {
    const text = `${next(2) ? '-' : ''}${1 + next(9)}${digits(next(20))}${next(2) ? `.${digits(1 + next(12))}` : ''}${next(3) ? '' : `e${next(2) ? '-' : ''}${next(350)}`}`
    const value = (parseJson(`[${text}]`) as unknown[])[0]
    if (value instanceof NumberText) expect(value.text).toBe(text)
    else expect(Number.isFinite(value) && sameDecimal(text, String(value))).toBe(true)
  }
})

/** Compares by integers of any length. */
function sameDecimal(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => {
    const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text)!
    return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(800 + Number(exponent) - fraction.length)
  })
  return a === b
}
