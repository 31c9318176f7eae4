// Checks on what callers may put into a user: address, phone, password, metadata.
import { z } from 'zod'
import { authErrors, invalidInput } from '../auth.errors.ts'

const emailCharactersMax = 255
const passwordCharactersMax = 256

/** Each half of a user's metadata, as JSON: both travel in every access token, and a request's headers end at 16 KB. */
const metadataBytesMax = 4096

/** An address in the form in which it is stored. */
export function normalizeEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (email === '') throw invalidInput('An email address is required')
  if (email.length > emailCharactersMax) throw invalidInput('An email address is too long')
  if (!z.email().safeParse(email).success) throw invalidInput('Unable to validate email address: invalid format')
  return email
}

/** A phone number as digits without the leading plus (E.164). */
export function normalizePhone(text: string): string {
  const phone = text.replace(/[\s+()-]/g, '')
  if (!/^[1-9]\d{1,14}$/.test(phone)) throw invalidInput('Invalid phone number format (E.164 required)')
  return phone
}

/** Refuses a password that is too short, too long or empty. */
export function checkPassword(password: string, charactersMin: number): void {
  const length = Array.from(password).length
  if (length > passwordCharactersMax) throw invalidInput(`Password cannot be longer than ${passwordCharactersMax} characters`)
  if (length < charactersMin) throw authErrors.weak_password({ params: { min: charactersMin }, extra: { weakPasswordReasons: ['length'] } })
}

/** A password that is presented, not set: anything that could be one, so that nothing huge is hashed. */
export function isPossiblePassword(password: string): boolean {
  return password.length > 0 && password.length <= 4 * passwordCharactersMax
}

/** Existing metadata with the changes of a request: keys are merged, null removes one. */
export function mergeMetadata(
  name: 'user_metadata' | 'app_metadata',
  existing: Readonly<Record<string, unknown>> | null,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...existing }
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete merged[key]
    else merged[key] = value
  }
  const text = jsonText(merged)
  if (text === undefined || Buffer.byteLength(text) > metadataBytesMax) {
    throw invalidInput(`${name} must not be larger than ${metadataBytesMax} bytes as JSON, because every access token carries it`)
  }
  // Postgres cannot keep this character in jsonb.
  if (text.includes('\\u0000')) throw invalidInput(`${name} must not contain the character U+0000`)
  return merged
}

/** undefined when the value is nested deeper than the serialiser goes. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** A request body against its schema; a fault is `validation_failed`, which names every field and reason. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  throw invalidInput(
    parsed.error.issues.map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`)).join('; '),
  )
}

/** JSON object of metadata in a body. */
export const metadataInput = z.record(z.string(), z.unknown(), 'must be a JSON object')
/** Text in a body; null and absent mean the same. */
export const textInput = z.string('must be text').nullish()
