import { invalidInput } from '../auth.errors.ts'

const unitMs: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const wellFormed = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

/** A thousand years: the end has to stay a date. */
const banMsMax = 1000 * 365 * 24 * 3_600_000

/** The end of a ban given as a duration (`24h`, `1h30m`); null for `none`, undefined when not given. */
export function banEnd(text: string | undefined, nowMs: number): Date | null | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'none') return null
  if (text.length > 50 || !wellFormed.test(text)) throw invalidInput('invalid format for ban duration: use for example 24h, 1h30m or none')
  let ms = 0
  for (const [, amount, unit] of text.matchAll(part)) ms += Number(amount) * unitMs[unit!]!
  return new Date(nowMs + Math.min(ms, banMsMax))
}
