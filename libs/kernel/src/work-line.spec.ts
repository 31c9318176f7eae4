import { describe, expect, it } from 'vitest'
import { WorkLine } from './work-line.ts'

/** Work that runs until it is told to end. */
function piece(log: string[], name: string) {
  let end!: (error?: Error) => void
  const ended = new Promise<void>((resolve, reject) => (end = (error) => (error === undefined ? resolve() : reject(error))))
  return {
    end,
    work: async () => {
      log.push(name)
      await ended
      return name
    },
  }
}

describe('WorkLine', () => {
  it('runs no more at once than it may, the others in their order, also after one that failed', async () => {
    const log: string[] = []
    const line = new WorkLine(2, 1)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => piece(log, name)) as [Piece, Piece, Piece, Piece]
    const first = line.run(a.work)
    const second = line.run(b.work)
    expect(line.isFull).toBe(false)
    const third = line.run(c.work)
    expect(line.isFull).toBe(true)
    const fourth = line.run(d.work)
    expect(log).toEqual(['a', 'b'])
    b.end(new Error('broken'))
    await expect(second).rejects.toThrow('broken')
    await Promise.resolve()
    expect(log).toEqual(['a', 'b', 'c'])
    a.end()
    c.end()
    d.end()
    expect(await Promise.all([first, third, fourth])).toEqual(['a', 'c', 'd'])
    expect(line.isFull).toBe(false)
  })
})

type Piece = ReturnType<typeof piece>
