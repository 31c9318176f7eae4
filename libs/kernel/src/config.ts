// The one reader of the environment. Libs declare slices; the composition reads them all at once, so that a start
// with three faults reports three faults. A fault names the variable and the reason, never the value.
import { z } from 'zod'

/** A lib's part of the configuration. Keys are environment variables; each field carries `.describe()`. */
export interface ConfigSlice<S extends z.ZodObject = z.ZodObject> {
  readonly title: string
  readonly schema: S
}

/** Declares a slice. Fields are optional or have a default: zero configuration is a promise. */
export function defineConfig<S extends z.ZodObject>(title: string, schema: S): ConfigSlice<S> {
  return { title, schema }
}

/** One thing wrong with the environment. */
export interface ConfigFault {
  readonly variable: string
  readonly reason: string
}

/** Thrown by {@link readConfig} with every fault of every slice. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(readonly faults: readonly ConfigFault[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((f) => `  ${f.variable}: ${f.reason}`).join('\n')}`,
    )
  }
}

type Values<T extends Record<string, ConfigSlice>> = { readonly [K in keyof T]: z.output<T[K]['schema']> }

/**
 * Reads all slices from `environment`; an empty string counts as "not set" unless the field is in `emptyMeansNone`.
 * Unknown variables that start with PLINTH_ are faults too, with the nearest known name, because a typo that is
 * silently ignored is the worst kind of configuration error.
 */
export function readConfig<T extends Record<string, ConfigSlice>>(slices: T, environment: NodeJS.ProcessEnv): Values<T> {
  const faults: ConfigFault[] = []
  const known = new Set<string>()
  const values: Record<string, unknown> = {}
  for (const [key, slice] of Object.entries(slices)) {
    const input: Record<string, string> = {}
    for (const variable of Object.keys(slice.schema.shape)) {
      known.add(variable)
      const value = environment[variable]
      if (value !== undefined && (value !== '' || mayBeEmpty.has(variable))) input[variable] = value
    }
    const parsed = slice.schema.safeParse(input)
    if (parsed.success) values[key] = parsed.data
    else for (const issue of parsed.error.issues) faults.push({ variable: String(issue.path[0] ?? slice.title), reason: issue.message })
  }
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith('PLINTH_') || known.has(variable) || notConfiguration.test(variable)) continue
    const nearest = nearestName(variable, known)
    faults.push({ variable, reason: `is not a setting of Plinth${nearest === undefined ? '' : `; did you mean ${nearest}?`}` })
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return values as Values<T>
}

/** Seeds of settings have names of their own; the test runs pass theirs on to the servers that they start. */
const notConfiguration = /^PLINTH_(SETTINGS|TEST)_/

/** Variables whose empty value has a meaning of its own ("none") instead of "not set". */
const mayBeEmpty = new Set(['PLINTH_API_EXTRA_SEARCH_PATH', 'PLINTH_API_ANON_ROLE'])

/** A whole number in a range, given as text. */
export function integerText(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be between ${min} and ${max}`)
}

/** `true` or `false`, given as text. */
export function booleanText() {
  return z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')
}

/** A comma-separated list; blanks around items are dropped, empty items too. */
export function listText() {
  return z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
}

/** A URL with one of the given schemes, for example `['http:', 'https:']`. */
export function urlText(schemes: readonly string[]) {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a URL that starts with ${schemes.map((s) => `${s}//`).join(' or ')}`,
    )
}

function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = 4
  for (const candidate of known) {
    const distance = editDistance(name, candidate, least)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Levenshtein distance, given up (returns `limit`) as soon as it cannot stay below `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    if (Math.min(...row) >= limit) return limit
    previous = row
  }
  return previous[b.length]!
}
