// Finds statements that lose data for good, so that they are asked about. Not a parser: comments, strings and quoted names
// are blanked first, and a doubt counts as danger.

export interface Danger {
  readonly statement: string
  readonly loss: string
}

export function findDangers(text: string): Danger[] {
  const bare = blank(text)
  const dangers: Danger[] = []
  let from = 0
  for (const piece of bare.split(';')) {
    const statement = text.slice(from, from + piece.length).trim()
    from += piece.length + 1
    const words = piece.trim().toLowerCase()
    const loss = lossOf(words)
    if (loss !== undefined) dangers.push({ statement: statement.length > 160 ? `${statement.slice(0, 160)}…` : statement, loss })
  }
  return dangers
}

function lossOf(words: string): string | undefined {
  if (/^drop\s+database\b/.test(words)) return 'Deletes a whole database'
  if (/^drop\s+schema\b/.test(words)) return 'Deletes a schema and everything in it'
  if (/^drop\s+(table|materialized\s+view|foreign\s+table)\b/.test(words)) return 'Deletes a table with its rows and policies'
  if (/^drop\s+owned\b/.test(words)) return 'Deletes everything that a role owns'
  if (/^truncate\b/.test(words)) return 'Deletes all rows'
  if (/^alter\s+table\b.*\bdrop\s+(column\s+)?(?!constraint|default|not|identity|expression)/s.test(words))
    return 'Deletes a column and its values'
  if (/\bdelete\s+from\b/.test(words) && !/\bwhere\b/.test(words)) return 'Deletes all rows: it has no where'
  if (/^update\b/.test(words) && !/\bwhere\b/.test(words)) return 'Changes all rows: it has no where'
  return undefined
}

/** The text in the same length, with comments, strings, quoted names and dollar bodies turned to blanks. */
function blank(text: string): string {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$/g, (found) =>
    ' '.repeat(found.length),
  )
}
