import { storageErrors } from '../storage.errors.ts'

const token = "[A-Za-z0-9!#$&^_.+'`|~-]{1,127}"
const mimeType = new RegExp(`^${token}/${token}(?:\\s*;\\s*${token}=(?:${token}|"[\\x20-\\x21\\x23-\\x7e]{0,127}"))*\\s*;?$`)
const mimePattern = new RegExp(`^(?:\\*|\\*/\\*|${token}/(?:\\*|${token}))$`)

/** Bytes of unknown kind. */
export const UNKNOWN_MIME_TYPE = 'application/octet-stream'

/** The media type as it may be stored and sent back in a header; throws when it is none. */
export function checkedMimeType(type: string): string {
  if (type.length > 255 || !mimeType.test(type)) throw storageErrors.mime_type_refused({ params: { type: type.slice(0, 100) } })
  return type
}

/** Whether a bucket may list this among its allowed types: `image/png`, `image/*`, `*`. */
export function isMimePattern(pattern: string): boolean {
  return mimePattern.test(pattern)
}

/** Throws `storage/mime_type_refused` when the bucket allows certain types and this is none of them. */
export function requireAllowedType(type: string, allowed: readonly string[] | null): void {
  if (allowed === null || allowed.length === 0) return
  const essence = type.split(';', 1)[0]!.trim().toLowerCase()
  const isAllowed = allowed.some((pattern) => {
    const wanted = pattern.toLowerCase()
    if (wanted === '*' || wanted === '*/*') return true
    return wanted.endsWith('/*') ? essence.startsWith(wanted.slice(0, -1)) : essence === wanted
  })
  if (!isAllowed) throw storageErrors.mime_type_refused({ params: { type: essence } })
}
