import { splitStatements } from './split-statements.ts'

/** Statements that are sent together, and where in the script they stand. */
export interface ScriptPiece {
  readonly text: string
  /** Characters (code points) and lines of the script before it. */
  readonly charactersBefore: number
  readonly linesBefore: number
}

/** About as much is sent to Postgres at once. A statement is never cut, however long. */
const pieceCharacters = 1_000_000

/** Cuts a stream of script text into pieces of whole statements; holds about one piece in memory. */
export async function* scriptPieces(chunks: AsyncIterable<string>, size = pieceCharacters): AsyncGenerator<ScriptPiece> {
  let held = ''
  let wanted = size
  let charactersBefore = 0
  let linesBefore = 0
  const cut = (end: number): ScriptPiece => {
    const piece = { text: held.slice(0, end), charactersBefore, linesBefore }
    for (const character of piece.text) {
      charactersBefore++
      if (character === '\n') linesBefore++
    }
    held = held.slice(end)
    return piece
  }
  for await (const chunk of chunks) {
    held += chunk
    if (held.length < wanted) continue
    const end = splitStatements(held).findLast((statement) => statement.isClosed)?.end
    // A statement longer than a piece is scanned again only when twice as much of it is there.
    if (end === undefined) wanted = held.length * 2
    else {
      wanted = size
      yield cut(end)
    }
  }
  if (splitStatements(held).length > 0) yield cut(held.length)
}
