// Keys are made by us, never by a caller. They are checked all the same: a path outside the store must be impossible
// even when another part of the platform has a fault.
import { blobErrors } from './blob.errors.ts'

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/
const SEGMENTS_MAX = 8

/** Returns the key when each of its parts is a plain name; throws `blob/key_invalid` otherwise. */
export function checkedKey(key: string): string {
  const segments = key.split('/')
  if (segments.length > SEGMENTS_MAX || !segments.every((part) => segment.test(part))) throw blobErrors.key_invalid({ detail: { key } })
  return key
}

/** The same for a prefix of keys, which may be empty or end with a slash. */
export function checkedPrefix(prefix: string): string {
  const folder = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  if (folder !== '') checkedKey(folder)
  return prefix
}
