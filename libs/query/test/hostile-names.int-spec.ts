// Names and values that try to be something else than names and values: everything that reaches the SQL text is quoted, and
// the rest are parameters.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type AggregateReadNode,
  compile,
  compileMutationSteps,
  compileQueryDocument,
  type ConnectionReadNode,
  documentOf,
  type FieldNode,
  type FilterNode,
  type GroupReadNode,
  type ReadNode,
} from '#libs/query'
import { Compiler, value } from './compiler.ts'

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
const attack = `x"; drop table "victim`
const long = 'x'.repeat(62)
/** Two of them differ in the last byte that Postgres keeps. */
const names = [
  attack,
  `') or true --`,
  `a.b`,
  `😀`,
  `é\u0301`,
  `\u202Egnp`,
  `${long}a`,
  `${long}b`,
  'select',
  `o'neil`,
  'back\\slash',
  `\\'; select 1 --`,
  '$1',
  '$$',
  '%s',
  ':a',
  '/*',
  '*',
  ' ',
  '\n',
  '\t',
  't0',
  'r1',
  'q1',
  'm',
  'x',
  'place',
  'json',
  'v',
  'c0',
  'constructor',
  '__proto__',
  'toString',
]
const table = `ta"ble.😀 '\\; --`
const child = 't1'
const keys = [...names, `${long}${long}a`, `${long}${long}b`, 'a":1,"b', '}', '']
let db: Compiler

beforeAll(async () => {
  db = await Compiler.start(`
    create table victim (id int);
    create type ${quoted(attack)} as enum ('a"', 'b''', 'c\\');
    create table ${quoted(table)} (${names.map((name) => `${quoted(name)} int`).join(', ')}, id int primary key, doc jsonb, kind ${quoted(attack)}, words text);
    create table ${child} (t1 int primary key, "pa""rent" int references ${quoted(table)} (id), r1 text);
    insert into ${quoted(table)} select ${names.map((_, i) => `g + ${i}`).join(', ')}, g, '{"a": {"b''": [1, 2]}}', 'b''', E'w''"\\\\\\n😀' from generate_series(1, 3) g;
    insert into ${child} values (1, 1, 'x"'), (2, 1, 'y'), (3, 2, null);
    create function ${quoted(`fn'"\\`)}(${quoted(attack)} int, "b'" text) returns setof ${quoted(table)} stable language sql as $f$ select * from ${quoted(table)} where id >= $1 $f$;
    create function ${quoted(`of "row'`)}(${quoted(table)}) returns text stable language sql as $f$ select 'of ' || $1.id $f$;
    grant all on all tables in schema public to service_role;
    grant execute on all functions in schema public to service_role;`)
})
afterAll(() => db[Symbol.asyncDispose]())

const column = (name: string) => db.realColumn(table, name)
const columns = (relation: string, list: readonly string[]): FieldNode[] =>
  list.map((name) => ({ kind: 'column', key: name, column: db.realColumn(relation, name) }))
const answer = async (node: ReadNode | AggregateReadNode | GroupReadNode | ConnectionReadNode, key = 'x') => {
  const plan = compileQueryDocument([{ key, node }])
  const text = documentOf(plan, (await db.run(plan))['body'])
  expect(Object.entries(JSON.parse(text))).toHaveLength(1)
  return Object.entries<any>(JSON.parse(text))[0]!
}
const of = async (node: Parameters<typeof answer>[0]) => (await answer(node))[1]
const byId = [
  {
    operand: {
      kind: 'operand' as const,
      get column() {
        return column('id')
      },
    },
    direction: 'asc' as const,
  },
]
const entries = (row: object) => Object.entries(row)
const expected = (id: number) => names.map((name, i) => [name, id + i] as const)
const up = () => db.up(child, 'pa"rent')
const down = () => db.down(child, 'pa"rent')
const compare = (name: string, text: string, operator: 'eq' | 'like' | 'match' | 'contains' | 'in' = 'eq'): FilterNode => ({
  kind: 'compare',
  operand: { kind: 'operand', column: column(name) },
  operator,
  value: value(text),
})

describe('names of the catalog', () => {
  it('are read, sorted by, filtered by and told apart to the last byte', async () => {
    const rows = await of(
      db.read(table, columns(table, names), {
        order: names.map((name) => db.order(table, name, 'desc')),
        filter: { kind: 'and', items: names.map((name, i) => ({ kind: 'not', item: compare(name, String(2 + i)) })) },
      }),
    )
    expect(rows.map(entries)).toEqual([expected(3), expected(1)])
  })

  it('of a child, a parent and a function over the row', async () => {
    const inner = db.read(child, [...columns(child, ['t1', 'pa"rent', 'r1']), db.embed(up(), columns(table, names), { key: `u"p'` })], {
      order: [db.order(child, 't1')],
    })
    const rows = await of(
      db.read(table, [{ kind: 'relation', key: long + long, link: down(), required: true, read: inner }], { order: byId }),
    )
    expect(rows).toHaveLength(2)
    expect(rows[0][long + long].map((each: any) => [each.t1, each.r1, entries(each[`u"p'`])])).toEqual([
      [1, 'x"', expected(1)],
      [2, 'y', expected(1)],
    ])
    const computed = db.function(`of "row'`)
    expect(
      await of(db.read(table, [{ kind: 'computed', key: `c"'`, function: computed, arguments: [] }], { order: byId, limit: 1 })),
    ).toEqual([{ [`c"'`]: 'of 1' }])
  })

  it('in aggregates, groups and connections', async () => {
    const calls = names.map((name) => ({ key: name, function: 'sum' as const, columns: [column(name)] }))
    const nodes: FieldNode[] = [...columns(table, names), db.embed(down(), columns(child, ['t1']), { key: `kids"` })]
    const aggregate: AggregateReadNode = {
      kind: 'aggregate_read',
      relation: db.relation(table),
      order: byId,
      parts: [
        {
          kind: 'aggregate',
          key: 'a"g',
          fields: [
            { kind: 'group', key: `su'm`, calls },
            { kind: 'call', call: { key: attack, function: 'count', columns: [column(attack)], distinct: true } },
          ],
        },
        { kind: 'nodes', key: 'n.o', fields: nodes },
      ],
    }
    const summed = await of(aggregate)
    expect(entries(summed['a"g'][`su'm`])).toEqual(names.map((name, i) => [name, 6 + 3 * i]))
    expect(summed['a"g'][attack]).toBe(3)
    expect(summed['n.o'][1]['kids"']).toEqual([{ t1: 3 }])
    const group: GroupReadNode = {
      kind: 'group_read',
      relation: db.relation(table),
      by: names.map(column),
      order: [db.order(table, attack, 'desc')],
      parts: [
        { kind: 'key', key: `k"'`, fields: names.map((name) => ({ kind: 'column' as const, key: name, column: column(name) })) },
        { kind: 'nodes', key: 'n', fields: nodes },
      ],
    }
    expect((await of(group)).map((each: any) => entries(each[`k"'`]))).toEqual([3, 2, 1].map(expected))
    const connection = (after?: string): ConnectionReadNode => ({
      kind: 'connection_read',
      relation: db.relation(table),
      order: names.map((name) => ({ ...db.order(table, name), name })),
      ...(after === undefined ? {} : { after: names.map((_, i) => value(String(1 + i))) }),
      fromEnd: false,
      size: 1,
      parts: [
        {
          kind: 'edges',
          key: attack,
          parts: [
            { kind: 'cursor', key: `c'"` },
            { kind: 'node', key: 'n', fields: nodes },
          ],
        },
      ],
    })
    for (const [after, id] of [
      [undefined, 1],
      ['after', 2],
    ] as const) {
      const [edge] = (await of(connection(after)))[attack]
      expect(entries(JSON.parse(Buffer.from(edge[`c'"`], 'base64').toString()))).toEqual(
        expected(id).map(([name, number]) => [name, String(number)]),
      )
    }
  })

  it('of functions, their arguments and types, and in what mutations write and return', async () => {
    const fn = db.function(`fn'"\\`)
    const call = compile({
      kind: 'call',
      function: fn,
      arguments: [
        { name: attack, value: value('2') },
        { name: `b'`, value: value(`'; drop table victim; --`) },
      ],
      read: db.read(table, columns(table, names), { order: byId }),
    })
    expect((await db.run(call)).json.map(entries)).toEqual([2, 3].map(expected))
    const cast: FieldNode = { kind: 'column', key: 'k', column: column('words'), cast: column('kind').type }
    await expect(db.run(compile(db.read(table, [cast])))).rejects.toMatchObject({ sqlstate: '22P02' })
    expect((await db.run(compile(db.read(table, [{ ...cast, column: column('kind') }], { limit: 1 })))).json).toEqual([{ k: `b'` }])
    const insert = {
      kind: 'insert',
      relation: db.relation(table),
      columns: [...names, 'id', 'kind'].map(column),
      rows: value(`[{"id":77,"kind":"c\\\\",${names.map((name, i) => `${JSON.stringify(name)}:${i + 77}`).join()}}]`),
      missingAsDefault: true,
      returning: null,
    } as const
    const steps = compileMutationSteps(insert, [
      { kind: 'affected_rows', key: 'af"' },
      {
        kind: 'returning',
        key: `r'`,
        fields: [...columns(table, [...names, 'kind']), db.embed(down(), columns(child, ['t1']), { key: `${attack}'` })],
      },
    ])
    const told = (await db.sequence(steps)).at(-1)!.json
    expect(told['af"']).toBe(1)
    expect(entries(told[`r'`][0])).toEqual([...expected(77), ['kind', 'c\\'], [`${attack}'`, []]])
    await db.db.sql(`delete from ${quoted(table)} where id = 77`)
  })
})

describe('keys of a request', () => {
  it('are keys of the answer and nothing else, also longer ones than an identifier and equal in all that it keeps', async () => {
    for (const key of keys) {
      const [root, [row]] = await answer(
        db.read(
          table,
          [
            { kind: 'column', key, column: column('id') },
            { kind: 'constant', key: `${key}|2`, value: key },
          ],
          { limit: 1, order: byId },
        ),
        key,
      )
      expect([root, entries(row)], key).toEqual([
        key,
        [
          [key, 1],
          [`${key}|2`, key],
        ],
      ])
    }
    const [row] = await of(
      db.read(
        table,
        keys.map((key) => ({ kind: 'column', key, column: column('id') })),
        { limit: 1, order: byId },
      ),
    )
    expect(entries(row)).toEqual(keys.map((key) => [key, 1]))
  })

  it('of a document, of json paths', async () => {
    const roots = keys.map((key) => ({ key, node: db.read(table, db.fields(table, 'id'), { limit: 1, order: byId }) }))
    const plan = compileQueryDocument(roots)
    expect(entries(JSON.parse(documentOf(plan, (await db.run(plan))['body'])))).toEqual(keys.map((key) => [key, [{ id: 1 }]]))
    for (const key of keys) {
      const path = { steps: ['a', key], asText: true }
      const [row] = await of(
        db.read(table, [{ kind: 'column', key: 'j', column: column('doc'), jsonPath: path }], {
          limit: 1,
          order: [db.order(table, 'doc', 'asc', { jsonPath: path }), ...byId],
        }),
      )
      expect(row).toEqual({ j: null })
    }
    const inside = { steps: ['a', `b'`, -1], asText: false }
    expect(await of(db.read(table, [{ kind: 'column', key: 'j', column: column('doc'), jsonPath: inside }], { limit: 1 }))).toEqual([
      { j: 2 },
    ])
  })

  it('with a zero byte are refused before Postgres sees them', () => {
    const id = () => column('id')
    for (const make of [
      () =>
        compileQueryDocument([
          { key: 'a\0b', node: db.read(table, db.fields(table, 'id')) },
          { key: 'c', node: db.read(table, []) },
        ]),
      () => compile(db.read(table, [{ kind: 'column', key: 'a\0', column: id() }])),
      () => compile(db.read(table, [{ kind: 'constant', key: 'a', value: '\0' }])),
      () => compile(db.read(table, [{ kind: 'column', key: 'a', column: column('doc'), jsonPath: { steps: ['\0'], asText: true } }])),
    ])
      expect(make).toThrow('zero byte')
  })
})

describe('values of a request', () => {
  const attacks = [
    ...names,
    `' or '1'='1`,
    `'; drop table victim; --`,
    `\\'; drop table victim; --`,
    `$1`,
    `{`,
    `{"a`,
    `(`,
    `[`,
    '%',
    '_',
    '\\',
    `w'"\\\n😀`,
    '\uFFFF',
    'x'.repeat(100_000),
  ]

  it('are compared as they are', async () => {
    for (const text of attacks) {
      const rows = await of(db.read(table, db.fields(table, 'id'), { filter: compare('words', text) }))
      expect(rows, text.slice(0, 40)).toHaveLength(text === `w'"\\\n😀` ? 3 : 0)
    }
    expect(await db.db.sql('select 1 from victim')).toBeDefined()
  })

  it('that no type reads are refused by Postgres with its code, and nothing else happens', async () => {
    for (const text of attacks) {
      const refused = db.run(compile(db.read(table, db.fields(table, 'id'), { filter: compare('id', text) })))
      await expect(refused, text.slice(0, 40)).rejects.toMatchObject({ sqlstate: expect.stringMatching(/^22/) })
      for (const operator of ['contains', 'in', 'match', 'like'] as const) {
        const name = operator === 'contains' ? 'doc' : 'words'
        const run = db.run(compile(db.read(table, db.fields(table, 'id'), { filter: compare(name, text, operator) }))).then(
          ({ json }) => Array.isArray(json),
          (error: { sqlstate?: string }) => error.sqlstate?.startsWith('22') === true || error,
        )
        expect(await run, `${operator} ${text.slice(0, 40)}`).toBe(true)
      }
    }
  })

  it('with a zero byte are refused', async () => {
    await expect(db.run(compile(db.read(table, db.fields(table, 'id'), { filter: compare('words', 'a\0b') })))).rejects.toThrow()
    // The connection is as good as before.
    expect(await of(db.read(table, db.fields(table, 'id'), { filter: compare('id', '1') }))).toEqual([{ id: 1 }])
  })
})

it('operators, directions, aggregates, types and counts that are none are no SQL', () => {
  const bad = `null or true) --` as never
  const operand = { kind: 'operand' as const, column: column('id') }
  const read = (more: Partial<ReadNode>) => () => compile(db.read(table, db.fields(table, 'id'), more))
  for (const operator of [bad, 'constructor' as never, 'toString' as never, '__proto__' as never])
    expect(read({ filter: { kind: 'compare', operand, operator, value: value('1') } })).toThrow(TypeError)
  const attempts: (() => unknown)[] = [
    read({ filter: { kind: 'compare', operand, operator: 'eq', quantifier: bad, value: value('1') } }),
    read({ filter: { kind: 'is', operand, what: bad } }),
    read({ filter: { kind: 'compare', operand, operator: 'eq', value: { kind: 'value', value: '1', type: bad } } }),
    read({ filter: { kind: 'compare', operand: { ...operand, cast: bad }, operator: 'eq', value: value('1') } }),
    read({ order: [{ operand, direction: 'asc', nulls: bad }] }),
    read({ limit: Number.NaN }),
    read({ offset: -1 }),
    () => compile(db.read(table, [{ kind: 'aggregate', call: { key: 'a', function: bad, columns: [column('id')] } }])),
    () => compile(db.read(table, [{ kind: 'column', key: 'a', column: column('doc'), jsonPath: { steps: [1.5], asText: true } }])),
    () => compile(db.read(table, [{ kind: 'constant', key: 'a', value: Number.POSITIVE_INFINITY }])),
  ]
  for (const [i, attempt] of attempts.entries()) expect(attempt, String(i)).toThrow(TypeError)
  // Anything but `desc` is ascending.
  expect(compile(db.read(table, db.fields(table, 'id'), { order: [{ operand, direction: bad }] })).text).not.toContain('true)')
})

it('nesting', async () => {
  let node = db.read(child, columns(child, ['t1']))
  for (let i = 0; i < 60; i++)
    node =
      i % 2 === 0
        ? db.read(table, [{ kind: 'relation', key: 'k', link: down(), required: false, read: node }])
        : db.read(child, [{ kind: 'relation', key: 'k', link: up(), required: false, read: node }], { limit: 1 })
  expect(JSON.stringify(await of(node)).length).toBeGreaterThan(60)
})
