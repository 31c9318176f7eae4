import { expect, it } from 'vitest'
import type { Column, Relation } from '#libs/catalog'
import type { Relationship, TableModel } from '../../model/role-model.ts'
import { NumberText } from '../inputs.ts'
import type { NestedLevel, RowLevel } from './inserted-rows.ts'
import { nestedKey, rowsText } from './rows-text.ts'

const column = (name: string, type = 'text') => ({ name, type: { name: type, kind: 'base' } }) as Column
const table = (name: string, names: readonly string[]) =>
  ({ name, relation: { columnsByName: new Map(names.map((each) => [each, column(each)])) } as unknown as Relation }) as TableModel
const level = (of: TableModel, columns: Record<string, Column>, nested: Record<string, NestedLevel> = {}): RowLevel => ({
  table: of,
  columns: new Map(Object.entries(columns)),
  nested: new Map(Object.entries(nested)),
  location: '$',
  rows: 1,
})
const book = table('book', ['title', 'writer'])
const writer = table('writer', ['full_name'])
const writerOfBook = { name: 'writer', target: writer } as Relationship
const inside = (place = 0, text = ''): NestedLevel => ({
  ...level(writer, { name: column('full_name') }),
  relationship: writerOfBook,
  conflict: { input: undefined, text, isFixed: true },
  key: nestedKey(book, writerOfBook, place),
})

it('columns go by their name in the database, rows inside others under a key that no column has', () => {
  const text = rowsText(level(book, { name: column('title') }, { writer: inside() }), true)
  expect(
    text([
      { name: 'a', writer: { data: { name: 'b' }, on_conflict: {} } },
      { name: null, writer: null },
    ]),
  ).toBe('[{"title":"a","writer_":[{"full_name":"b"}]},{"title":null}]')
})

it('rows with another on_conflict lie under another key', () => {
  const levels = { a: inside(), b: inside(1, '{"constraint":"c"}') }
  const text = rowsText(level(book, { name: column('title') }, levels), true)
  const data = { name: 'b' }
  expect(
    text([{ writer: { data, on_conflict: { constraint: 'c' } } }, { writer: { data } }, { writer: { data: [data], on_conflict: null } }]),
  ).toBe('[{"writer 2":[{"full_name":"b"}]},{"writer_":[{"full_name":"b"}]},{"writer_":[{"full_name":"b"}]}]')
})

it('numbers of a document keep their digits, and what was not given stays away', () => {
  const text = rowsText(level(book, { title: column('title') }), false)
  expect(text({ title: new NumberText('9007199254740993.10') })).toBe('[{"title":9007199254740993.10}]')
  expect(rowsText(level(book, { name: column('title') }), false)([{ name: undefined }])).toBe('[{}]')
})

it('documents inside rows are not printed deeper than a database can read', () => {
  let deep: unknown = 1
  for (let i = 0; i < 300; i++) deep = [deep]
  const text = rowsText(level(book, { title: column('title', 'jsonb') }), true)
  expect(() => text([{ title: deep }])).toThrow(/nested more than 256/)
})
