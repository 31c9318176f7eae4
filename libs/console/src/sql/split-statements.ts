// Where the statements of a script begin: enough of SQL's lexical rules to know what is inside quotes, comments,
// dollar quotes and BEGIN ATOMIC bodies. Postgres itself takes scripts whole; this is for looking before.

/** A statement of a script. */
export interface ScriptStatement {
  /** First words in capitals, up to three, for example `CREATE TABLE ORDERS`. */
  readonly words: readonly string[]
  /** Line of its first word, from 1. */
  readonly line: number
}

/** Longest match first: comments, the four kinds of quotes, words, then any single character. */
const token =
  /--[^\n]*|\/\*|e'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\$([a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/giy

/** The statements of a script; empty ones are left out. */
export function splitStatements(script: string): ScriptStatement[] {
  const statements: ScriptStatement[] = []
  let words: string[] = []
  let line = 1
  let startLine = 1
  // In a BEGIN ATOMIC body semicolons do not end the statement; its END and those of CASE are counted.
  let bodyDepth = 0
  const finish = () => {
    if (words.length > 0) statements.push({ words: words.slice(0, 3), line: startLine })
    words = []
    bodyDepth = 0
  }
  for (let at = 0; at < script.length;) {
    token.lastIndex = at
    const [matched] = token.exec(script)!
    const end =
      matched === '/*'
        ? endOfComment(script, at)
        : matched.startsWith('$') && matched.length > 1
          ? endOfDollarQuote(script, at, matched)
          : at + matched.length
    if (/^[a-z_\u0080-\uffff]/i.test(matched) && !/^e'/i.test(matched)) {
      const word = matched.toUpperCase()
      if (words.length === 0) startLine = line
      if (word === 'ATOMIC' && words.at(-1) === 'BEGIN') bodyDepth = 1
      else if (bodyDepth > 0 && word === 'CASE') bodyDepth++
      else if (bodyDepth > 0 && word === 'END') bodyDepth--
      words.push(word)
    } else if (matched === ';' && bodyDepth === 0) finish()
    for (let i = at; i < end; i++) if (script.charCodeAt(i) === 10) line++
    at = end
  }
  finish()
  return statements
}

/** Comments nest in Postgres. */
function endOfComment(script: string, start: number): number {
  let depth = 0
  for (let at = start; at < script.length; at++) {
    if (script.startsWith('/*', at)) {
      depth++
      at++
    } else if (script.startsWith('*/', at)) {
      at++
      if (--depth === 0) return at + 1
    }
  }
  return script.length
}

function endOfDollarQuote(script: string, start: number, delimiter: string): number {
  const end = script.indexOf(delimiter, start + delimiter.length)
  return end === -1 ? script.length : end + delimiter.length
}
