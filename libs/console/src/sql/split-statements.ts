// Where the statements of a script begin and end: enough of SQL's lexical rules to know what is inside quotes, comments,
// dollar quotes and BEGIN ATOMIC bodies. Used to look before (migrations) and to cut scripts that are too long to be
// sent whole. Quotes are searched with indexOf, because a value may be many megabytes long.

/** A statement of a script. */
export interface ScriptStatement {
  /** First words in capitals, up to three, for example `CREATE TABLE ORDERS`. */
  readonly words: readonly string[]
  /** Line of its first word, from 1. */
  readonly line: number
  /** Offset behind its semicolon, or the end of the script. */
  readonly end: number
  /** False for the last one when no semicolon follows. */
  readonly isClosed: boolean
}

/** Everything that is not a word or a space and may hold a semicolon begins with one of these. */
const next = /[\s\d]+|--|\/\*|'|"|\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/giy

/** The statements of a script; empty ones are left out. */
export function splitStatements(script: string): ScriptStatement[] {
  const statements: ScriptStatement[] = []
  let words: string[] = []
  let line = 1
  let startLine = 1
  // In a BEGIN ATOMIC body semicolons do not end the statement; its END and those of CASE are counted.
  let bodyDepth = 0
  let previous = ''
  let newline = nextNewline(script, 0)
  const finish = (end: number, isClosed: boolean) => {
    if (words.length > 0) statements.push({ words, line: startLine, end, isClosed })
    words = []
    bodyDepth = 0
  }
  for (let at = 0; at < script.length;) {
    next.lastIndex = at
    const matched = next.exec(script)![0]
    const end = endOfToken(script, at, matched, previous)
    if (isWordStart(matched.charCodeAt(0))) {
      const word = matched.toUpperCase()
      if (words.length === 0) startLine = line
      if (word === 'ATOMIC' && previous === 'BEGIN') bodyDepth = 1
      else if (bodyDepth > 0 && word === 'CASE') bodyDepth++
      else if (bodyDepth > 0 && word === 'END') bodyDepth--
      if (words.length < 3) words.push(word)
      previous = word
    } else {
      if (matched === ';' && bodyDepth === 0) finish(end, true)
      if (matched.trim() !== '') previous = matched
    }
    while (newline < end) {
      line++
      newline = nextNewline(script, newline + 1)
    }
    at = end
  }
  finish(script.length, false)
  return statements
}

function nextNewline(script: string, from: number): number {
  const found = script.indexOf('\n', from)
  return found === -1 ? Infinity : found
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128
}

function endOfToken(script: string, at: number, matched: string, previous: string): number {
  if (matched === '--') {
    const end = script.indexOf('\n', at)
    return end === -1 ? script.length : end
  }
  if (matched === '/*') return endOfComment(script, at)
  if (matched === '"') return endOfQuote(script, at, '"', false)
  // E'…' knows backslashes; the E stands directly before the quote.
  if (matched === "'") return endOfQuote(script, at, "'", previous === 'E' && /e/i.test(script[at - 1] ?? ''))
  if (matched.length > 1 && matched.startsWith('$')) {
    const end = script.indexOf(matched, at + matched.length)
    return end === -1 ? script.length : end + matched.length
  }
  return at + matched.length
}

/** A doubled quote ends and begins again, which comes to the same. */
function endOfQuote(script: string, at: number, quote: string, hasBackslashes: boolean): number {
  for (let from = at + 1; ;) {
    const end = script.indexOf(quote, from)
    if (end === -1) return script.length
    if (!hasBackslashes) return end + 1
    let backslashes = 0
    while (script[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end + 1
    from = end + 1
  }
}

/** Comments nest in Postgres. */
function endOfComment(script: string, start: number): number {
  const edge = /\/\*|\*\//g
  edge.lastIndex = start
  let depth = 0
  for (let match = edge.exec(script); match !== null; match = edge.exec(script)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return match.index + 2
  }
  return script.length
}
