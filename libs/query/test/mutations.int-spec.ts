// Limited updates and deletes, and answers that need more than columns.
import { readFileSync } from 'node:fs'
import { beforeEach, afterEach, describe, expect, it } from 'vitest'
import { compile, isSliceable, type DeleteNode, type FieldNode, type InsertNode, type RelationshipLink, type UpdateNode } from '#libs/query'
import { Compiler, value } from './compiler.ts'

const schema = readFileSync(new URL('shop.sql', import.meta.url), 'utf8')
let db: Compiler

beforeEach(async () => {
  db = await Compiler.start(schema)
})
afterEach(() => db[Symbol.asyncDispose]())

const slice = (relation: string, name: string, limit: number, offset?: number) => ({
  order: [db.order(relation, name, 'desc')],
  limit,
  offset,
})

function update(relation: string, names: string, object: object, more: Partial<UpdateNode> = {}): UpdateNode {
  const columns = names.split(' ').map((name) => db.realColumn(relation, name))
  return {
    kind: 'update',
    relation: db.relation(relation),
    set: [],
    setFrom: { columns, object: value(JSON.stringify(object)) },
    returning: null,
    ...more,
  }
}

describe('a limited update', () => {
  it('changes the first rows in its order', async () => {
    const node = update('orders', 'amount', { amount: 0 }, { slice: slice('orders', 'id', 2, 1), returning: db.fields('orders', 'id') })
    const { json, rows } = await db.run(compile(node))
    expect(json.map(({ id }: { id: number }) => id).sort()).toEqual([3, 4])
    expect(rows).toBe('2')
    expect(await db.db.sql('select id from orders where amount = 0 order by id')).toEqual([{ id: 3 }, { id: 4 }])
  })

  it('works without a primary key, and within its filter', async () => {
    const node = update(
      'logs',
      'message',
      { message: 'x' },
      { slice: slice('logs', 'at', 1), filter: db.equal('logs', 'message', 'three') },
    )
    expect((await db.run(compile(node, { body: 'none' }))).rows).toBe('1')
    expect(await db.db.sql(`select at from logs where message = 'x'`)).toEqual([{ at: '3' }])
  })

  it('counts only rows that the policies let it change', async () => {
    await db.db.sql(`create policy not_dee on customers as restrictive for update to authenticated using (name <> 'Dee')`)
    const node = update('customers', 'city', { city: 'Bonn' }, { slice: slice('customers', 'name', 2) })
    expect((await db.run(compile(node, { body: 'none' }), 'authenticated')).rows).toBe('2')
    expect(await db.db.sql(`select name from customers where city = 'Bonn' order by 1`)).toEqual([{ name: 'Ann' }, { name: 'Bob' }])
  })

  it('needs rows that can be told apart', () => {
    expect(isSliceable(db.relation('orders'))).toBe(true)
    expect(isSliceable(db.relation('logs'))).toBe(true)
    expect(isSliceable(db.relation('days'))).toBe(false)
  })
})

describe('a limited delete', () => {
  it('takes the first rows in its order', async () => {
    const node: DeleteNode = {
      kind: 'delete',
      relation: db.relation('items'),
      slice: slice('items', 'id', 3),
      returning: db.fields('items', 'product'),
    }
    expect((await db.run(compile(node))).rows).toBe('3')
    expect(await db.db.sql('select product from items')).toEqual([{ product: 'pen' }])
  })
})

describe('the answer of a mutation', () => {
  it('may hold computed columns, computed relationships, spreads and aggregates', async () => {
    const source = db.relation('customers')
    const link: RelationshipLink = {
      source,
      target: db.relation('orders'),
      cardinality: 'to_many',
      columns: [],
      targetColumns: [],
      function: db.function('latest_orders'),
    }
    const fields = [...db.fields('customers', 'name title'), db.embed(link, db.fields('orders', 'id'))]
    const node = update('customers', 'name', { name: 'Bert' }, { filter: db.equal('customers', 'id', '2'), returning: fields })
    expect((await db.run(compile(node))).json).toEqual([{ name: 'Bert', title: 'BERT', orders: [{ id: 3 }] }])
    const insert: InsertNode = {
      kind: 'insert',
      relation: db.relation('orders'),
      columns: ['customer_id', 'amount', 'day'].map((name) => db.realColumn('orders', name)),
      rows: value(JSON.stringify([1, 2].map((customer_id) => ({ customer_id, amount: 1, day: '2026-02-01' })))),
      missingAsDefault: true,
      returning: [
        ...db.fields('orders', 'amount has_tax'),
        db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'name city title'), { spread: true }),
      ],
    }
    expect((await db.run(compile(insert))).json).toEqual([
      { amount: 1, has_tax: false, name: 'Ann', city: 'Oslo', title: 'ANN' },
      { amount: 1, has_tax: false, name: 'Bert', city: 'Rome', title: 'BERT' },
    ])
    const returning: FieldNode[] = [db.aggregate('items', 'sum', 'quantity'), ...db.fields('items', 'product')]
    const sums: DeleteNode = { kind: 'delete', relation: db.relation('items'), filter: db.equal('items', 'product', 'pen'), returning }
    expect((await db.run(compile(sums))).json).toEqual([{ sum: 7, product: 'pen' }])
  })
})
