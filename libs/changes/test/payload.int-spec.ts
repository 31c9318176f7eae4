// Values of a change against to_json, which REST answers with: both must show the same row.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '#libs/kernel'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { ChangeFeed } from '../src/feed/change-feed.ts'
import type { RowChange } from '../src/feed/row-change.ts'
import { ChangePayloads } from '../src/payload/change-payload.ts'
import { TypeEncoders } from '../src/payload/type-encoders.ts'
import { TableFactsReader } from '../src/visibility/table-facts.ts'

describe('the payload of a change', () => {
  let db: TestDatabase
  let feed: ChangeFeed
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(`
      CREATE TYPE mood AS ENUM ('good', 'very "bad"');
      CREATE TYPE place AS (name text, at timestamptz, tags text[]);
      CREATE DOMAIN positive AS int CHECK (value > 0);
      CREATE DOMAIN positives AS positive[];
      CREATE TABLE zoo (
        id int PRIMARY KEY, small smallint, big bigint, n numeric, r real, d float8, ok boolean, t text, c char(4), v varchar(9),
        day date, clock time, ts timestamp, tz timestamptz, span interval, u uuid, b bytea, j json, jb jsonb, m mood, p place,
        pos positive, poss positives, ints int[], grid int[][], texts text[], stamps timestamptz[], docs jsonb[], places place[], bools boolean[],
        shifted int[], boxes box[], net inet, rng int4range, vec int2vector, x xml);
      CREATE PUBLICATION plinth FOR TABLE zoo`)
    feed = new ChangeFeed({ replicationUrl: db.urls.replication }, db.platform, createLogger({ level: 'silent', pretty: false }))
    feed.start()
    await feed.ready(10_000)
  })
  afterAll(async () => {
    await feed?.stop()
    await db?.dispose()
  })

  it('holds each value as to_json gives it in UTC', async () => {
    const arrived = new Promise<RowChange[]>((resolve) => {
      const changes: RowChange[] = []
      feed.onChange((change) => changes.push(change) === 3 && resolve(changes))
    })
    await db.sql(`
      INSERT INTO zoo VALUES
      (1, -3, 9007199254740991, 1.50, 0.1, 1e300, true, 'a "b" \\ c {d}', 'ab', 'v', '2024-02-29', '12:00:01.5', '2024-01-02 03:04:05.6',
       '2024-01-02 03:04:05+05:30', '1 year 2 days', '00000000-0000-0000-0000-00000000000a', '\\x00ff', '{"a" : [1, null]}', '{"b": "x\\"y"}', 'very "bad"',
       row('x, "y" \\ (z)', '2020-01-01 00:00+00', array['p','q "r"',null]), 7, '{1,2}', '{1,NULL,3}', '{{1,2},{3,4}}',
       array['NULL', null, '', 'a,b', '{c}', 'd"e', 'f\\g'], array['2020-01-01 00:00+00'::timestamptz, 'infinity'], array['{"k": [1]}', 'null']::jsonb[],
       array[row('n', null, null)::place, null], '{t,f,NULL}', '[5:6]={8,9}', '{(1,1),(0,0);(2,2),(1,1)}', '10.0.0.1/8', '[1,5)', '1 2', '<a>b</a>'),
      (2, null, -9007199254740991, 'NaN', 'Infinity', '-1.5', false, '', '', '', 'infinity', null, '-infinity', '0044-03-15 00:00:00+00 BC', null, null, '', '1', '"s"',
       'good', null, null, '{}', '{}', '{}', '{}', '{}', '{}', '{}', null, null, null, '::1', 'empty', '', null);
      INSERT INTO zoo (id) VALUES (3)`)
    const changes = await arrived
    const facts = (await new TableFactsReader(db.platform).read('public', 'zoo', 'plinth_owner'))!
    const payloads = new ChangePayloads(new TypeEncoders(db.platform))
    for (const change of changes) {
      const expected = await db.platform.transaction(async (tx) => {
        // Changes are always told in UTC and the plain interval style, whatever the server's own settings are.
        await tx.query(`SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL datestyle = 'ISO'`)
        return tx.query<{ row: string }>('SELECT to_json(zoo)::text AS row FROM zoo WHERE id = $1', [change.new!.id])
      })
      const { record } = await payloads.build(change, 'insert', facts)
      const { vec, ...same } = JSON.parse(expected[0]!.row) as Record<string, unknown>
      expect(JSON.parse(JSON.stringify({ ...record, vec: undefined }))).toEqual(same)
      // The one difference: to_json shows this internal type as a list.
      expect(record!.vec ?? null).toEqual(Array.isArray(vec) ? vec.join(' ') : vec)
    }
  })
})
