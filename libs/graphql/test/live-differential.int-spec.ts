// Random policies, filters and writes: every subscriber ends with what a SELECT under its role and claims shows. A change
// that wakes nobody although it concerned somebody would leave one of them behind for ever. LIVE_ROUNDS and PLINTH_SEED repeat a run.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { Random, seedOfRun } from '../../query/test/property/random.ts'
import { startServer, type LiveServer, Told, tokenOf, userId } from './live-server.ts'

const rounds = Number(process.env['LIVE_ROUNDS'] ?? 6)
const seed = seedOfRun()
const users = [1, 2, 3]
const orgs = ['a', 'b', '']

/** Policies that the index can read, that it can read in part, and that it cannot. */
const policies = [
  'true',
  'owner = auth.uid()',
  'owner = (select auth.uid())',
  "org = (auth.jwt() ->> 'org')",
  "owner = auth.uid() and (org is null or org <> 'b')",
  "owner = auth.uid() or org = (select auth.jwt() ->> 'org')",
  "owner::text = auth.jwt() ->> 'sub'",
  'owner is distinct from auth.uid()',
  'not (owner = auth.uid())',
  'owner in (select user_id from friend where user_id <> auth.uid())',
  'room = (auth.jwt() ->> $$room$$)::int',
  "coalesce(org, '') = coalesce(auth.jwt() ->> 'org', '')",
]
const filters = [
  '',
  '(where: {room: {_eq: 1}})',
  '(where: {org: {_eq: "a"}})',
  `(where: {owner: {_eq: "${userId(1).toUpperCase()}"}})`,
  '(where: {_and: [{room: {_eq: 2}}, {org: {_neq: "b"}}]})',
  '(where: {_or: [{room: {_eq: 1}}, {org: {_eq: "b"}}]})',
  '(where: {room: {_gt: 1}})',
]
const conditions: Readonly<Record<string, string>> = {
  '': 'true',
  [filters[1]!]: 'room = 1',
  [filters[2]!]: `org = 'a'`,
  [filters[3]!]: `owner = '${userId(1)}'`,
  [filters[4]!]: `room = 2 and org <> 'b'`,
  [filters[5]!]: `room = 1 or org = 'b'`,
  [filters[6]!]: 'room > 1',
}

describe('live queries and SELECT agree', () => {
  let db: TestDatabase
  let server: LiveServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(`
      create table item (id int primary key, owner uuid, org text, room int, body int not null default 0);
      create table friend (user_id uuid primary key);
      alter table item enable row level security;
      grant select on item, friend to authenticated`)
    server = await startServer(db)
  })
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })

  it.each(Array.from({ length: rounds }, (_, round) => seed + round))('seed %i', async (roundSeed) => {
    const random = new Random(roundSeed)
    const chosen = Array.from({ length: random.between(1, 2) }, () => random.pick(policies))
    const restrictive = random.chance(30) ? random.pick(policies) : undefined
    await db.sql(`
      drop policy if exists p0 on item; drop policy if exists p1 on item; drop policy if exists r on item; delete from item; delete from friend;
      ${chosen.map((policy, i) => `create policy p${i} on item for select to authenticated using (${policy});`).join('\n')}
      ${restrictive === undefined ? '' : `create policy r on item as restrictive for select to authenticated using (${restrictive});`}`)
    const subscribers = Array.from({ length: 8 }, () => {
      const claims = { org: random.pick(orgs), room: String(random.between(1, 2)) }
      const sub = userId(random.pick(users))
      const filter = random.pick(filters)
      const isCount = random.chance(30)
      const query = isCount
        ? `subscription { item_aggregate${filter} { aggregate { count sum { body } } } }`
        : `subscription { item${filter === '' ? '(order_by: {id: asc})' : filter.replace('(where', '(order_by: {id: asc}, where')} { id body } }`
      return { claims, sub, filter, isCount, told: new Told(server.client(tokenOf(sub, claims)), query) }
    })
    const value = (list: readonly (string | number)[]) => (random.chance(15) ? 'null' : `'${random.pick(list)}'`)
    const row = () => `${value(users.map(userId))}, ${value(orgs)}, ${value([1, 2, 3])}`
    for (let batch = 0; batch < 16; batch++) {
      for (let i = random.between(1, 2); i > 0; i--) {
        const id = random.between(1, 8)
        const kind = random.between(0, 9)
        if (kind < 4)
          await db.sql(
            `insert into item (id, owner, org, room) values (${id}, ${row()}) on conflict (id) do update set body = item.body + 1`,
          )
        else if (kind < 7)
          await db.sql(
            `update item set (owner, org, room) = (select ${row().replace(/('[^']*'|null), ('[^']*'|null), ('[^']*'|null)/, '$1::uuid, $2::text, $3::int')}), body = body + 1 where id = ${id}`,
          )
        else if (kind < 8) await db.sql(`delete from item where id = ${id}`)
        else if (kind < 9)
          await db.sql(
            random.chance(50)
              ? `insert into friend values ('${userId(random.pick(users))}') on conflict do nothing`
              : `delete from friend where user_id = '${userId(random.pick(users))}'`,
          )
        else
          await db.sql(
            random.chance(30)
              ? 'truncate item'
              : `update item set id = id + 100 where id = ${id} and not exists (select from item where id = ${id} + 100)`,
          )
      }
      for (const { claims, sub, filter, isCount, told } of subscribers) {
        const select = isCount
          ? `select json_build_object('item_aggregate', json_build_object('aggregate', json_build_object('count', count(*), 'sum', json_build_object('body', sum(body))))) from item where ${conditions[filter]}`
          : `select json_build_object('item', coalesce(json_agg(json_build_object('id', id, 'body', body) order by id), '[]')) from item where ${conditions[filter]}`
        const claimsJson = JSON.stringify({ role: 'authenticated', sub, ...claims })
        const { rows } = await db.request.run({ role: 'authenticated', claimsJson, readOnly: true }, { text: select, values: [] })
        await told.untilData(JSON.parse(rows[0]![0]!))
      }
    }
    expect(subscribers.every(({ told }) => told.error === undefined)).toBe(true)
    for (const { told } of subscribers) told.stop()
  })
})
