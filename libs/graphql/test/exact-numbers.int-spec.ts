// Numbers arrive with all their digits, whichever way they are sent: bodies are written by hand here, since JSON.stringify
// has no such numbers.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { anonKey, type LiveServer, startServer } from './live-server.ts'

const script = `
  create table measure (id int primary key generated always as identity, big bigint, num numeric, dbl float8, doc json, docb jsonb, bigs bigint[], nums numeric[]);
  create table part (id int primary key generated always as identity, measure_id int references measure, big bigint);
  grant select, insert, update, delete on measure, part to anon;
`
const big = '9223372036854775807'
const long = '12345678901234567890.123456789'
const numbers = [big, '-9223372036854775808', long, '1e400', '0.1', '-0']
const asPostgres: Readonly<Record<string, string>> = { '1e400': `1${'0'.repeat(400)}`, '-0': '0' }

describe('numbers of clients', () => {
  let db: TestDatabase
  let server: LiveServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(script)
    server = await startServer(db)
  })
  beforeEach(() => db.sql('truncate measure, part'))
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })

  /** The text of the answer: parsed, it would be rounded by the test. */
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', apikey: anonKey, ...headers },
      body,
    })
    return response.text()
  }
  /** Without the database's white space. */
  const send = async (query: string, variables: string) =>
    (await post(`{"query":${JSON.stringify(query)},"variables":${variables}}`))
      .replaceAll(/(?<=[:,\]}"]) *\n? */g, '')
      .replaceAll(' :', ':')

  it('are stored as they were sent, one row or many, alone or in JSON', async () => {
    const answer = 'returning { num doc docb nums }'
    for (const number of numbers) {
      const stored = asPostgres[number] ?? number
      const row = `{"num":${number},"doc":{"a":[${number}]},"docb":{"a":[${number}]},"nums":[${number},0.1]}`
      const told = `{"num": ${stored}, "doc": {"a":[${number}]}, "docb": {"a": [${stored}]}, "nums": [${stored},0.1]}`.replaceAll(/\s/g, '')
      for (const rows of [[row], [row, row]]) {
        const inserted = await send(
          `mutation($o: [measure_insert_input!]!) { insert_measure(objects: $o) { ${answer} } }`,
          `{"o":[${rows}]}`,
        )
        expect(inserted.replaceAll(/\s/g, '')).toBe(`{"data":{"insert_measure":{"returning":[${rows.map(() => told)}]}}}`)
      }
      const literal = await send(`mutation { insert_measure_one(object: {num: ${number}, docb: {a: [${number}]}}) { num docb } }`, '{}')
      expect(literal.replaceAll(/\s/g, '')).toBe(`{"data":{"insert_measure_one":{"num":${stored},"docb":{"a":[${stored}]}}}}`)
    }
  })

  it('of rows inside rows, of updates and of float8 are, too', async () => {
    const nested = await send(
      'mutation($o: measure_insert_input!) { insert_measure_one(object: $o) { big bigs part { big } } }',
      `{"o":{"big":${big},"bigs":[${big},-1],"part":{"data":[{"big":-9223372036854775808},{"big":${big}}]}}}`,
    )
    expect(nested.replaceAll(/\s/g, '')).toBe(
      `{"data":{"insert_measure_one":{"big":${big},"bigs":[${big},-1],"part":[{"big":-9223372036854775808},{"big":${big}}]}}}`,
    )
    const update =
      'mutation($s: measure_set_input, $i: measure_inc_input) { update_measure(where: {}, _set: $s, _inc: $i) { returning { num dbl big } } }'
    expect(await send(update, `{"s":{"num":${long},"dbl":-0},"i":{"big":-9223372036854775806}}`)).toBe(
      `{"data":{"update_measure":{"returning":[{"num":${long},"dbl":-0,"big":1}]}}}`,
    )
    expect(await send(update, '{"s":{"dbl":1e400},"i":{"big":0}}')).toContain('out of range for type double precision')
  })

  it('find what they are equal to, and no neighbour', async () => {
    await db.sql(
      `insert into measure (big, num, docb) values (9007199254740992, 0.1, '{"n": 9007199254740992}'), (9007199254740993, ${long}, '{"n": 9007199254740993}')`,
    )
    const filters = [
      ['bigint_comparison_exp', 'big', `{"_eq":9007199254740993}`],
      ['bigint_comparison_exp', 'big', `{"_in":[1,9007199254740993]}`],
      ['numeric_comparison_exp', 'num', `{"_eq":${long}}`],
      ['jsonb_comparison_exp', 'docb', `{"_contains":{"n":9007199254740993}}`],
    ] as const
    for (const [type, column, value] of filters)
      expect(await send(`query($v: ${type}) { measure(where: {${column}: $v}) { big } }`, `{"v":${value}}`)).toBe(
        '{"data":{"measure":[{"big":9007199254740993}]}}',
      )
    const scalar = 'query($v: bigint) { measure(where: {big: {_eq: $v}}) { big } }'
    expect(await send(scalar, '{"v":9007199254740993}')).toBe('{"data":{"measure":[{"big":9007199254740993}]}}')
    expect(await send('{ measure(where: {big: {_eq: 9007199254740993}}) { big } }', '{}')).toBe(
      '{"data":{"measure":[{"big":9007199254740993}]}}',
    )
    expect(await send('query($v: bigint = 9007199254740993) { measure(where: {big: {_eq: $v}}) { big } }', '{}')).toBe(
      '{"data":{"measure":[{"big":9007199254740993}]}}',
    )
  })

  it('are told apart from what is no number, also by a plan that is there already', async () => {
    const query = 'query($v: bigint) { measure(where: {big: {_eq: $v}}) { big } }'
    expect(await send(query, `{"v":${big}}`)).toBe('{"data":{"measure":[]}}')
    expect(await send(query, '{"v":{"text":"1"}}')).toContain('expected an integer for type')
    expect(await send(query, `{"v":${long}}`)).toMatch(/expected an integer|out of range/)
    expect(await send(query.replace('query(', 'query Another('), `{"v":${long}}`)).toContain('expected an integer for type')
    expect(await send(query, '{"v":9223372036854775808}')).toContain('out of range')
    for (const [type, use] of [
      ['measure_bool_exp', 'where: $v'],
      ['[measure_order_by!]', 'order_by: $v'],
      ['[measure_select_column!]', 'distinct_on: $v'],
      ['Int', 'limit: $v'],
    ] as const) {
      const wrong = await send(`query($v: ${type}) { measure(${use}) { big } }`, `{"v":${long}}`)
      expect(wrong).toMatch(/^\{"errors":\[\{"message":"expected [^"]*"/)
      expect(wrong).toContain('"code":"validation-failed"')
    }
    expect(
      await send('mutation($v: [measure_insert_input!]!) { insert_measure(objects: $v) { affected_rows } }', `{"v":${big}}`),
    ).toContain('validation-failed')
    expect(await send('query($v: String) { __type(name: $v) { name } }', `{"v":${big}}`)).toMatch(/^\{"errors":/)
  })

  it('do not mind that the same document looks at the schema', async () => {
    const query = 'query($v: bigint) { __type(name: "measure") { name } measure(where: {big: {_eq: $v}}) { big } }'
    expect(await send(query, `{"v":${big}}`)).toBe('{"data":{"__type":{"name":"measure"},"measure":[]}}')
  })

  it('keep their digits in batches, persisted documents, query strings and event streams', async () => {
    await db.sql(`insert into measure (big) values (${big})`)
    const query = 'query($v: bigint) { measure(where: {big: {_eq: $v}}) { big } }'
    const found = `{"data":{"measure":[{"big":${big}}]}}`
    const sent = `{"query":${JSON.stringify(query)},"variables":{"v":${big}}}`
    expect(await post(`[${sent},${sent}]`)).toBe(`[${found},${found}]`)
    const sha256Hash = createHash('sha256').update(query).digest('hex')
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } })
    expect(await post(`{"query":${JSON.stringify(query)},"variables":{"v":1},"extensions":${extensions}}`)).toBe('{"data":{"measure":[]}}')
    expect(await post(`{"variables":{"v":${big}},"extensions":${extensions}}`)).toBe(found)
    const search = new URLSearchParams({ query, variables: `{"v":${big}}`, apikey: anonKey })
    expect(await (await fetch(`${server.url}?${search}`)).text()).toBe(found)
    const stream = await post(`{"query":${JSON.stringify(query)},"variables":{"v":${big}}}`, { accept: 'text/event-stream' })
    expect(stream).toContain(`event: next\ndata: ${found}\n\n`)
  })

  it.each(['graphql-transport-ws', 'graphql-ws'])('keep their digits over %s, in queries and in live queries', async (protocol) => {
    await db.sql(`insert into measure (big) values (${big}), (${BigInt(big) - 1n})`)
    const socket = new WebSocket(server.url.replace('http', 'ws'), protocol)
    const heard: string[] = []
    const answers = new Promise<string[]>((resolve) => {
      socket.on('message', (data) => {
        const text = String(data)
        if (text.includes('"payload":{"data"')) heard.push(text)
        if (heard.length === 2) resolve(heard)
      })
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const start = protocol === 'graphql-ws' ? 'start' : 'subscribe'
    socket.send(`{"type":"connection_init","payload":{"apikey":"${anonKey}"}}`)
    await new Promise((resolve) => socket.once('message', resolve))
    for (const kind of ['query', 'subscription']) {
      const query = `${kind}($v: bigint) { measure(where: {big: {_eq: $v}}) { big } }`
      socket.send(`{"type":"${start}","id":"${kind}","payload":{"query":${JSON.stringify(query)},"variables":{"v":${big}}}}`)
    }
    const type = protocol === 'graphql-ws' ? 'data' : 'next'
    expect((await answers).sort()).toEqual(
      ['query', 'subscription'].map((id) => `{"type":"${type}","id":"${id}","payload":{"data":{"measure":[{"big":${big}}]}}}`),
    )
    const pong = new Promise<string>((resolve) => socket.on('message', (data) => String(data).includes('pong') && resolve(String(data))))
    if (protocol === 'graphql-transport-ws') {
      socket.send(`{"type":"ping","payload":{"at":${big}}}`)
      expect(await pong).toBe(`{"type":"pong","payload":{"at":${big}}}`)
    }
    socket.close()
  })
})
