import { parse, print } from 'graphql'

/** The document in its usual form. The printer drops comments, so a document that has some only gets its lines indented. */
export function prettify(text: string): string {
  try {
    const document = parse(text)
    return hasComments(text) ? indentLines(text) : print(document)
  } catch {
    return text
  }
}

const wordsAndComments = /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g

function hasComments(text: string): boolean {
  return (text.match(wordsAndComments) ?? []).some((found) => found.startsWith('#'))
}

function indentLines(text: string): string {
  let depth = 0
  return text
    .split('\n')
    .map((line) => {
      const bare = line.replace(wordsAndComments, '')
      const closing = /^[\s}\])]*/.exec(bare)?.[0].replace(/\s/g, '').length ?? 0
      const opened = (bare.match(/[{[(]/g) ?? []).length
      const closed = (bare.match(/[}\])]/g) ?? []).length
      const indent = Math.max(0, depth - closing)
      depth = Math.max(0, depth + opened - closed)
      return line.trim() === '' ? '' : `${'  '.repeat(indent)}${line.trim()}`
    })
    .join('\n')
}
