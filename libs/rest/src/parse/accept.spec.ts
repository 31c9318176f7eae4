import { describe, expect, it } from 'vitest'
import { parseAccept } from './accept.ts'

const texts = (header: string | undefined) => parseAccept(header).map(({ text }) => text)

describe('Accept', () => {
  it('without one anything goes', () => {
    expect(texts(undefined)).toEqual(['*/*'])
    expect(texts('')).toEqual(['*/*'])
  })

  it('the most wanted first: by q, then by exactness, then as written', () => {
    expect(texts('text/csv;q=0.5, application/json;q=0.9, */*')).toEqual(['*/*', 'application/json', 'text/csv'])
    expect(texts('*/*, text/csv, application/json')).toEqual(['text/csv', 'application/json', '*/*'])
    expect(texts('text/csv;q=0, application/json')).toEqual(['application/json'])
    expect(texts('text/csv, application/vnd.pgrst.object+json;nulls=stripped')).toEqual([
      'application/vnd.pgrst.object+json;nulls=stripped',
      'text/csv',
    ])
  })

  it('names are read in any case, other parameters are left out of what we know', () => {
    expect(texts('APPLICATION/Vnd.Pgrst.Object+JSON; charset=utf-8')).toEqual(['application/vnd.pgrst.object+json'])
    expect(texts('application/vnd.pgrst.array+json')).toEqual(['application/json'])
    expect(texts('application/vnd.pgrst.array+json; nulls=stripped')).toEqual(['application/vnd.pgrst.array+json;nulls=stripped'])
    expect(texts('text/html;level=1')).toEqual(['text/html;level=1'])
  })

  it('plans name what they are for, in quotes that hold commas and semicolons', () => {
    expect(
      parseAccept('application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json;nulls=stripped"; options=wal|analyze|x'),
    ).toEqual([
      {
        kind: 'plan',
        of: { kind: 'object', stripNulls: true, text: 'application/vnd.pgrst.object+json;nulls=stripped' },
        explain: { format: 'json', analyze: true, wal: true },
        text: 'application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object+json;nulls=stripped"; options=analyze|wal',
      },
    ])
    expect(texts('application/vnd.pgrst.plan')).toEqual(['application/vnd.pgrst.plan+text; for="application/json"'])
  })

  it('names of Object.prototype are media types like any other unknown one', () => {
    expect(parseAccept('constructor, __proto__').map(({ kind }) => kind)).toEqual(['other', 'other'])
  })

  it('a list of thousands is cut', () => {
    expect(texts(Array.from({ length: 5_000 }, () => 'text/x').join(','))).toHaveLength(32)
  })
})
