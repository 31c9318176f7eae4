// Each nested row may have an on_conflict of its own.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Music, user } from './music.ts'
import { writes, writesRows } from './writes.sql.ts'

describe('nested rows with different on_conflicts', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start({}, (database) => database.sql(writes))))
  beforeEach(() => music.database.sql(writesRows))
  afterAll(() => music[Symbol.asyncDispose]())

  const insert = `mutation ($rows: [book_insert_input!]!) {
    insert_book(objects: $rows) { affected_rows returning { title writer { name age } chapter(order_by: {place: asc}) { title note { line } } } }
  }`
  const renaming = { constraint: 'writer_email_key', update_columns: ['name'] }
  const ageing = { constraint: 'writer_email_key', update_columns: ['age'] }
  const ann = (name: string, age: number) => ({ name, age, email: 'ann@example.com' })

  it('each do what theirs says, and every row keeps its own', async () => {
    const rows = [
      { title: 'a', writer: { data: { name: 'New' } } },
      { title: 'b', writer: { data: ann('Anna', 1), on_conflict: renaming } },
      { title: 'c', writer_id: 1 },
      {
        title: 'd',
        writer: { data: { name: 'Newer', email: 'newer@example.com' }, on_conflict: ageing },
        chapter: { data: [{ place: 1, title: 'd1' }] },
      },
      { title: 'e', writer: { data: ann('Nobody else', 2), on_conflict: ageing } },
    ]
    for (let i = 0; i < 3; i++) {
      await music.database.sql(writesRows)
      expect((await music.ask(insert, { rows }, user)).insert_book).toEqual({
        affected_rows: 10,
        returning: [
          { title: 'a', writer: { name: 'New', age: null }, chapter: [] },
          { title: 'b', writer: { name: 'Anna', age: 2 }, chapter: [] },
          { title: 'c', writer: { name: 'Anna', age: 2 }, chapter: [] },
          { title: 'd', writer: { name: 'Newer', age: null }, chapter: [{ title: 'd1', note: [] }] },
          { title: 'e', writer: { name: 'Anna', age: 2 }, chapter: [] },
        ],
      })
    }
  })

  it('may have rows inside that differ in their columns', async () => {
    const key = 'chapter_book_id_place_key'
    const rows = [
      {
        title: 'a',
        writer_id: 1,
        chapter: { data: [{ place: 1, title: 'a1', note: { data: [{ line: 'x' }] } }], on_conflict: { constraint: key } },
      },
      { title: 'b', writer_id: 1, chapter: { data: [{ place: 1 }, { place: 2 }] } },
    ]
    const expected = [
      { title: 'a', chapter: [{ title: 'a1', note: [{ line: 'x' }] }] },
      {
        title: 'b',
        chapter: [
          { title: null, note: [] },
          { title: null, note: [] },
        ],
      },
    ]
    expect((await music.ask(insert, { rows }, user)).insert_book.returning).toMatchObject(expected)
    await music.database.sql(writesRows)
    // The other way round it is another plan: what the first on_conflict's rows have, the second one's have not.
    const [a, b] = rows
    const swapped = [
      { ...a!, chapter: { data: a!.chapter.data } },
      { ...b!, chapter: { ...b!.chapter, on_conflict: { constraint: key } } },
    ]
    expect((await music.ask(insert, { rows: swapped }, user)).insert_book.returning).toMatchObject(expected)
  })

  it('may stand in the document', async () => {
    const answer = await music.ask(
      `mutation ($name: String!) { insert_book(objects: [
        {title: "a", writer: {data: {name: $name, email: "ann@example.com"}, on_conflict: {constraint: writer_email_key, update_columns: [name]}}}
        {title: "b", writer: {data: {name: "Ben"}, on_conflict: {update_columns: [], constraint: writer_email_key}}}
        {title: "c", writer: {data: {name: "Cid"}, on_conflict: null}}
      ]) { returning { writer { name } } } }`,
      { name: 'Anna' },
      user,
    )
    expect(answer.insert_book.returning).toEqual([{ writer: { name: 'Anna' } }, { writer: { name: 'Ben' } }, { writer: { name: 'Cid' } }])
  })

  it('are refused where variables in them could make them alike or different', async () => {
    const document = `mutation ($age: Int!) { insert_book(objects: [
      {title: "a", writer: {data: {name: "a"}, on_conflict: {constraint: writer_email_key, update_columns: [name], where: {age: {_gt: $age}}}}}
      {title: "b", writer: {data: {name: "b"}}}
    ]) { affected_rows } }`
    expect(await music.refusal(document, { age: 1 }, user)).toEqual({
      code: 'not-supported',
      message: 'on_conflict with variables in it must be the same for all rows of one relationship',
      path: '$.selectionSet.insert_book.args.objects[1].writer.on_conflict',
    })
  })

  it('count as a relationship each', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      title: `t${i}`,
      writer: { data: { name: 'n' }, on_conflict: { ...renaming, where: { age: { _gt: i } } } },
    }))
    expect(await music.refusal(insert, { rows }, user)).toMatchObject({
      code: 'validation-failed',
      message: expect.stringMatching(/24 relationships at most/),
    })
  })
})
