// The names that callers give their objects. They never become a path of ours, but they become parts of URLs, headers
// and other people's file names: what could climb out of a folder there is refused here.
import { storageErrors } from '../storage.errors.ts'

const allowed = /^[A-Za-z0-9_/!.*'() &$=@;:+,?-]+$/
const KEY_CHARACTERS_MAX = 1024

/** Whether an object may have this name. */
export function isObjectKey(key: string): boolean {
  if (key.length > KEY_CHARACTERS_MAX || !allowed.test(key)) return false
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

/** The key, or `storage/key_invalid`. */
export function checkedObjectKey(key: string): string {
  if (!isObjectKey(key)) throw storageErrors.key_invalid({ params: { key: key.slice(0, KEY_CHARACTERS_MAX) } })
  return key
}
