// Formats of the body, counts and plans, of reads, calls and mutations.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MediaHandler } from '#libs/catalog'
import { compile, compilePlanCount, explainOf, type CallNode, type InsertNode } from '#libs/query'
import { Compiler, value } from './compiler.ts'

let db: Compiler

beforeAll(async () => {
  db = await Compiler.start(readFileSync(new URL('shop.sql', import.meta.url), 'utf8'))
})
afterAll(() => db[Symbol.asyncDispose]())

const customers = (names = 'id name', more = {}) =>
  db.read('customers', db.fields('customers', names), { order: [db.order('customers', 'id')], ...more })
const call = (name: string, more: Partial<CallNode> = {}): CallNode => ({
  kind: 'call',
  function: db.function(name),
  arguments: [],
  read: null,
  ...more,
})
const handler = (name: string, relation: string | null): MediaHandler => ({
  mediaType: 'text/plain',
  schema: 'public',
  name,
  relation: relation === null ? null : db.relation(relation),
})

function insertOf(names: string, rows: object[]): InsertNode {
  return {
    kind: 'insert',
    relation: db.relation('customers'),
    columns: names.split(' ').map((name) => db.realColumn('customers', name)),
    rows: value(JSON.stringify(rows)),
    missingAsDefault: false,
    returning: [],
  }
}

describe('csv', () => {
  it('has a header line and quotes what needs it', async () => {
    const fields = [...db.fields('logs', 'at'), ...db.fields('logs', 'the,"message:message')]
    const { body, rows } = await db.run(compile(db.read('logs', fields, { order: [db.order('logs', 'at')] }), { body: 'csv' }))
    expect(body).toBe('at,"the,""message"\n1,"one, ""two"""\n2,\n3,three')
    expect(rows).toBe('3')
  })

  it('of no rows is one empty line', async () => {
    const { body, rows } = await db.run(compile(customers('id', { filter: db.equal('customers', 'id', '999') }), { body: 'csv' }))
    expect([body, rows]).toEqual(['\n', '0'])
  })

  it('holds embedded rows as json, names of any length, and the rows of calls and of mutations', async () => {
    const orders = db.embed(db.down('orders', 'customer_id'), db.fields('orders', 'id'), { order: [db.order('orders', 'id')] })
    const read = db.read('customers', [...db.fields('customers', `${'k'.repeat(80)}:name`), orders], {
      order: [db.order('customers', 'id')],
      limit: 1,
    })
    expect((await db.run(compile(read, { body: 'csv' }))).body).toBe(`${'k'.repeat(80)},orders\nAnn,"[{""id"":1}, \n {""id"":2}]"`)
    expect((await db.run(compile(call('all_customers', { read: customers('name', { limit: 1 }) }), { body: 'csv' }))).body).toBe(
      'name\nAnn',
    )
    expect((await db.run(compile(call('first_name'), { body: 'csv' }))).body).toBe('pgrst_scalar\nAnn')
    expect((await db.run(compile(call('names', { valuesMax: 2 }), { body: 'csv' }))).body).toBe('pgrst_scalar\nAnn\nBob')
    const update = {
      kind: 'update',
      relation: db.relation('logs'),
      set: [{ column: db.realColumn('logs', 'message'), value: value('3rd') }],
    } as const
    const plan = compile({ ...update, filter: db.equal('logs', 'at', '3'), returning: db.fields('logs', 'at message') }, { body: 'csv' })
    expect((await db.run(plan)).body).toBe('at,message\n3,3rd')
  })
})

describe('nulls=stripped', () => {
  it('leaves out null keys at any depth', async () => {
    const customer = db.embed(db.up('orders', 'customer_id'), db.fields('customers', 'name city'))
    const read = db.read('orders', [...db.fields('orders', 'id data'), customer], { order: [db.order('orders', 'id', 'desc')], limit: 1 })
    expect((await db.run(compile(read, { stripNulls: true }))).json).toEqual([{ id: 5 }])
    expect((await db.run(compile(read, { stripNulls: true, body: 'object' }))).json).toEqual({ id: 5 })
    expect((await db.run(compile({ ...read, limit: 0 }, { stripNulls: true }))).json).toEqual([])
    const rows = call('all_customers', { read: customers('id city', { filter: db.equal('customers', 'id', '4') }) })
    expect((await db.run(compile(rows, { stripNulls: true }))).json).toEqual([{ id: 4 }])
  })
})

describe('scalars', () => {
  it('are bare text', async () => {
    expect((await db.run(compile(call('first_name'), { body: 'scalar' }))).body).toBe('Ann')
    expect((await db.run(compile(call('some_bytes'), { body: 'scalar' }))).body).toBe('\\x00ff')
    expect((await db.run(compile(call('no_text'), { body: 'scalar' }))).body).toBeNull()
  })

  it('are json values otherwise, and lists of them can be counted', async () => {
    expect((await db.run(compile(call('first_name')))).json).toBe('Ann')
    expect((await db.run(compile(call('no_text')))).body).toBe('null')
    const plan = compile(call('names', { valuesMax: 2 }), { total: true })
    expect(await db.run(plan)).toMatchObject({ json: ['Ann', 'Bob'], rows: '2', total: '4' })
    expect((await db.run(compile(call('names', { valuesMax: 1 }), { body: 'object' }))).json).toBe('Ann')
  })
})

describe('handlers', () => {
  it('of a relation take whole rows of it, whatever was selected', async () => {
    const body = { handler: handler('names_of', 'customers') }
    expect(await db.run(compile(customers('id', { limit: 2 }), { body }))).toMatchObject({ body: 'Ann;Bob;', rows: '2' })
    const rows = call('all_customers', { read: customers('id', { filter: db.equal('customers', 'city', 'Rome') }) })
    expect((await db.run(compile(rows, { body }))).body).toBe('Bob;')
    expect(await db.run(compile(rows, { body, total: true }))).toMatchObject({ body: 'Bob;', total: '1' })
    const insert = {
      ...insertOf('id name joined', [{ id: 50, name: 'New', joined: '2026-01-01' }]),
      returning: db.fields('customers', 'id'),
    }
    expect((await db.run(compile(insert, { body }))).body).toBe('New;')
    await db.db.sql('delete from customers where id = 50')
  })

  it('of anything take the rows as selected, or a scalar', async () => {
    const body = { handler: handler('bytes_of', null) }
    expect((await db.run(compile(customers('id', { limit: 3 }), { body }))).body).toBe('\\x010101')
    expect((await db.run(compile(call('names'), { body }))).body).toBe('\\x01010101')
    expect((await db.run(compile(call('first_name'), { body }))).body).toBe('\\x01')
  })
})

describe('counts', () => {
  it('are exact, or stop at a bound', async () => {
    const read = customers('id', { limit: 1 })
    expect(await db.run(compile(read, { total: true }))).toMatchObject({ rows: '1', total: '4' })
    expect(await db.run(compile(read, { total: { max: 2 } }))).toMatchObject({ rows: '1', total: '3' })
    expect(await db.run(compile(read, { total: { max: 10 } }))).toMatchObject({ rows: '1', total: '4' })
  })

  it('are estimated by the planner without a scan', async () => {
    const plan = compilePlanCount(db.read('customers', [], { filter: db.equal('customers', 'id', '1') }))
    const [explained] = JSON.parse((await db.run(plan))['plan']!) as { Plan: Record<string, unknown> }[]
    expect(explained!.Plan['Plan Rows']).toBe(1)
  })
})

describe('plans', () => {
  it('are json, or lines of text', async () => {
    const read = compile(customers('id', { filter: db.equal('customers', 'name', 'Ann') }))
    const json = await db.run(explainOf(read, { format: 'json', verbose: true, settings: true }))
    expect(JSON.parse(json['plan']!)[0].Plan['Output']).toBeDefined()
    const lines = await db.rows(explainOf(read, { format: 'text', analyze: true, buffers: true, wal: true }))
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.at(-1)!['plan']).toContain('Execution Time')
  })
})

describe('an upsert', () => {
  it('counts what it updated, for itself only', async () => {
    const upsert = {
      ...insertOf('id name joined', [
        { id: 1, name: 'Ann', joined: '2020-01-01' },
        { id: 60, name: 'Eve', joined: '2026-01-01' },
      ]),
      conflict: { target: ['id'], action: 'merge', update: [db.realColumn('customers', 'name')] },
    } as const
    const plan = compile(upsert, { body: 'none', updated: true })
    const answers = await db.sequence([plan, plan])
    expect(answers.map(({ rows, updated }) => [rows, updated])).toEqual([
      ['2', '1'],
      ['2', '2'],
    ])
    await db.db.sql('delete from customers where id = 60')
  })
})

describe('GeoJSON', () => {
  it('is a collection of features, also when there are none', async ({ skip }) => {
    const [postgis] = await db.db.sql(`select 1 from pg_available_extensions where name = 'postgis'`)
    if (postgis === undefined) {
      console.log('GeoJSON is not tested: this Postgres has no PostGIS. PLINTH_TEST_DATABASE_URL names one that has.')
      skip()
    }
    await using places = await Compiler.start(`create table places (id int primary key, name text)`)
    await places.db.superuserSql(`
      create schema gis; create extension postgis schema gis; grant usage on schema gis to public;
      alter table places add at gis.geometry(point, 4326);
      insert into places values (1, 'here', gis.st_setsrid(gis.st_makepoint(1, 2), 4326));
      grant select on places to service_role`)
    await places.reload()
    const read = places.read('places', places.fields('places', 'id name at'))
    const options = { body: 'geojson', geoJsonSchema: 'gis' } as const
    expect((await places.run(compile(read, options))).json).toEqual({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [1, 2] }, properties: { id: 1, name: 'here' } }],
    })
    expect((await places.run(compile({ ...read, limit: 0 }, options))).json).toEqual({ type: 'FeatureCollection', features: [] })
    expect(() => compile(read, { body: 'geojson' })).toThrow(TypeError)
  })
})
