import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { startServer, type LiveServer, Told, tokenOf, userId } from './live-server.ts'

const script = `
  create table event (id int primary key, owner uuid not null, day int not null, word text not null);
  alter table event enable row level security;
  create policy own on event for select to authenticated using (owner = (select auth.uid()));
  grant select on event to authenticated;
  insert into event select i, '${userId(1)}', i / 3, 'w' || i from generate_series(1, 7) i;
  insert into event values (100, '${userId(2)}', 1, 'hidden');
`

const stream = `subscription ($n: Int!, $from: event_stream_cursor_value_input!, $to: cursor_ordering, $where: event_bool_exp) {
  event_stream(batch_size: $n, cursor: {initial_value: $from, ordering: $to}, where: $where) { id }
}`

describe('streams', () => {
  let db: TestDatabase
  let server: LiveServer
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(script)
    server = await startServer(db)
  })
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })

  const ids = (told: Told): number[][] => told.results.map(({ data }) => data.event_stream.map(({ id }: { id: number }) => id))
  const start = (variables: Record<string, unknown>, user = 1) => new Told(server.client(tokenOf(userId(user))), stream, variables)

  it('send batches in the order of the cursor, rows that come later in batches of their own, and never an empty one', async () => {
    const told = start({ n: 3, from: { id: 1 } })
    await told.until(() => ids(told).flat().length === 6)
    expect(ids(told)).toEqual([
      [2, 3, 4],
      [5, 6, 7],
    ])
    await db.sql(`insert into event values (8, '${userId(1)}', 9, 'w8'), (101, '${userId(2)}', 9, 'hidden')`)
    await told.until(() => ids(told).flat().includes(8))
    // A change of rows that were sent is no row after the cursor.
    await db.sql(`update event set word = 'changed' where id = 3`)
    await db.sql(`insert into event values (9, '${userId(1)}', 9, 'w9')`)
    await told.until(() => ids(told).flat().includes(9))
    expect(ids(told)).toEqual([[2, 3, 4], [5, 6, 7], [8], [9]])
    told.stop()
    await db.sql(`delete from event where id in (8, 9, 101)`)
  })

  it('never part rows that are equal under the cursor', async () => {
    const told = start({ n: 2, from: { day: -1 } })
    await told.until(() => ids(told).flat().length === 7)
    expect(ids(told).map((batch) => batch.toSorted())).toEqual([
      [1, 2],
      [3, 4, 5],
      [6, 7],
    ])
  })

  it('go backwards, and keep to a filter', async () => {
    const told = start({ n: 10, from: { id: 6 }, to: 'DESC', where: { day: { _gt: 0 } } })
    await told.until(() => told.results.length > 0)
    expect(ids(told)).toEqual([[5, 4, 3]])
  })

  it('show everybody rows of their own only', async () => {
    const told = start({ n: 10, from: { id: 0 } }, 2)
    await told.until(() => told.results.length > 0)
    expect(ids(told)).toEqual([[100]])
  })

  it.each([
    ['[{initial_value: {id: 1}}, {initial_value: {day: 1}}]', 'multiple column cursors are not supported yet', 'validation-failed'],
    ['{initial_value: {id: 1, day: 1}}', 'multiple column cursors are not supported yet', 'validation-failed'],
    ['{initial_value: {}}', 'one streaming column field is expected', 'validation-failed'],
    ['[]', 'one streaming column field is expected', 'validation-failed'],
    ['{initial_value: {id: null}}', 'unexpected null value for the cursor of a stream', 'validation-failed'],
  ])('refuse the cursor %s', async (cursor, message, code) => {
    const told = new Told(server.client(tokenOf(userId(1))), `subscription { event_stream(batch_size: 1, cursor: ${cursor}) { id } }`)
    await told.until((all) => all.error !== undefined)
    expect(told.error).toMatchObject([{ message, extensions: { code } }])
  })

  it('do not mix with live queries or with each other', async () => {
    const part = 'event_stream(batch_size: 1, cursor: {initial_value: {id: 1}}) { id }'
    const refusals: [string, string][] = [
      [
        `subscription @_multiple_top_level_fields { ${part} event { id } }`,
        'streaming and livequery subscriptions cannot be executed in the same subscription',
      ],
      [
        `subscription @_multiple_top_level_fields { a: ${part} b: ${part} }`,
        'exactly one root field is allowed for streaming subscriptions',
      ],
      [`subscription { ${part} event { id } }`, 'subscriptions must select one top level field'],
    ]
    for (const [query, message] of refusals) {
      const told = new Told(server.client(tokenOf(userId(1))), query)
      await told.until((all) => all.error !== undefined)
      expect(told.error).toMatchObject([{ message }])
    }
  })
})
