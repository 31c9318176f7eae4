import { describe, expect, it } from 'vitest'
import { scriptPieces, type ScriptPiece } from './script-pieces.ts'

async function pieces(chunks: readonly string[], size: number): Promise<ScriptPiece[]> {
  const found: ScriptPiece[] = []
  for await (const piece of scriptPieces(
    (async function* () {
      yield* chunks
    })(),
    size,
  ))
    found.push(piece)
  return found
}

describe('scriptPieces', () => {
  const script = `insert into a values ('x;😀');\ncreate function f() as $$ a; b; $$;\n/* ; */ select ";" from b; -- end ;\nselect 'last'`

  it.each([1, 2, 3, 7, 20, 1000])('cuts only between statements, whatever the chunks are (%i characters)', async (length) => {
    const chunks = Array.from({ length: Math.ceil(script.length / length) }, (_, i) => script.slice(i * length, (i + 1) * length))
    const found = await pieces(chunks, 1)
    expect(found.map((piece) => piece.text).join('')).toBe(script)
    for (const piece of found.slice(0, -1)) expect(piece.text.trimEnd()).toMatch(/;$/)
    expect(found.every((piece) => (piece.text.match(/\$\$/g)?.length ?? 0) !== 1)).toBe(true)
  })

  it('knows where each piece begins, in characters and lines', async () => {
    const found = await pieces(Array.from(script), 1)
    for (const piece of found) {
      const before = Array.from(script).slice(0, piece.charactersBefore).join('')
      expect(script.startsWith(before + piece.text)).toBe(true)
      expect(piece.linesBefore).toBe(before.split('\n').length - 1)
    }
  })

  it('leaves out a rest without a statement', async () => {
    expect(await pieces(['select 1;', '\n-- done\n'], 1)).toHaveLength(1)
    expect(await pieces([], 1)).toEqual([])
  })
})
