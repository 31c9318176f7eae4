// The only place of the platform that writes names and literals into SQL text.

/** A name as an SQL identifier: `my table` -> `"my table"`. Always quoted, so keywords and capitals are safe. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new TypeError('an identifier cannot contain a zero byte')
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A text as an SQL literal, for statements that take no parameters (DDL, COMMENT, ALTER ROLE). Everything else sends
 * values as parameters. Correct whatever standard_conforming_strings says, because backslashes get the E'' form.
 */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new TypeError('a literal cannot contain a zero byte')
  const doubled = text.replaceAll("'", "''")
  return text.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}
