import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '#libs/kernel'
import { DatabaseError } from '../src/database-error.ts'
import { ConnectionPool, type PoolLimits } from '../src/pools/connection-pool.ts'
import { PlatformDatabase } from '../src/pools/platform-database.ts'
import { RequestDatabase } from '../src/pools/request-database.ts'
import type { RequestContext } from '../src/pools/request-types.ts'
import { createTestDatabase, type TestDatabase } from './harness.ts'

const alice = '7f1a3d52-0000-4000-8000-00000000000a'
const bob = '7f1a3d52-0000-4000-8000-00000000000b'
const as = (sub: string, more: Partial<RequestContext> = {}): RequestContext => ({
  role: 'authenticated',
  claimsJson: JSON.stringify({ sub, role: 'authenticated' }),
  readOnly: false,
  ...more,
})
const anon: RequestContext = { role: 'anon', claimsJson: '{}', readOnly: false }
const sql = (text: string, ...values: (string | null | Buffer)[]) => ({ text, values })
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

let db: TestDatabase
/** One connection only, so that what a request leaves behind would be seen by the next. */
let single: RequestDatabase
const pools: ConnectionPool[] = []

function open(
  limits: Partial<PoolLimits> = {},
  options: { preparedStatements?: boolean; preparedStatementsMax?: number; timeoutMs?: number } = {},
) {
  const all = { connectionsMax: 1, waitingMax: 100, waitTimeoutMs: 5000, connectTimeoutMs: 2000, idleTimeoutMs: 60_000, ...limits }
  const api = new ConnectionPool({ ...all, name: 'api', url: db.urls.api })
  const service = new ConnectionPool({ ...all, name: 'service', url: db.urls.service })
  pools.push(api, service)
  return { api, request: new RequestDatabase({ api, service, timeoutMs: 5000, preparedStatements: true, ...options }) }
}

/** What the connection's session looks like between requests: asked without any role, on the raw driver. */
async function sessionOf(pool: ConnectionPool) {
  const connection = await pool.take()
  try {
    const { rows } = await connection.client.query(
      `select current_user::text as "user", nullif(current_setting('request.jwt.claims', true), '') as claims,
         current_setting('transaction_read_only') as read_only, nullif(current_setting('request.method', true), '') as method`,
    )
    return rows[0]
  } finally {
    pool.release(connection)
  }
}
const clean = { user: 'plinth_api', claims: null, read_only: 'off', method: null }

beforeAll(async () => {
  db = await createTestDatabase()
  await db.sql(`
    create table notes (id int primary key, owner uuid not null default auth.uid(), body text not null check (body <> 'bad'));
    alter table notes enable row level security;
    create policy own on notes to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
    grant select, insert, update, delete on notes to authenticated;
    create table parents (id int primary key);
    create table children (id int primary key, parent int references parents deferrable initially deferred);
    grant all on parents, children to authenticated;
    create function wait(seconds float8) returns int language sql volatile as $$ select 1 from pg_sleep(seconds) $$;
    create function lift_timeout(seconds float8) returns int language plpgsql as $$ begin
      perform set_config('statement_timeout', '0', true); perform pg_sleep(seconds); return 1; end $$;
    grant execute on function wait, lift_timeout to authenticated;
    insert into notes values (1, '${alice}', 'of alice'), (2, '${bob}', 'of bob');
  `)
  single = open().request
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await db?.dispose()
})

describe('one request, one Sync', () => {
  it('sees what its policies show and no more', async () => {
    expect((await single.run(as(alice), sql('select id, body from notes order by id'))).rows).toEqual([['1', 'of alice']])
    expect((await single.run(as(bob), sql('select id, body from notes order by id'))).rows).toEqual([['2', 'of bob']])
    expect(await failure(single.run(anon, sql('select id from notes')))).toMatchObject({ name: 'DatabaseError', sqlstate: '42501' })
  })

  it('gives rows as text, names and types of columns, and the number of rows', async () => {
    const statement = sql(
      `select 7::int8 as n, null::text as nothing, '{"a":1}'::json as j, '\\x00ff'::bytea = $1 as same`,
      Buffer.from([0, 255]),
    )
    for (let run = 1; run <= 4; run++) {
      const result = await single.run(as(alice), statement)
      expect(result.rows).toEqual([['7', null, '{"a":1}', 't']])
      expect(result.columns).toEqual([
        { name: 'n', typeOid: 20 },
        { name: 'nothing', typeOid: 25 },
        { name: 'j', typeOid: 114 },
        { name: 'same', typeOid: 16 },
      ])
      expect(result.rowCount).toBe(1)
    }
    expect(await single.run(as(alice), sql(`update notes set body = body`))).toMatchObject({ rowCount: 1, rows: [], columns: [] })
  })

  it('sets every further setting, and only for its own transaction', async () => {
    const { request, api } = open()
    const settings = [
      ['request.method', 'GET'],
      ['timezone', 'Asia/Tokyo'],
    ] as const
    const result = await request.run(as(alice, { settings }), sql(`select current_setting('request.method'), current_setting('timezone')`))
    expect(result.rows).toEqual([['GET', 'Asia/Tokyo']])
    expect(await sessionOf(api)).toEqual(clean)
  })

  it('runs a preamble before and statements after, in the same transaction and round trip', async () => {
    const { request, api } = open()
    const after = [
      sql(`select current_setting('response.status', true)`),
      sql(`select n from generate_series(1, 2) n where n <> $1::int`, '7'),
    ]
    for (let run = 1; run <= 4; run++) {
      const context = as(alice, { preamble: `select from set_config('response.status', '418', true)` })
      const result = await request.run(context, { ...sql('select 5 as five'), after })
      expect(result).toMatchObject({
        rows: [['5']],
        rowCount: 1,
        columns: [{ name: 'five', typeOid: 23 }],
        after: [[['418']], [['1'], ['2']]],
      })
    }
    expect(
      await failure(request.run(as(alice, { preamble: 'select 1 / 0' }), sql(`insert into notes values (51, $1, 'x')`, alice))),
    ).toMatchObject({
      sqlstate: '22012',
    })
    expect(
      await failure(request.run(as(alice), { ...sql(`insert into notes values (51, $1, 'x')`, alice), after: [sql('select 1 / 0')] })),
    ).toMatchObject({
      sqlstate: '22012',
    })
    expect(await db.sql('select id from notes where id = 51')).toEqual([])
    expect(await sessionOf(api)).toEqual(clean)
  })

  it('opens a transaction on the isolation level that is asked for', async () => {
    const { request } = open()
    const level = (context: Partial<RequestContext>) =>
      request.transaction(as(alice, context), async (tx) => {
        const { rows } = await tx.run(sql(`select current_setting('transaction_isolation'), current_setting('transaction_read_only')`))
        return rows[0]
      })
    expect(await level({})).toEqual(['read committed', 'off'])
    expect(await level({ isolation: 'serializable' })).toEqual(['serializable', 'off'])
    expect(await level({ isolation: 'repeatable read', readOnly: true })).toEqual(['repeatable read', 'on'])
  })

  it('leaves the connection clean after success, a refusal by policy, a syntax error and a bad value', async () => {
    const { request, api } = open()
    await request.run(as(alice, { settings: [['request.method', 'POST']] }), sql('select 1'))
    expect(await sessionOf(api)).toEqual(clean)
    expect(await failure(request.run(as(alice), sql(`insert into notes values (50, $1, 'x')`, bob)))).toMatchObject({
      sqlstate: '42501',
      message: 'new row violates row-level security policy for table "notes"',
    })
    expect(await sessionOf(api)).toEqual(clean)
    expect(await failure(request.run(as(alice), sql('selct 1')))).toMatchObject({ sqlstate: '42601', position: 1 })
    expect(await failure(request.run(as(alice), sql('select $1::int', 'x')))).toMatchObject({ sqlstate: '22P02' })
    expect(await sessionOf(api)).toEqual(clean)
    expect(await db.sql('select id from notes where id = 50')).toEqual([])
  })

  it('keeps nothing of a statement that fails at commit', async () => {
    const error = await failure(single.run(as(alice), sql('insert into children values (1, 99) returning id')))
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({ sqlstate: '23503', constraint: 'children_parent_fkey' })
    expect(await db.sql('select id from children')).toEqual([])
  })

  it('refuses a write in a read-only request, and the request cannot lift that', async () => {
    expect(await failure(single.run(as(alice, { readOnly: true }), sql(`delete from notes`)))).toMatchObject({ sqlstate: '25006' })
    expect(
      await failure(single.run(as(alice, { readOnly: true }), sql(`select set_config('transaction_read_only', 'off', true)`))),
    ).toBeInstanceOf(DatabaseError)
  })

  it('refuses roles that the login may not take: unknown, another login, "none" and service_role from within', async () => {
    expect(await failure(single.run(as(alice, { role: 'nobody_at_all' }), sql('select 1')))).toMatchObject({ sqlstate: '22023' })
    expect(await failure(single.run(as(alice, { role: 'plinth_owner' }), sql('select 1')))).toMatchObject({ sqlstate: '42501' })
    for (const role of ['none', '']) {
      expect(await failure(single.run(as(alice, { role }), sql('select 1')))).toMatchObject({
        sqlstate: '22023',
        message: `role "${role}" does not exist`,
      })
    }
    expect(await failure(single.run(as(alice), sql(`select set_config('role', 'service_role', true)`)))).toMatchObject({
      sqlstate: '42501',
    })
  })

  it('runs service_role on its own login, past row-level security, with everything granted', async () => {
    const result = await single.run(
      { role: 'service_role', claimsJson: '{}', readOnly: true },
      sql('select session_user, current_user, count(*) from notes'),
    )
    expect(result.rows).toEqual([['plinth_service', 'service_role', '2']])
  })

  it("hides the refused row's values in a violation, except from service_role", async () => {
    const mine = await failure(single.run(as(alice), sql(`insert into notes values (60, $1, 'bad')`, alice)))
    expect(mine).toMatchObject({ sqlstate: '23514', constraint: 'notes_body_check', detail: undefined })
    const service = await failure(
      single.run({ role: 'service_role', claimsJson: '{}', readOnly: false }, sql(`insert into notes values (60, $1, 'bad')`, alice)),
    )
    expect(service).toMatchObject({ sqlstate: '23514', detail: expect.stringContaining(alice) })
    await db.sql(`insert into parents values (1)`)
    const duplicate = await failure(single.run(as(alice), sql(`insert into parents values (1)`)))
    expect(duplicate).toMatchObject({ sqlstate: '23505', detail: 'Key (id)=(1) already exists.' })
  })
})

describe('prepared statements', () => {
  it('are prepared from the second use on, bounded per connection, and closed on the server', async () => {
    const { request, api } = open({}, { preparedStatementsMax: 6 })
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 30; i++) expect((await request.run(as(alice), sql(`select ${i}`))).rows).toEqual([[String(i)]])
    }
    const connection = await api.take()
    const { rows } = await connection.client.query(`select count(*)::int as n from pg_prepared_statements`)
    api.release(connection)
    expect(rows[0].n).toBeGreaterThan(1)
    expect(rows[0].n).toBeLessThanOrEqual(7)
  })

  it('survive a change of the schema', async () => {
    await db.sql(`create table shape (a int); insert into shape values (1); grant select on shape to authenticated`)
    const statement = sql('select * from shape')
    for (let i = 0; i < 3; i++) expect((await single.run(as(alice), statement)).rows).toEqual([['1']])
    await db.sql(`alter table shape add column b text default 'new'`)
    for (let i = 0; i < 3; i++) {
      const result = await single.run(as(alice), statement)
      expect(result.rows).toEqual([['1', 'new']])
      expect(result.columns.map((column) => column.name)).toEqual(['a', 'b'])
    }
  })

  it('describe their columns even when the first run failed', async () => {
    const statement = sql('select 10 / $1::int as quotient', '0')
    for (let i = 0; i < 3; i++) expect(await failure(single.run(as(alice), statement))).toMatchObject({ sqlstate: '22012' })
    const worked = await single.run(as(alice), { ...statement, values: ['5'] })
    expect(worked).toMatchObject({ rows: [['2']], columns: [{ name: 'quotient' }] })
  })

  it('can be switched off', async () => {
    const { request, api } = open({}, { preparedStatements: false })
    for (let i = 0; i < 3; i++) expect((await request.run(as(alice), sql('select 5 as five'))).columns[0]!.name).toBe('five')
    const connection = await api.take()
    const { rows } = await connection.client.query(`select count(*)::int as n from pg_prepared_statements where statement like 'select 5%'`)
    api.release(connection)
    expect(rows[0].n).toBe(0)
  })
})

describe('explicit transactions', () => {
  it('commit several statements together under the same role and claims', async () => {
    const ids = await single.transaction(as(alice), async (tx) => {
      await tx.run(sql(`insert into notes (id, body) values (10, 'first')`))
      const result = await tx.run(sql(`insert into notes (id, body) values (11, 'second') returning owner`))
      return result.rows[0]![0]
    })
    expect(ids).toBe(alice)
    expect(await db.sql('select id from notes where id in (10, 11) order by id')).toEqual([{ id: 10 }, { id: 11 }])
  })

  it('roll back everything when the work throws, when a statement failed, and when asked to', async () => {
    const { request, api } = open()
    const insert = (id: number) => sql(`insert into notes (id, body) values (${id}, 'x')`)
    expect(
      await failure(
        request.transaction(as(alice), async (tx) => {
          await tx.run(insert(20))
          throw new Error('changed my mind')
        }),
      ),
    ).toMatchObject({ message: 'changed my mind' })
    expect(
      await failure(
        request.transaction(as(alice), async (tx) => {
          await tx.run(insert(21))
          await failure(tx.run(sql('select 1/0')))
        }),
      ),
    ).toMatchObject({ name: 'DatabaseError', sqlstate: '25P02' })
    const kept = await request.transaction(as(alice), async (tx) => {
      tx.setRollbackOnly()
      return (await tx.run(sql(`insert into notes (id, body) values (22, 'x') returning id`))).rows
    })
    expect(kept).toEqual([['22']])
    expect(await db.sql('select id from notes where id between 20 and 29')).toEqual([])
    expect(await sessionOf(api)).toEqual(clean)
  })

  it('are read only when the context says so', async () => {
    expect(await failure(single.transaction(as(alice, { readOnly: true }), (tx) => tx.run(sql('delete from notes'))))).toMatchObject({
      sqlstate: '25006',
    })
  })

  it('end at their time limit, keep nothing, and free the connection', async () => {
    const error = await failure(
      single.transaction(as(alice, { timeoutMs: 150 }), async (tx) => {
        await tx.run(sql(`insert into notes (id, body) values (30, 'x')`))
        await tx.run(sql('select wait(10)'))
      }),
    )
    expect(error).toMatchObject({ area: 'postgres', code: 'timeout', status: 504 })
    expect(await db.sql('select id from notes where id = 30')).toEqual([])
    expect((await single.run(as(alice), sql('select 1'))).rows).toEqual([['1']])
  })
})

describe('limits', () => {
  it('cancels a statement on the server at its time limit, also when it lifted statement_timeout', async () => {
    for (const call of ['wait', 'lift_timeout']) {
      const started = performance.now()
      const error = await failure(single.run(as(alice, { timeoutMs: 200 }), sql(`select ${call}(20)`)))
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ area: 'postgres', code: 'timeout', status: 504, extra: { sqlstate: '57014' } })
      expect(performance.now() - started).toBeLessThan(3000)
      await expect
        .poll(() =>
          db.superuserSql(
            `select query from pg_stat_activity where state = 'active' and query like '%${call}(20)%' and pid <> pg_backend_pid()`,
          ),
        )
        .toEqual([])
    }
    expect((await single.run(as(alice), sql('select 1'))).rows).toEqual([['1']])
  })

  it('cancels the statement of a caller that went away', async () => {
    const recipient = { destroyed: false }
    setTimeout(() => (recipient.destroyed = true), 100)
    const started = performance.now()
    expect(await failure(single.run(as(alice, { recipient, timeoutMs: 0 }), sql('select wait(20)')))).toMatchObject({ code: 'aborted' })
    expect(performance.now() - started).toBeLessThan(5000)
    expect(await failure(single.run(as(alice, { recipient }), sql('select 1')))).toMatchObject({ code: 'aborted' })
    expect((await single.run(as(alice), sql('select 1'))).rows).toEqual([['1']])
  })

  it('answers 503 pool_full when too many wait, and 504 pool_timeout when one waits too long', async () => {
    const { request } = open({ waitingMax: 1, waitTimeoutMs: 200 })
    const slow = request.run(as(alice), sql('select wait(0.8)'))
    await expect.poll(() => pools.at(-2)!.stats().total).toBe(1)
    const waiting = failure(request.run(as(alice), sql('select 1')))
    const error = await failure(request.run(as(alice), sql('select 1')))
    expect(error).toMatchObject({ area: 'postgres', code: 'pool_full', status: 503, extra: { retryAfterS: 1 } })
    expect(await waiting).toMatchObject({ code: 'pool_timeout', status: 504 })
    expect((await slow).rows).toEqual([['1']])
  })

  it('reports its numbers', async () => {
    const { request, api } = open({ connectionsMax: 2 })
    expect(api.stats()).toEqual({ pool: 'api', total: 0, idle: 0, waiting: 0 })
    const three = [1, 2, 3].map(() => request.run(as(alice), sql('select wait(0.1)')))
    expect(api.stats()).toEqual({ pool: 'api', total: 2, idle: 0, waiting: 1 })
    await Promise.all(three)
    expect(api.stats()).toEqual({ pool: 'api', total: 2, idle: 2, waiting: 0 })
  })
})

describe('lost connections', () => {
  it('fail their request with 503 unavailable and are replaced by new ones', async () => {
    const { request, api } = open()
    const running = failure(request.run(as(alice), sql('select wait(20)')))
    const end = () =>
      db.superuserSql<{ ok: boolean }>(
        `select pg_terminate_backend(pid) as ok from pg_stat_activity where query like '%wait(20)%' and pid <> pg_backend_pid()`,
      )
    await expect.poll(async () => (await end()).length).toBeGreaterThan(0)
    expect(await running).toMatchObject({ area: 'postgres', code: 'unavailable', status: 503 })
    expect((await request.run(as(alice), sql('select 1'))).rows).toEqual([['1']])
    expect(api.stats().total).toBe(1)
  })

  it('are noticed while idle, without ending the process', async () => {
    const { request, api } = open()
    const pid = (await request.run(as(alice), sql('select pg_backend_pid()'))).rows[0]![0]
    await db.superuserSql('select pg_terminate_backend($1)', [pid])
    await expect.poll(() => api.stats().total).toBe(0)
    expect((await request.run(as(alice), sql('select 1'))).rows).toEqual([['1']])
  })
})

describe('a server that is beyond help', () => {
  /** Passes bytes on until it is frozen: then it keeps all lines and says nothing, as a stopped machine does. */
  async function freezable(url: string) {
    const target = new URL(url)
    const { hostname, port } = { hostname: target.hostname, port: Number(target.port) }
    let frozen = false
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      const upstream = connect(port, hostname)
      for (const each of [socket, upstream]) {
        sockets.add(each)
        each.on('error', () => undefined)
      }
      socket.on('data', (bytes) => frozen || upstream.write(bytes))
      upstream.on('data', (bytes) => frozen || socket.write(bytes))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    target.hostname = '127.0.0.1'
    target.port = String((server.address() as AddressInfo).port)
    return {
      url: target.toString(),
      freeze: (on: boolean) => (frozen = on),
      close: () => {
        server.close()
        for (const socket of sockets) socket.destroy()
      },
    }
  }
  const limits = { connectionsMax: 1, waitingMax: 10, waitTimeoutMs: 8000, connectTimeoutMs: 2000, idleTimeoutMs: 60_000 }

  it(
    'keeps no request waiting for ever when it neither answers nor cancels, and is used again when it is back',
    { timeout: 30_000 },
    async () => {
      const line = await freezable(db.urls.api)
      const api = new ConnectionPool({ ...limits, name: 'api', url: line.url })
      const request = new RequestDatabase({ api, service: api, timeoutMs: 300, preparedStatements: true })
      await request.run(as(alice), sql('select 1'))
      line.freeze(true)
      expect(await failure(request.run(as(alice), sql('select 1')))).toMatchObject({ area: 'postgres', code: 'timeout' })
      line.freeze(false)
      expect((await request.run(as(alice), sql('select 1'))).rows).toEqual([['1']])
      await api.close()
      line.close()
    },
  )

  it("keeps no statement of the platform's own waiting for ever either", { timeout: 30_000 }, async () => {
    const line = await freezable(db.urls.owner)
    const pool = new ConnectionPool({ ...limits, name: 'owner', url: line.url })
    const platform = new PlatformDatabase(pool, 300)
    await platform.query('select 1')
    line.freeze(true)
    expect(await failure(platform.query('select 1'))).toMatchObject({ area: 'postgres', code: 'timeout' })
    line.freeze(false)
    expect(await failure(platform.transaction(async (tx) => tx.query('select pg_sleep(10)')))).toMatchObject({ code: 'timeout' })
    expect(await platform.transaction(async (tx) => tx.query('select 1 as one'), { timeoutMs: 5000 })).toEqual([{ one: 1 }])
    await pool.close()
    line.close()
  })

  it('may announce an answer that nobody can hold: the statement fails, the process and the next request do not', async () => {
    const { request } = open({ messageBytesMax: 1024 * 1024 })
    // Postgres takes its time to make it, and more on a busy machine: the statement's own limit is not what is tested.
    const patient = { ...as(alice), timeoutMs: 120_000 }
    const tooLarge = sql(`select repeat('x', 600 * 1024 * 1024)`)
    expect(await failure(request.run(patient, tooLarge))).toMatchObject({ area: 'postgres', code: 'result_too_large', status: 400 })
    const fits = await request.run(as(alice), sql(`select repeat('x', 1024 * 1024 - 100)`))
    expect(fits.rows[0]![0]).toHaveLength(1024 * 1024 - 100)
    const many = await request.run(as(alice), sql(`select repeat('y', 100000) from generate_series(1, 50)`))
    expect(many.rows).toHaveLength(50)
  }, 150_000)
})
