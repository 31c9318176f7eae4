import { createHash } from 'node:crypto'

const charsKept = 4_000

/** A script as the audit log keeps it: its beginning with passwords taken out, its length, and the SHA-256 of the whole. */
export function auditableSql(script: string): { sql: string; characters: number; sha256: string } {
  return {
    sql: script.slice(0, charsKept).replace(/\b(password\s+)(e?'(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\3\$|$))/gi, `$1'…'`),
    characters: script.length,
    sha256: createHash('sha256').update(script).digest('hex'),
  }
}
