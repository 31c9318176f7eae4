// Objects with more keys than a function of Postgres takes arguments, and more than its output columns.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type AggregateReadNode,
  compile,
  compileMutationSteps,
  compileQueryDocument,
  documentOf,
  type ConnectionReadNode,
  type FieldNode,
  type GroupReadNode,
} from '#libs/query'
import { Compiler, value } from './compiler.ts'

const wide = Array.from({ length: 1_600 }, (_, i) => `c${i}`)
const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`)
let db: Compiler

beforeAll(async () => {
  db = await Compiler.start(`
    create table item (id int primary key, a int, b text);
    create table wide (${wide.map((name) => `${name} bool`).join(', ')});
    insert into item values (1, 10, 'x'), (2, 20, null);
    insert into wide (c0) values (true);
    grant all on item, wide to service_role;`)
})
afterAll(() => db[Symbol.asyncDispose]())

const column = (relation: string, name: string) => db.realColumn(relation, name)
const aliases = (count: number): FieldNode[] =>
  keys(count).map((key, i) => ({ kind: 'column', key, column: column('item', i % 2 ? 'b' : 'a') }))
const answer = async (node: Parameters<typeof compileQueryDocument>[0][number]['node']) => {
  const plan = compileQueryDocument([{ key: 'x', node }])
  return JSON.parse(documentOf(plan, (await db.run(plan))['body'])).x
}

describe.each([51, 1_000, 5_000])('%i keys', (count) => {
  const values = Object.fromEntries(keys(count).map((key, i) => [key, i % 2 ? null : 20]))

  it('in a row, in the row of a list, and in what a mutation returns', async () => {
    const rows = await answer(db.read('item', aliases(count), { order: [db.order('item', 'id', 'desc')] }))
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual(values)
    expect(Object.keys(rows[1])).toEqual(keys(count))
    const insert = {
      kind: 'insert',
      relation: db.relation('item'),
      columns: ['id', 'a', 'b'].map((name) => column('item', name)),
      rows: value('[{"id":3,"a":20,"b":null}]'),
      missingAsDefault: false,
      returning: null,
    } as const
    const steps = compileMutationSteps(insert, [{ kind: 'returning', key: 'r', fields: aliases(count) }])
    expect((await db.sequence(steps)).at(-1)!.json.r).toEqual([values])
    await db.db.sql('delete from item where id = 3')
  })

  it('in an object of aggregates', async () => {
    const calls = keys(count).map((key, i) => ({
      key,
      function: i % 2 ? ('max' as const) : ('sum' as const),
      columns: [column('item', i % 2 ? 'b' : 'a')],
    }))
    const node: AggregateReadNode = {
      kind: 'aggregate_read',
      relation: db.relation('item'),
      order: [],
      parts: [
        {
          kind: 'aggregate',
          key: 'all',
          fields: [{ kind: 'group', key: 'g', calls }, ...calls.map((call) => ({ kind: 'call' as const, call }))],
        },
      ],
    }
    const expected = Object.fromEntries(keys(count).map((key, i) => [key, i % 2 ? 'x' : 30]))
    expect(await answer(node)).toEqual({ all: { g: expected, ...expected } })
  })

  it('in the keys of groups and in the edges of a connection', async () => {
    const group: GroupReadNode = {
      kind: 'group_read',
      relation: db.relation('item'),
      by: [column('item', 'a'), column('item', 'b')],
      order: [db.order('item', 'a', 'desc')],
      parts: [
        {
          kind: 'key',
          key: 'key',
          fields: keys(count).map((key, i) => ({ kind: 'column', key, column: column('item', i % 2 ? 'b' : 'a') })),
        },
      ],
    }
    expect((await answer(group))[0]).toEqual({ key: values })
    const connection: ConnectionReadNode = {
      kind: 'connection_read',
      relation: db.relation('item'),
      order: [{ ...db.order('item', 'id', 'desc'), name: 'id' }],
      fromEnd: false,
      size: 1,
      parts: [
        { kind: 'edges', key: 'edges', parts: keys(count).map((key) => ({ kind: 'cursor', key })) },
        { kind: 'edges', key: 'nodes', parts: [{ kind: 'node', key: 'node', fields: aliases(count) }] },
      ],
    }
    const page = await answer(connection)
    expect(Object.keys(page.edges[0])).toHaveLength(count)
    expect(page.nodes).toEqual([{ node: values }])
  })
})

it('a document of 1,000 roots', async () => {
  const roots = keys(1_000).map((key) => ({
    key,
    node: db.read('item', db.fields('item', 'id'), { order: [db.order('item', 'id')], limit: 1 }),
  }))
  expect((await db.run(compileQueryDocument(roots))).json).toEqual(Object.fromEntries(keys(1_000).map((key) => [key, [{ id: 1 }]])))
})

it('a table with as many columns as there can be: rows, aggregates, groups, connections and mutations', async () => {
  const fields = wide.map((name): FieldNode => ({ kind: 'column', key: name, column: column('wide', name) }))
  const [row] = (await db.run(compile(db.read('wide', fields)))).json
  expect(Object.entries(row)).toEqual(wide.map((name, i) => [name, i === 0 ? true : null]))
  const calls = wide.map((name) => ({ key: name, function: 'bool_and' as const, columns: [column('wide', name)] }))
  const aggregate: AggregateReadNode = {
    kind: 'aggregate_read',
    relation: db.relation('wide'),
    order: [],
    parts: [
      { kind: 'aggregate', key: 'all', fields: [{ kind: 'group', key: 'and', calls }] },
      { kind: 'nodes', key: 'nodes', fields },
    ],
  }
  expect(await answer(aggregate)).toEqual({ all: { and: row }, nodes: [row] })
  const by = wide.slice(0, 200)
  const groups: GroupReadNode = {
    kind: 'group_read',
    relation: db.relation('wide'),
    by: by.map((name) => column('wide', name)),
    order: [],
    parts: [
      {
        kind: 'key',
        key: 'key',
        fields: wide.slice(0, 200).map((name) => ({ kind: 'column' as const, key: name, column: column('wide', name) })),
      },
      { kind: 'nodes', key: 'nodes', fields },
    ],
  }
  expect(await answer(groups)).toEqual([{ key: Object.fromEntries(Object.entries(row).slice(0, 200)), nodes: [row] }])
  const insert = {
    kind: 'insert',
    relation: db.relation('wide'),
    columns: wide.map((name) => column('wide', name)),
    rows: value('[{"c5":true}]'),
    missingAsDefault: true,
    returning: null,
  } as const
  const steps = compileMutationSteps(insert, [{ kind: 'returning', key: 'r', fields }])
  expect((await db.sequence(steps)).at(-1)!.json.r).toEqual([{ ...row, c0: null, c5: true }])
})
