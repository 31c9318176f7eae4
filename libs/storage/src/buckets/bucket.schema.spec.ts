import { describe, expect, it } from 'vitest'
import { parseFileSize } from './bucket.schema.ts'

describe('parseFileSize', () => {
  it.each([
    ['20MB', 20 * 1024 * 1024],
    ['1.5kb', 1536],
    ['3B', 3],
    ['2 GB', 2 * 1024 ** 3],
    ['500', 500],
    [500, 500],
  ])('%j is %i bytes', (size, bytes) => {
    expect(parseFileSize(size)).toBe(bytes)
  })

  it.each(['', '20TB', '-1', '1e3', 'MB', '99999999999999999GB', -5])('%j is refused', (size) => {
    expect(() => parseFileSize(size)).toThrow('Invalid file size format')
  })
})
