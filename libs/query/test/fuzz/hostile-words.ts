// Pieces that parsers, SQL, JSON, HTTP headers and file systems have tripped over.
import type { Random } from '../property/random.ts'

export const words = [
  ...Array.from(`(){}[].,:;!"'\\->*=&|%+ $#@~?<>/0aZé`),
  '\u0000',
  '\u0001',
  '\u{1F600}',
  '\uD800',
  '\u202E',
  '""',
  "''",
  '->>',
  '::',
  '...',
  '!inner',
  'not.',
  '(any)',
  '.is.null',
  "'; drop table labels; --",
  '"; drop table labels; --',
  ') or 1=1 --',
  '$1',
  '$$',
  'pg_sleep(9)',
  '(select secret from secrets)',
  '/*',
  "E'\\x27",
  '-9223372036854775809',
  '1e400',
  'NaN',
  'Infinity',
  'null',
  '%s%n',
  '../..',
  '{{}}',
  '$ref',
  'A'.repeat(300),
  '('.repeat(60),
  '["'.repeat(40),
] as const

/** A short text of such pieces. */
export function randomText(random: Random): string {
  return Array.from({ length: random.between(1, 4) }, () => random.pick(words))
    .join('')
    .toWellFormed()
}

/** Any JSON, up to some depth, with odd keys and odd values. */
export function randomJson(random: Random, depth = 0): string {
  const kind = random.below(depth > 4 ? 4 : 7)
  if (kind === 0) return JSON.stringify(randomText(random))
  if (kind === 1) return random.pick(['0', '-1', '1.5', '1e308', '12345678901234567890123', 'true', 'false', 'null'])
  if (kind < 4) return random.pick(['"x"', '1', '"2026-01-01"', '"{a}"'])
  const members = Array.from({ length: random.below(4) }, () => randomJson(random, depth + 1))
  if (kind === 4) return `[${members.join(',')}]`
  return `{${members.map((member) => `${JSON.stringify(random.chance(60) ? random.pick(['id', 'name', 'score', 'scope', 'key', 'a', 'body', 'method', 'path']) : randomText(random))}:${member}`).join(',')}}`
}
