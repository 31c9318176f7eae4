// Computed columns and relationships, aggregates with grouping, spreads.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile, type FieldNode, type ReadNode, type RelationshipLink } from '#libs/query'
import { Compiler } from './compiler.ts'

const schema = readFileSync(new URL('shop.sql', import.meta.url), 'utf8')
let db: Compiler
const json = async (node: ReadNode) => (await db.run(compile(node))).json

beforeAll(async () => {
  db = await Compiler.start(schema)
})
afterAll(() => db[Symbol.asyncDispose]())

function byFunction(name: string, cardinality: RelationshipLink['cardinality']): RelationshipLink {
  const source = db.relation('customers')
  return { source, target: db.relation('orders'), cardinality, columns: [], targetColumns: [], function: db.function(name) }
}

describe('computed columns', () => {
  it('are read, filtered by, ordered by and aggregated like columns', async () => {
    const fields = db.fields('customers', 'id title')
    const filter = db.equal('customers', 'title', 'ANN')
    expect(await json(db.read('customers', fields, { filter }))).toEqual([{ id: 1, title: 'ANN' }])
    const last = db.read('customers', fields, { order: [db.order('customers', 'title', 'desc')], limit: 1 })
    expect(await json(last)).toEqual([{ id: 4, title: 'DEE' }])
    expect(await json(db.read('customers', [db.aggregate('customers', 'max', 'title')]))).toEqual([{ max: 'DEE' }])
  })

  it('take a json path', async () => {
    const column = db.column('orders', 'details_of')
    const field: FieldNode = { kind: 'column', key: 'tax', column, jsonPath: { steps: ['tax'], asText: false } }
    expect(await json(db.read('orders', [field], { order: [db.order('orders', 'id')], limit: 1 }))).toEqual([{ tax: 1 }])
  })

  it('group', async () => {
    const fields = [...db.fields('orders', 'has_tax'), db.aggregate('orders', 'count')]
    expect(await json(db.read('orders', fields, { order: [db.order('orders', 'has_tax')] }))).toEqual([
      { has_tax: false, count: 2 },
      { has_tax: true, count: 3 },
    ])
  })

  it('work inside embeds and on the rows of a function', async () => {
    const fields = [...db.fields('orders', 'id'), db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'title'))]
    const read = db.read('orders', fields, { order: [db.order('orders', 'id')], limit: 1 })
    expect(await json(read)).toEqual([{ id: 1, customers: { title: 'ANN' } }])
    const rows = db.read('customers', db.fields('customers', 'title'), { filter: db.equal('customers', 'title', 'BOB') })
    const call = { kind: 'call', function: db.function('all_customers'), arguments: [], read: rows } as const
    expect(await db.run(compile(call))).toMatchObject({ json: [{ title: 'BOB' }], rows: '1' })
    expect(await db.run(compile(call, { total: true }))).toMatchObject({ json: [{ title: 'BOB' }], total: '1' })
  })
})

describe('computed relationships', () => {
  it('give arrays, objects or null; a function of one row always has one', async () => {
    const fields = (names: string) => db.fields('orders', names)
    const read = db.read(
      'customers',
      [
        ...db.fields('customers', 'name'),
        db.embed(byFunction('latest_orders', 'to_many'), fields('id'), { key: 'many', limit: 1 }),
        db.embed(byFunction('first_order', 'to_one'), fields('id'), { key: 'one' }),
        db.embed(byFunction('any_order', 'to_one'), fields('id'), { key: 'any' }),
      ],
      { order: [db.order('customers', 'id')] },
    )
    expect(await json(read)).toEqual([
      { name: 'Ann', many: [{ id: 2 }], one: { id: 1 }, any: { id: 1 } },
      { name: 'Bob', many: [{ id: 3 }], one: { id: 3 }, any: { id: 3 } },
      { name: 'Cid', many: [{ id: 4 }], one: { id: 4 }, any: { id: 4 } },
      { name: 'Dee', many: [], one: null, any: { id: null } },
    ])
  })

  it('may be required, filtered, ordered by and spread', async () => {
    const required = {
      ...db.embed(byFunction('latest_orders', 'to_many'), [], { filter: db.equal('orders', 'amount', '40') }),
      required: true,
    }
    expect(await json(db.read('customers', [...db.fields('customers', 'name'), required as FieldNode]))).toEqual([
      { name: 'Cid', orders: [{}] },
    ])
    const spread = db.embed(byFunction('first_order', 'to_one'), db.fields('orders', 'amount day'), { spread: true })
    const order = [db.order('orders', 'amount', 'desc', { relatedBy: byFunction('any_order', 'to_one') })]
    expect(await json(db.read('customers', [...db.fields('customers', 'name'), spread], { order, limit: 2 }))).toEqual([
      { name: 'Dee', amount: null, day: null },
      { name: 'Cid', amount: 40, day: '2026-01-02' },
    ])
  })
})

describe('aggregates', () => {
  const sum = () => db.aggregate('orders', 'sum', 'amount')

  it('are over all rows, or by every other field', async () => {
    expect(await json(db.read('orders', [sum(), db.aggregate('orders', 'count')]))).toEqual([{ sum: 150, count: 5 }])
    const grouped = db.read('orders', [...db.fields('orders', 'when:day'), sum()], { order: [db.order('orders', 'day', 'desc')] })
    expect(await json(grouped)).toEqual([
      { when: '2026-01-02', sum: 110 },
      { when: '2026-01-01', sum: 40 },
    ])
  })

  it('take json paths, casts of the argument and of the result, distinct', async () => {
    const path = { jsonPath: { steps: ['tax'], asText: true }, argumentCast: db.realColumn('orders', 'id').type }
    const text = db.realColumn('customers', 'name').type
    const fields = [
      db.aggregate('orders', 'sum', 'details', { ...path, cast: text }),
      db.aggregate('orders', 'count', 'day', { distinct: true }),
    ]
    expect(await json(db.read('orders', fields))).toEqual([{ sum: '6', count: 2 }])
  })

  it('group by json, json paths and casts', async () => {
    const kind = {
      kind: 'column',
      key: 'kind',
      column: db.column('orders', 'details'),
      jsonPath: { steps: ['kind'], asText: false },
    } as const
    expect(
      await json(db.read('orders', [kind, sum()], { order: [db.order('orders', 'details', 'asc', { jsonPath: kind.jsonPath })] })),
    ).toEqual([
      { kind: 'x', sum: 30 },
      { kind: 'y', sum: 70 },
      { kind: null, sum: 50 },
    ])
    const data = await json(db.read('orders', [...db.fields('orders', 'data'), db.aggregate('orders', 'count')]))
    expect(data).toHaveLength(3)
    expect(data).toContainEqual({ data: { a: 1 }, count: 2 })
  })

  it('group by embedded rows of either kind', async () => {
    const customers = db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'city'))
    const rows = await json(db.read('orders', [sum(), customers]))
    expect(rows).toHaveLength(3)
    expect(rows).toContainEqual({ sum: 70, customers: { city: 'Oslo' } })
    expect(rows).toContainEqual({ sum: 50, customers: null })
    const items = db.embed(db.down('items', 'order_id'), db.fields('items', 'product'))
    const byItems = await json(db.read('orders', [sum(), items]))
    expect(byItems).toContainEqual({ sum: 90, items: [] })
    expect(byItems).toContainEqual({ sum: 10, items: [{ product: 'pen' }, { product: 'ink' }] })
  })

  it('are grouped inside an embed on their own', async () => {
    const orders = db.embed(db.down('orders', 'customer_id'), [sum(), ...db.fields('orders', 'day')], {
      order: [db.order('orders', 'day')],
    })
    const rows = await json(db.read('customers', [...db.fields('customers', 'name'), orders], { order: [db.order('customers', 'id')] }))
    expect(rows[0]).toEqual({
      name: 'Ann',
      orders: [
        { sum: 10, day: '2026-01-01' },
        { sum: 20, day: '2026-01-02' },
      ],
    })
    const total = db.embed(db.down('orders', 'customer_id'), [sum()])
    expect((await json(db.read('customers', [total], { order: [db.order('customers', 'id', 'desc')], limit: 1 })))[0]).toEqual({
      orders: [{ sum: null }],
    })
  })

  it('of a to-one spread belong to the level that it is spread into', async () => {
    const link = db.up('orders', 'customer_id')
    const spread = db.embed(link, [...db.fields('customers', 'town:city'), db.aggregate('customers', 'max', 'joined')], { spread: true })
    const order = [db.order('customers', 'city', 'asc', { relatedBy: link })]
    expect(await json(db.read('orders', [sum(), spread], { order }))).toEqual([
      { sum: 70, town: 'Oslo', max: '2022-01-01' },
      { sum: 30, town: 'Rome', max: '2021-01-01' },
      { sum: 50, town: null, max: null },
    ])
    const only = db.embed(link, [db.aggregate('customers', 'count')], { spread: true })
    expect(await json(db.read('orders', [only]))).toEqual([{ count: 4 }])
  })

  it('rise through nested to-one spreads, and are grouped by embeds inside them', async () => {
    const customer = db.embed(db.up('orders', 'customer_id'), [db.aggregate('customers', 'count'), ...db.fields('customers', 'city')], {
      spread: true,
    })
    const order = db.embed(db.up('items', 'order_id'), [customer, db.embed(db.down('notes', 'order_id'), db.fields('notes', 'note'))], {
      spread: true,
    })
    const rows = await json(db.read('items', [db.aggregate('items', 'sum', 'quantity'), order]))
    expect(rows).toHaveLength(3)
    expect(rows).toContainEqual({ sum: 3, count: 2, city: 'Oslo', notes: { note: 'gift' } })
    expect(rows).toContainEqual({ sum: 5, count: 1, city: 'Oslo', notes: null })
  })

  it('may have names longer than an identifier', async () => {
    const key = 'k'.repeat(80)
    const fields: FieldNode[] = [{ kind: 'column', key, column: db.column('orders', 'day') }, sum()]
    expect(await json(db.read('orders', fields, { order: [db.order('orders', 'day')], limit: 1 }))).toEqual([
      { [key]: '2026-01-01', sum: 40 },
    ])
  })
})

describe('spreads', () => {
  it('of a to-one row are fields of the row, looked up once', async () => {
    const spread = db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'name city title'), { spread: true })
    const plan = compile(db.read('orders', [...db.fields('orders', 'id'), spread], { order: [db.order('orders', 'id', 'desc')], limit: 2 }))
    expect(plan.text.match(/"customers"/g)).toHaveLength(1)
    expect((await db.run(plan)).json).toEqual([
      { id: 5, name: null, city: null, title: null },
      { id: 4, name: 'Cid', city: 'Oslo', title: 'CID' },
    ])
  })

  it('nest, and hold embeds', async () => {
    const customer = db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'buyer:name city'), { spread: true })
    const notes = db.embed(db.down('notes', 'order_id'), db.fields('notes', 'note'))
    const order = db.embed(db.up('items', 'order_id'), [...db.fields('orders', 'day'), customer, notes], { spread: true })
    const rows = await json(db.read('items', [...db.fields('items', 'product'), order], { order: [db.order('items', 'id')], limit: 1 }))
    expect(rows).toEqual([{ product: 'pen', day: '2026-01-01', buyer: 'Ann', city: 'Oslo', notes: { note: 'gift' } }])
  })

  it('of to-many rows are arrays in one order, with a limit of their own', async () => {
    const spread = db.embed(db.down('orders', 'customer_id'), db.fields('orders', 'orders:id amount'), {
      spread: true,
      order: [db.order('orders', 'amount', 'desc')],
      limit: 1,
    })
    const all = db.embed(db.down('orders', 'customer_id'), db.fields('orders', 'days:day'), {
      spread: true,
      order: [db.order('orders', 'id')],
    })
    const read = db.read('customers', [...db.fields('customers', 'name'), spread, all], { order: [db.order('customers', 'id')] })
    const rows = await json(read)
    expect(rows[0]).toEqual({ name: 'Ann', orders: [2], amount: [20], days: ['2026-01-01', '2026-01-02'] })
    expect(rows[3]).toEqual({ name: 'Dee', orders: [], amount: [], days: [] })
  })

  it('of to-many rows in to-many rows are arrays of arrays, of to-one rows arrays', async () => {
    const items = db.embed(db.down('items', 'order_id'), db.fields('items', 'products:product quantity'), {
      spread: true,
      order: [db.order('items', 'id')],
    })
    const note = db.embed(db.down('notes', 'order_id'), db.fields('notes', 'note'), { spread: true })
    const orders = db.embed(db.down('orders', 'customer_id'), [...db.fields('orders', 'ids:id'), items, note], {
      spread: true,
      order: [db.order('orders', 'id')],
    })
    const [row] = await json(
      db.read('customers', [...db.fields('customers', 'name'), orders], { order: [db.order('customers', 'id')], limit: 1 }),
    )
    expect(row).toEqual({ name: 'Ann', ids: [1, 2], products: [['pen', 'ink'], ['pen']], quantity: [[2, 1], [5]], note: ['gift', null] })
  })

  it('are left until rows are sorted and cut, unless a unique key sorts them', async () => {
    const notes = db.embed(db.down('notes', 'order_id'), db.fields('notes', 'note order_id'), { spread: true })
    const items = db.embed(db.down('items', 'order_id'), db.fields('items', 'product quantity'), {
      spread: true,
      order: [db.order('items', 'id')],
    })
    const customer = db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'name city'), { spread: true })
    const fields = [...db.fields('orders', 'id'), customer, items, notes]
    const byKey = compile(db.read('orders', fields, { order: [db.order('orders', 'id')], limit: 1 }))
    const byAmount = compile(db.read('orders', fields, { order: [db.order('orders', 'amount')], limit: 1 }))
    expect(byKey.text).toContain('left join lateral')
    expect(byAmount.text).not.toContain('left join lateral')
    expect(byAmount.text.match(/"items"/g)).toHaveLength(1)
    const row = { id: 1, name: 'Ann', city: 'Oslo', product: ['pen', 'ink'], quantity: [2, 1], note: 'gift', order_id: 1 }
    expect((await db.run(byKey)).json).toEqual([row])
    expect((await db.run(byAmount)).json).toEqual([row])
    const nested = db.embed(db.up('items', 'order_id'), [...db.fields('orders', 'day'), items], { spread: true })
    const twice = db.read('items', [...db.fields('items', 'id'), nested], {
      order: [db.order('items', 'product'), db.order('items', 'id')],
      limit: 1,
    })
    expect(await json(twice)).toEqual([{ id: 4, day: '2026-01-01', product: ['cup'], quantity: [1] }])
  })

  it('stand beside a junction', async () => {
    const link = { ...db.down('orders', 'customer_id'), target: db.relation('items'), targetColumns: ['order_id'] }
    const through: RelationshipLink = {
      ...link,
      through: { relation: db.relation('orders'), nearColumns: ['customer_id'], farColumns: ['id'] },
    }
    const order = db.embed(db.up('items', 'order_id'), db.fields('orders', 'day amount'), { spread: true })
    const items = db.embed(through, [...db.fields('items', 'product'), order], { order: [db.order('items', 'id')] })
    const [row] = await json(db.read('customers', [items], { order: [db.order('customers', 'id')], limit: 1 }))
    expect(row.items[2]).toEqual({ product: 'pen', day: '2026-01-02', amount: 20 })
  })
})
