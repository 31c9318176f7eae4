import { describe, expect, it } from 'vitest'
import { arrayLiteral, recordLiteral } from '#libs/postgres'
import { parseArray, parseRow } from './postgres-text.ts'

describe('the text of arrays and rows', () => {
  it('is split into its elements', () => {
    expect(parseArray('{}')).toEqual([])
    expect(parseArray('{1,NULL,"NULL","a,b","q\\"x\\\\y"}')).toEqual(['1', null, 'NULL', 'a,b', 'q"x\\y'])
    expect(parseArray('{{1,2},{3,4}}')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
    expect(parseArray('[2:3]={a,b}')).toEqual(['a', 'b'])
    expect(parseArray('{(1,1),(0,0);(2,2),(1,1)}', ';')).toEqual(['(1,1),(0,0)', '(2,2),(1,1)'])
    expect(parseArray('no array')).toBeUndefined()
    expect(parseRow('(a,,"","b ""c"" \\\\ d")')).toEqual(['a', null, '', 'b "c" \\ d'])
    expect(parseRow('()')).toEqual([null])
    expect(parseRow('text')).toBeUndefined()
  })

  it('comes back from a literal as it went in', () => {
    const values = ['', null, 'a"b', '\\', '(x,y)', '{z}', 'NULL', 'line\nbreak', '🙂']
    expect(parseRow(recordLiteral(values))).toEqual(values)
    expect((parseArray(arrayLiteral([recordLiteral(values)])) as string[]).map((row) => parseRow(row))).toEqual([values])
  })
})
