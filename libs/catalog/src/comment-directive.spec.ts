import { describe, expect, it } from 'vitest'
import { descriptionOf, readDirective } from './comment-directive.ts'

describe('a comment directive', () => {
  it('is cut out of the words around it', () => {
    expect(readDirective('Who buys. @graphql({"name": "Customer"})', 'relation')).toEqual({
      options: { name: 'Customer' },
      text: 'Who buys.',
      problems: [],
    })
    expect(readDirective('One\n @graphql( {"name": "a)}\\"b"} )\nTwo (really)', 'relation').text).toBe('One\nTwo (really)')
    expect(descriptionOf('@graphql({"enum": true})')).toBeNull()
    expect(descriptionOf('plain (words) {here}')).toBe('plain (words) {here}')
    expect(descriptionOf(null)).toBeNull()
  })
  it('may give the description itself', () => {
    expect(descriptionOf('For us. @graphql({"description": "For all"})')).toBe('For all')
  })
  it('spans lines, and lists may be in it', () => {
    const key = { local_columns: ['a'], foreign_schema: 'public', foreign_table: 't', foreign_columns: ['id'], local_name: 'back' }
    const { options } = readDirective(`@graphql({\n"primary_key_columns": ["id"],\n"foreign_keys": [${JSON.stringify(key)}]})`, 'relation')
    expect(options).toEqual({ primary_key_columns: ['id'], foreign_keys: [key] })
  })
  it.each(['@graphql({"name": "x")', '@graphql({name: x})', '@graphql(["x"])', '@graphql({"name": "x"} more)', '@graphql()', '@graphql({'])(
    'that is no JSON object has no effect: %s',
    (comment) => {
      expect(readDirective(`Words ${comment}`, 'relation')).toMatchObject({
        options: {},
        text: 'Words',
        problems: ['what stands in @graphql(…) is not a JSON object'],
      })
    },
  )
  it('loses the options that are wrong or unknown, and no others', () => {
    const read = readDirective('@graphql({"name": "2x", "totalCount": true, "enum": true, "primary_key_columns": []})', 'relation')
    expect(read.options).toEqual({ enum: true })
    expect(read.problems).toEqual([
      'the option "name" is ignored: it must be a name of letters, digits and underscores that does not begin with a digit or two underscores',
      'the option "totalCount" is ignored: a table or view may have "name", "description", "enum", "primary_key_columns", "foreign_keys"',
      'the option "primary_key_columns" is ignored: it must be a list of column names',
    ])
    expect(readDirective('@graphql({"name": "__x"})', 'column').options).toEqual({})
    expect(readDirective('@graphql({"toString": 1, "constructor": 2})', 'constraint').problems).toHaveLength(2)
  })
  it('says which item of foreign_keys is wrong', () => {
    const key = { local_columns: ['a'], foreign_schema: 'public', foreign_table: 't', foreign_columns: ['id', 'b'] }
    const problems = (item: unknown) => readDirective(`@graphql({"foreign_keys": [${JSON.stringify(item)}]})`, 'relation').problems[0]
    expect(problems(key)).toContain('its item 1: "local_columns" and "foreign_columns" must be equally many')
    expect(problems({ ...key, foreign_columns: ['id'], foreign_name: 'a b' })).toContain('its item 1: "foreign_name": it must be a name')
    expect(problems({ ...key, target: 't' })).toContain('"target" is none of local_name')
    expect(problems('x')).toContain('it must be an object')
  })
  it('counts once', () => {
    const read = readDirective('A @graphql({"name": "x"}) B @graphql({"name": "y"})', 'relation')
    expect(read).toEqual({
      options: { name: 'x' },
      text: 'A\nB',
      problems: ['it has more than one @graphql(…): only the first counts'],
    })
  })
})
