// JSON of clients without a rounded number: JSON.parse makes doubles of them all, and the digits of a bigint or a numeric are
// lost before anyone can ask for their type. What a double holds exactly stays a number, the rest is kept as text.
import { randomBytes } from 'node:crypto'
import { NumberText } from '../plan/number-text.ts'

/** Sixteen digits, an exponent, or a negative zero, where a value may begin. Wrong for some strings, which costs time only. */
const suspect = /[:,[\s]-?(?:[\d.]{16}|[\d.]{1,15}[eE]|(?<=-)0)/
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** JSON.parse, with a {@link NumberText} for every number that a double would round. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return exactNumbers(text, JSON.parse(text))
}

/** The value of a text that was parsed already, with its numbers as they were written. */
export function exactNumbers(text: string, parsed: unknown): unknown {
  if (!suspect.test(text)) return parsed
  // Nobody can send a string that begins with it.
  const mark = randomBytes(12).toString('base64url')
  const marked = markNumbers(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, mark)
  return marked === undefined ? parsed : unmarked(JSON.parse(marked), mark)
}

/** The text with such numbers as strings; undefined when there are none. The text is known to be JSON. */
function markNumbers(text: string, mark: string): string | undefined {
  let marked = ''
  let copied = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 34) i = endOfString(text, i)
    else if (code === 45 || (code >= 48 && code <= 57)) {
      number.lastIndex = i
      number.test(text)
      const end = number.lastIndex
      const written = text.slice(i, end)
      if (!isHeldByDouble(written)) {
        marked += `${text.slice(copied, i)}"${mark}${written}"`
        copied = end
      }
      i = end - 1
    }
  }
  return copied === 0 ? undefined : marked + text.slice(copied)
}

/** The position of the quote that ends the string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes++
    if (backslashes % 2 === 0) return end
  }
}

/** Does the double print as the same number? */
function isHeldByDouble(written: string): boolean {
  const value = Number(written)
  if (!Number.isFinite(value) || Object.is(value, -0)) return false
  return Number.isSafeInteger(value) && !/[.eE]/.test(written) ? true : decimalOf(written) === decimalOf(String(value))
}

/** A number's digits without zeros at either end, and its exponent: equal for equal numbers. */
function decimalOf(written: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written)!
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  let end = digits.length
  while (digits.charCodeAt(end - 1) === 48) end--
  if (end === 0) return '0'
  return `${sign}${digits.slice(0, end)}e${Number(exponent) + digits.length - end - fraction.length}`
}

/** Replaces marked strings, in place. Without recursion: it may be nested as deep as JSON.parse allows. */
function unmarked(value: unknown, mark: string): unknown {
  const top = { value }
  const waiting: Record<string, unknown>[] = [top]
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    for (const key of Object.keys(each)) {
      const item = each[key]
      if (typeof item === 'object' && item !== null) waiting.push(item as Record<string, unknown>)
      else if (typeof item === 'string' && item.startsWith(mark)) each[key] = new NumberText(item.slice(mark.length))
    }
  }
  return top.value
}
