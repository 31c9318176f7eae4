// The printer alone, on relations made by hand. What the statements do is shown by the golden cases.
import { describe, expect, it } from 'vitest'
import type { Column, ComputedColumn, DatabaseFunction, DataType, Relation } from '#libs/catalog'
import { compile, compileQueryDocument, documentOf } from './compile.ts'
import { compileNestedInsert } from './nested-insert.ts'
import type { InsertNode } from './mutation-tree.ts'
import type { FieldNode, ReadNode, RelationshipLink, ValueNode } from './tree.ts'

const text: DataType = { oid: 25, schema: 'pg_catalog', name: 'text', formatted: 'text', kind: 'base', category: 'S' }

function columnNamed(name: string): Column {
  return { name, position: 1, type: text, nullable: true, hasDefault: false, generated: 'no', defaultExpression: null, comment: null }
}

function relationNamed(schema: string, name: string, columns: readonly Column[]): Relation {
  return {
    oid: 1,
    schema,
    name,
    kind: 'table',
    comment: null,
    columns,
    columnsByName: new Map(columns.map((column) => [column.name, column])),
    primaryKey: null,
    uniqueKeys: [],
    foreignKeys: [],
    referencedBy: [],
    inheritedKeys: [],
    viewForeignKeys: [],
    viewReferencedBy: [],
    computedColumns: new Map(),
    computedRelationships: [],
    rowSecurity: { enabled: false, forced: false },
    securityInvoker: true,
    insertable: true,
    updatable: true,
    deletable: true,
    replicaIdentity: 'd',
    privilegesOf: () => ({ select: new Set(), insert: new Set(), update: new Set(), delete: false }),
  }
}

const hostile = `a"; drop table x; --`
const column = columnNamed(hostile)
const relation = relationNamed(hostile, hostile, [column])
const value: ValueNode = { kind: 'value', value: `'; drop table y; --` }
const read: ReadNode = {
  kind: 'read',
  relation,
  fields: [{ kind: 'column', key: hostile, column, jsonPath: { steps: [`'`, 0, `\\'`], asText: true } }],
  filter: { kind: 'compare', operand: { kind: 'operand', column }, operator: 'eq', value },
  order: [],
}

const fn = {
  oid: 1,
  schema: hostile,
  name: hostile,
  comment: null,
  arguments: [],
  volatility: 'stable',
  returnsSet: true,
  returnType: text,
  returnRelation: null,
  returnColumns: null,
  resultRelation: null,
  securityDefiner: false,
  rowsEstimate: 0,
  settings: new Map(),
  isExecutableBy: () => true,
} satisfies DatabaseFunction
const computed: ComputedColumn = { kind: 'computed', name: hostile, type: text, function: fn, comment: null }
const link: RelationshipLink = {
  source: relation,
  target: relation,
  cardinality: 'to_one',
  columns: [hostile],
  targetColumns: [hostile],
  foreignKey: {
    name: hostile,
    source: { ...relation, oid: 2 },
    columns: [hostile],
    target: relation,
    targetColumns: [hostile],
    comment: null,
  },
}
/** What is left of a statement without its quoted names and literals. */
const bare = (sql: string) => sql.replace(/ E'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '')

describe('the printer', () => {
  it('quotes names in aggregates, spreads, computed relationships, other bodies and nested rows', () => {
    const aggregate: FieldNode = {
      kind: 'aggregate',
      call: { key: hostile, function: 'max', columns: [computed], cast: { ...text, name: hostile } },
    }
    const spread = (cardinality: RelationshipLink['cardinality'], more: Partial<RelationshipLink> = {}): FieldNode => {
      const fields: FieldNode[] = [{ kind: 'column', key: hostile, column: computed }, ...read.fields]
      return {
        kind: 'relation',
        key: hostile,
        link: { ...link, cardinality, ...more },
        read: { ...read, fields },
        required: true,
        spread: true,
      }
    }
    const order = [{ operand: { kind: 'operand', column: computed }, direction: 'asc' }] as const
    const fields = [aggregate, spread('to_one'), spread('to_many'), spread('to_many', { function: fn, columns: [], targetColumns: [] })]
    const handler = { mediaType: hostile, schema: hostile, name: hostile, relation: null }
    for (const node of [
      { ...read, fields },
      { ...read, fields: fields.slice(1), order, limit: 1 },
    ]) {
      for (const body of ['array', 'csv', 'geojson', { handler }, { handler: { ...handler, relation } }] as const) {
        const { text: sql, parameters } = compile(node, { body, geoJsonSchema: hostile, total: { max: 5 }, stripNulls: true })
        expect(bare(sql)).not.toMatch(/drop|--/)
        expect(parameters).toEqual([value])
      }
    }
    const insert: InsertNode = {
      kind: 'insert',
      relation: { ...relation, primaryKey: { name: hostile, columns: [hostile], primary: true } },
      columns: [column],
      rows: value,
      missingAsDefault: true,
      returning: read.fields,
    }
    for (const step of compileNestedInsert({ ...insert, nested: [{ link, key: hostile, node: insert }] }).steps)
      expect(bare(step.text)).not.toMatch(/drop|--/)
  })

  it('quotes names of every kind and binds every value', () => {
    const { text: sql, parameters } = compile(read, { total: true })
    expect(bare(sql)).not.toMatch(/drop|--/)
    expect(sql).toContain('"a""; drop table x; --"."a""; drop table x; --" t')
    expect(parameters).toEqual([value])
  })

  it('prints one node twice as one parameter, and equal nodes as two', () => {
    const twice = { kind: 'compare', operand: { kind: 'operand', column }, operator: 'neq', value } as const
    const another = { ...twice, value: { ...value } }
    expect(compile({ ...read, filter: { kind: 'or', items: [twice, twice, another] } }).parameters).toHaveLength(2)
  })

  it('prints the server’s own limits and binds those of a request', () => {
    expect(compile({ ...read, limit: 10 }).text).toContain(' limit 10)')
    expect(compile({ ...read, limit: { kind: 'value', value: '10' } }).text).toContain(' limit $2)')
    for (const limit of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => compile({ ...read, limit })).toThrow(TypeError)
  })

  it('an empty conjunction holds and an empty disjunction does not', () => {
    expect(compile({ ...read, filter: { kind: 'and', items: [] } }).text).toContain('where true')
    expect(compile({ ...read, filter: { kind: 'or', items: [] } }).text).toContain('where false')
  })

  it('refuses types and operators that are no plain words, and names with zero bytes', () => {
    const typed = (type: string) =>
      compile({ ...read, filter: { kind: 'compare', operand: { kind: 'operand', column }, operator: 'eq', value: { ...value, type } } })
    expect(typed('text[]').text).toContain('$1::text[]')
    expect(() => typed('text) or (1=1')).toThrow(TypeError)
    const operator = 'eq or 1=1' as 'eq'
    expect(() => compile({ ...read, filter: { kind: 'compare', operand: { kind: 'operand', column }, operator, value } })).toThrow(
      TypeError,
    )
    expect(() => compile({ ...read, fields: [{ kind: 'column', key: 'a\0', column }] })).toThrow(TypeError)
  })

  it('documents may have more roots than a Postgres function has arguments', () => {
    const roots = Array.from({ length: 120 }, (_, i) => ({ key: `r${i}`, node: read }))
    const { text: sql, parameters } = compileQueryDocument(roots)
    expect([...sql.matchAll(/to_json\('r\d+'::text\)/g)]).toHaveLength(120)
    expect(parameters).toHaveLength(1)
  })

  it('a document that reads one field has its value as the body, and the rest around it', () => {
    const constant = { kind: 'constant', value: 'say "hi"' } as const
    const plan = compileQueryDocument([
      { key: 'a', node: constant },
      { key: 'rows', node: read },
      { key: 'z', node: constant },
    ])
    expect(plan.text).toMatch(/^select coalesce\(json_agg\(.*\), '\[\]'\)::text as body from \(select /)
    expect(JSON.parse(documentOf(plan, '[1]'))).toEqual({ a: 'say "hi"', rows: [1], z: 'say "hi"' })
    expect(JSON.parse(documentOf(compileQueryDocument([{ key: 'one', node: { ...read, single: true } }]), undefined))).toEqual({
      one: null,
    })
    const two = compileQueryDocument([
      { key: 'a', node: read },
      { key: 'b', node: read },
    ])
    expect(documentOf(two, '{"a":[],"b":[]}')).toBe('{"a":[],"b":[]}')
  })
})
