import { describe, expect, it } from 'vitest'
import { exactText, parseBatch, parseExact, RawJson } from './exact-json.ts'

describe('exact JSON', () => {
  it.each([
    '12345678901234567890',
    '[1.10,-0,1e400,0.1]',
    '{"a":{"b":[null,true,"x"]},"__proto__":{"c":1}}',
    String.raw`"quote \" backslash \\ line \n é 😀"`,
    '[]',
    '{}',
  ])('%s stays what it is', (text) => {
    expect(exactText(parseExact(text))).toBe(text)
  })

  it('blanks between and digits that a number holds make no difference', () => {
    expect(parseExact(' { "a" : [ 1 , 2.5 ] , "b" : "1, 2" }\n')).toEqual(Object.assign(Object.create(null), { a: [1, 2.5], b: '1, 2' }))
  })

  it('too deep is refused', () => {
    expect(() => parseExact('['.repeat(5_000) + ']'.repeat(5_000))).toThrow(/levels of nesting/)
  })

  it('long strings are no matter, many values are refused', () => {
    for (const text of ['x'.repeat(10_000_000), String.raw`\"`.repeat(5_000_000)])
      expect(parseExact(`"${text}"`)).toHaveLength(JSON.parse(`"${text}"`).length)
    expect(() => parseExact(`[${'1,'.repeat(100_000)}1]`)).toThrow(/more than 100000 values/)
  })

  it('bodies of steps stay text, unless they may have references', () => {
    const batch = (body: string) =>
      (parseBatch(`{"steps":[{"path":"/a","body": ${body} }]}`) as { steps: { body: unknown }[] }).steps[0]!.body
    for (const body of ['[{"a":"]}\\"{[", "b":{"body":[1]}}]', '{}', `[${'{"a":1},'.repeat(200_000)}{}]`])
      expect(batch(body)).toEqual(new RawJson(body))
    for (const body of ['{"a":{"$ref":"x.0.id"}}', '{"a":{"\\u0024ref":"x.0.id"}}', '{"$literal":1}', '5', 'null', '"x"']) {
      expect(batch(body)).toEqual(parseExact(body))
    }
    expect(parseBatch('{"steps":[{"body":{"a":1}}]}')).not.toEqual(parseExact('{"steps":[{"body":{"a":1}}]}'))
  })
})
