// Documents and variables that are nested as deep as their tokens allow: refused before anything walks them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NESTING_MAX } from '../src/documents/nesting.ts'
import { Music, user } from './music.ts'

const nested = (open: string, inner: string, close: string, times: number) => `${open.repeat(times)}${inner}${close.repeat(times)}`

/** How a document of `times` levels is written; and how many brackets each level and the rest of it have. */
const kinds: readonly (readonly [name: string, write: (times: number) => string, perLevel: number, around: number])[] = [
  ['_not', (n) => `{ artist(where: ${nested('{_not: ', '{}', '}', n)}) { id } }`, 1, 3],
  ['_and', (n) => `{ artist(where: ${nested('{_and: [', '{}', ']}', n)}) { id } }`, 2, 3],
  ['_or', (n) => `{ artist(where: ${nested('{_or: {', 'id: {_gt: 0}', '}}', n)}) { id } }`, 2, 3],
  ['relationships', (n) => `{ folder(where: ${nested('{parent: ', '{}', '}', n)}) { id } }`, 1, 3],
  ['json objects', (n) => `{ artist(where: {details: {_contains: ${nested('{a: ', '1', '}', n)}}}) { id } }`, 1, 4],
  ['json lists', (n) => `{ artist(where: {details: {_contains: ${nested('[', '1', ']', n)}}}) { id } }`, 1, 4],
  ['values of _in', (n) => `{ artist(where: {name: {_in: ${nested('[', '"x"', ']', n)}}}) { id } }`, 1, 4],
  ['order_by', (n) => `{ folder(order_by: ${nested('{parent: ', '{id: asc}', '}', n)}) { id } }`, 1, 3],
  ['nested rows', (n) => `mutation { insert_folder_one(object: ${nested('{parent: {data: ', '{id: 9}', '}}', n)}) { id } }`, 2, 3],
  ['fields', (n) => `{ folder ${nested('{ parent ', '{ id }', '}', n)} }`, 1, 2],
  ['inline fragments', (n) => `{ folder ${nested('{ ... ', '{ id }', '}', n)} }`, 1, 2],
  ['types of variables', (n) => `query ($v: ${nested('[', 'Int', ']', n)}) { artist(limit: $v) { id } }`, 1, 2],
  ['defaults of variables', (n) => `query ($v: jsonb = ${nested('[', '1', ']', n)}) { artist(where: {details: {_eq: $v}}) { id } }`, 1, 2],
  ['arguments of directives', (n) => `{ artist { id @include(if: ${nested('[', 'true', ']', n)}) } }`, 1, 3],
  ['what is never closed', (n) => '{ artist(where: {_not: '.repeat(1) + '['.repeat(n), 1, 3],
]

describe('nesting of documents', () => {
  let music: Music
  beforeAll(async () => {
    music = await Music.start()
  })
  afterAll(() => music[Symbol.asyncDispose]())

  it.each(kinds)('%s: as deep as the tokens allow is refused', async (_name, write) => {
    for (const times of [NESTING_MAX, 1_000, 3_300, 9_000]) {
      const { code, message, path } = await music.refusal(write(times), {}, user)
      expect([code, path]).toEqual(['validation-failed', '$.query'])
      expect(message).toMatch(/more than (200 levels of brackets|10000 tokens)/)
    }
  })

  it.each(kinds)('%s: as deep as is allowed is answered, or refused for another reason', async (_name, write, perLevel, around) => {
    const query = write(Math.floor((NESTING_MAX - around - 1) / perLevel))
    const answered = music.ask(query, {}, user).then(
      () => 'answered',
      (error: { code?: string }) => error.code ?? String(error),
    )
    expect(['answered', 'validation-failed', 'parse-failed', 'data-exception', 'constraint-violation', 'permission-error']).toContain(
      await answered,
    )
  })

  it('a chain of fragments as long as the tokens allow is refused', async () => {
    const links = Array.from({ length: 1_240 }, (_none, i) => `fragment f${i} on artist { ...f${i + 1} }`)
    const { code } = await music.refusal(`{ artist { ...f0 } } ${links.join(' ')} fragment f1240 on artist { id }`, {}, user)
    expect(code).toBe('validation-failed')
  })

  it('brackets in strings and comments are no nesting', async () => {
    const text = '['.repeat(500)
    expect(await music.ask(`{ # ${text}\n artist(where: {name: {_in: ["${text}", """${text}"""]}}) { id } }`)).toEqual({ artist: [] })
  })
})
