// What the builder does with a result: order, pages, single rows, other formats, plans, roll-backs.
import { PostgrestBuilder, PostgrestClient, PostgrestError } from '@supabase/postgrest-js'
import { describe, expect, it } from 'vitest'
import { anonymous, fixture, restUrl } from '../fixture.ts'

const client = anonymous()

function describeOrderAndPages(): void {
  describe('order and pages', () => {
    it('order ascending, descending, with nulls first and last', async () => {
      const by = async (column: string, options?: { ascending?: boolean; nullsFirst?: boolean }) =>
        (await client.from('users').select('username').order(column, options)).data?.map((row) => row.username)
      expect(await by('username')).toEqual(['ann', 'bob', 'cat', 'dan'])
      expect(await by('username', { ascending: false })).toEqual(['dan', 'cat', 'bob', 'ann'])
      expect(await by('score', { nullsFirst: true })).toEqual(['cat', 'dan', 'bob', 'ann'])
      expect(await by('score', { ascending: false, nullsFirst: false })).toEqual(['ann', 'bob', 'dan', 'cat'])
      expect(await by('score', { ascending: false })).toEqual(['cat', 'ann', 'bob', 'dan'])
      expect(await by('data->home->>city', { nullsFirst: false }).then((names) => names?.slice(0, 2))).toEqual(['bob', 'ann'])
    })

    it('order by two columns, and by a computed one', async () => {
      const { data } = await client
        .from('users')
        .select('username')
        .order('status', { ascending: false })
        .order('shout', { ascending: false })
      expect(data?.map((row) => row.username)).toEqual(['dan', 'cat', 'bob', 'ann'])
    })

    it('order of a referenced table, in both spellings', async () => {
      for (const options of [{ referencedTable: 'messages' }, { foreignTable: 'messages' }]) {
        const { data } = await client
          .from('channels')
          .select('id, messages(id)')
          .eq('id', 1)
          .order('id', { ...options, ascending: false })
        expect(data).toEqual([{ id: 1, messages: [{ id: 2 }, { id: 1 }] }])
      }
    })

    it('order by a column of a related row', async () => {
      const { data, error } = await client
        .from('messages')
        .select('id, users(username)')
        .order('users(username)', { ascending: false })
        .order('id')
      expect(error).toBeNull()
      expect(data?.map((row) => row.id)).toEqual([4, 2, 1, 3])
    })

    it('limit, also of a referenced table', async () => {
      expect((await client.from('users').select('username').order('username').limit(1)).data).toEqual([{ username: 'ann' }])
      const { data } = await client
        .from('channels')
        .select('id, messages(id)')
        .order('id')
        .order('id', { referencedTable: 'messages' })
        .limit(1, { referencedTable: 'messages' })
      expect(data).toEqual([
        { id: 1, messages: [{ id: 1 }] },
        { id: 2, messages: [{ id: 3 }] },
        { id: 3, messages: [] },
      ])
    })

    it('range, also of a referenced table', async () => {
      expect((await client.from('users').select('username').order('username').range(1, 2)).data).toEqual([
        { username: 'bob' },
        { username: 'cat' },
      ])
      const { data } = await client
        .from('channels')
        .select('id, messages(id)')
        .eq('id', 1)
        .order('id', { foreignTable: 'messages' })
        .range(1, 1, { foreignTable: 'messages' })
      expect(data).toEqual([{ id: 1, messages: [{ id: 2 }] }])
    })

    it('a range beyond the rows is empty without a count and 416 with one', async () => {
      expect((await client.from('users').select().range(9, 12)).data).toEqual([])
      const { error, status } = await client.from('users').select('*', { count: 'exact' }).range(9, 12)
      expect(status).toBe(416)
      expect(error).toEqual({
        code: 'PGRST103',
        details: 'An offset of 9 was requested, but there are only 4 rows.',
        hint: null,
        message: 'Requested range not satisfiable',
      })
    })
  })
}

function describeSingleRows(): void {
  describe('single rows', () => {
    it('single gives the object', async () => {
      expect((await client.from('users').select('username').eq('username', 'ann').single()).data).toEqual({ username: 'ann' })
    })

    it.each([
      ['no row', 'nobody', 'The result contains 0 rows'],
      ['several rows', '*', 'The result contains 4 rows'],
    ])('single with %s is an error', async (_name, pattern, details) => {
      const { data, error, status } = await client.from('users').select().like('username', pattern).single()
      expect({ data, status }).toEqual({ data: null, status: 406 })
      expect(error).toEqual({ code: 'PGRST116', details, hint: null, message: 'Cannot coerce the result to a single JSON object' })
    })

    it('single after an insert of two rows writes nothing', async () => {
      const { error, status } = await client
        .from('parents')
        .insert([
          { id: 901, name: 'a' },
          { id: 902, name: 'b' },
        ])
        .select()
        .single()
      expect([status, error?.code]).toEqual([406, 'PGRST116'])
      expect((await client.from('parents').select().in('id', [901, 902])).data).toEqual([])
    })

    it('maybeSingle gives the object, null, or an error', async () => {
      expect((await client.from('users').select('username').eq('username', 'ann').maybeSingle()).data).toEqual({ username: 'ann' })
      const none = await client.from('users').select().eq('username', 'nobody').maybeSingle()
      expect({ data: none.data, error: none.error, status: none.status }).toEqual({ data: null, error: null, status: 200 })
      const many = await client.from('users').select().maybeSingle()
      expect([many.status, many.error?.code]).toEqual([406, 'PGRST116'])
    })

    it('stripNulls leaves null keys out, also of a single row and of embedded rows', async () => {
      const rows = await client.from('users').select('username, score, data').eq('username', 'cat').stripNulls()
      expect(rows.error).toBeNull()
      expect(rows.data).toEqual([{ username: 'cat' }])
      const one = await client.from('users').select('username, score, messages(id, message)').eq('username', 'cat').stripNulls().single()
      expect(one.data).toEqual({ username: 'cat', messages: [{ id: 4 }] })
    })
  })
}

function describeFormats(): void {
  describe('formats', () => {
    it('csv', async () => {
      const { data, error } = await client.from('messages').select('id, username, message').order('id').csv()
      expect(error).toBeNull()
      expect(data).toBe('id,username,message\n1,ann,"Hello World"\n2,bob,Perfection\n3,ann,"Some, (odd) ""x"""\n4,cat,')
    })

    it('stripNulls refuses csv before anything is sent', () => {
      expect(() => client.from('users').select().csv().stripNulls()).toThrow('stripNulls() cannot be used with csv()')
    })

    if (fixture.noPostgis !== null) console.log(`geojson on ${fixture.database} left out: ${fixture.noPostgis}`)
    it.skipIf(fixture.noPostgis !== null)('geojson gives a feature collection', async () => {
      const { data, error } = await client.from('shops').select().order('id').geojson()
      expect(error).toBeNull()
      expect(data).toEqual({
        type: 'FeatureCollection',
        features: [
          { type: 'Feature', geometry: { type: 'Point', coordinates: [10.75, 59.91] }, properties: { id: 1, address: 'Harbour' } },
          { type: 'Feature', geometry: { type: 'Point', coordinates: [5.32, 60.39] }, properties: { id: 2, address: 'Hill' } },
        ],
      })
    })
    it.runIf(fixture.noPostgis !== null)('geojson without PostGIS is no media type of the server', async () => {
      const { error, status } = await client.from('channels').select().geojson()
      expect(status).toBe(406)
      expect(error).toEqual({
        code: 'PGRST107',
        details: null,
        hint: null,
        message: 'None of these media types are available: application/geo+json',
      })
    })

    it('explain as text', async () => {
      const { data, error } = await client.from('users').select('username').explain()
      expect(error).toBeNull()
      expect(data).toMatch(/cost=\d+\.\d+\.\.\d+\.\d+ rows=1 /)
    })

    it('explain as json with every option', async () => {
      const { data, error } = await client
        .from('users')
        .select('username')
        .explain({ format: 'json', analyze: true, verbose: true, settings: true, buffers: true, wal: true })
      expect(error).toBeNull()
      const { Plan: plan, ...rest } = (data as unknown as { Plan: Record<string, unknown> }[])[0]!
      expect(plan).toMatchObject({
        'Node Type': expect.any(String),
        'Actual Rows': 1,
        Output: expect.any(Array),
        'Shared Hit Blocks': expect.any(Number),
      })
      expect(rest).toHaveProperty('Execution Time')
      expect(rest).toHaveProperty('Settings')
    })

    it('explain without analyze runs nothing', async () => {
      const { data, error } = await client.from('parents').insert({ id: 910, name: 'x' }).select().explain({ format: 'json' })
      expect(error).toBeNull()
      expect(JSON.stringify(data)).toContain('"Operation":"Insert"')
      expect((await client.from('parents').select().eq('id', 910)).data).toEqual([])
    })

    it('explain of one page', async () => {
      const { data, error } = await client.from('users').select('username').eq('username', 'ann').limit(1).explain({ format: 'json' })
      expect(error).toBeNull()
      expect(data).toEqual([{ Plan: expect.objectContaining({ 'Node Type': expect.any(String) }) }])
    })
  })
}

function describeSafety(): void {
  describe('writes under conditions', () => {
    it('rollback answers as if it had been written', async () => {
      const { data, status } = await client.from('parents').insert({ id: 920, name: 'undone' }).select().rollback()
      expect({ data, status }).toEqual({ data: [{ id: 920, name: 'undone' }], status: 201 })
      expect((await client.from('parents').select().eq('id', 920)).data).toEqual([])
    })

    it('maxAffected lets as many through as it says', async () => {
      const { data, error } = await client.from('numbers').update({ n: 1 }).eq('n', 1).maxAffected(1).select()
      expect({ data, error }).toEqual({ data: [{ n: 1 }], error: null })
    })

    it('maxAffected undoes a write to more rows', async () => {
      const { error, status } = await client.from('numbers').delete().lte('n', 3).maxAffected(2)
      expect(status).toBe(400)
      expect(error).toEqual({
        code: 'PGRST124',
        details: 'The query affects 3 rows',
        hint: null,
        message: 'Query result exceeds max-affected preference constraint',
      })
      expect((await client.from('numbers').select().lte('n', 3)).data).toHaveLength(3)
    })

    it('maxAffected on a function that changes rows', async () => {
      await client.from('notes').insert([
        { id: 9001, title: 'x' },
        { id: 9002, title: 'y' },
      ])
      const many = await client.rpc('drop_notes', { from_id: 9000 }).maxAffected(1)
      expect([many.status, many.error?.code]).toEqual([400, 'PGRST124'])
      const none = await client.rpc('drop_notes_quietly', { from_id: 9000 }).maxAffected(1)
      expect([none.status, none.error?.code]).toEqual([400, 'PGRST128'])
      const fine = await client.rpc('drop_notes', { from_id: 9000 }).select('id').maxAffected(2)
      expect([fine.status, fine.data]).toEqual([200, [{ id: 9001 }, { id: 9002 }]])
    })
  })
}

function describeRequests(): void {
  describe('the request itself', () => {
    it('abortSignal ends it', async () => {
      const { data, error, status } = await client.from('users').select().abortSignal(AbortSignal.abort())
      expect({ data, status }).toEqual({ data: null, status: 0 })
      expect(error?.message).toContain('AbortError')
      const late = await client.from('users').select('username').limit(1).abortSignal(new AbortController().signal)
      expect(late.error).toBeNull()
    })

    it('throwOnError rejects with a PostgrestError', async () => {
      const failing = async () => client.from('missing').select().throwOnError()
      await expect(failing()).rejects.toBeInstanceOf(PostgrestError)
      const caught = await failing().catch((error: PostgrestError) => error)
      expect((caught as PostgrestError).toJSON()).toMatchObject({ name: 'PostgrestError', code: 'PGRST205' })
      await expect(client.from('users').select().eq('nothing', 1).single().throwOnError()).rejects.toMatchObject({ code: '42703' })
      await expect(client.from('users').insert({}).throwOnError().select()).rejects.toMatchObject({ code: '23502' })
    })

    it('setHeader reaches the database', async () => {
      const { data } = await client.rpc('request_setting', { name: 'headers' }).setHeader('x-colour', 'blue')
      expect(JSON.parse(data as string)).toMatchObject({ 'x-colour': 'blue' })
    })

    it('headers of the client reach the database too', async () => {
      const { data } = await anonymous({ headers: { 'x-shade': 'dark' } }).rpc('request_setting', { name: 'headers' })
      expect(JSON.parse(data as string)).toMatchObject({ 'x-shade': 'dark' })
    })

    it('retry, returns and overrideTypes leave the answer as it is', async () => {
      const asked = client.from('users').select('username').eq('username', 'ann')
      expect((await asked.retry(false).returns<{ username: string }[]>()).data).toEqual([{ username: 'ann' }])
      const one = client.from('users').select('username').eq('username', 'ann').single()
      expect((await one.overrideTypes<{ username: string }>()).data).toEqual({ username: 'ann' })
      expect((await one.returns<{ username: string }>()).data).toEqual({ username: 'ann' })
      // The transforms hide the base class's own.
      const base = PostgrestBuilder.prototype.returns.call(one) as unknown as typeof one
      expect((await base).data).toEqual({ username: 'ann' })
    })

    it('schema switches to another exposed schema, and names them when there is no such one', async () => {
      expect((await client.schema('personal').from('users').select('username')).data).toEqual([{ username: 'eve' }])
      expect((await anonymous({ schema: 'personal' }).from('users').select('username')).data).toEqual([{ username: 'eve' }])
      const written = await client.schema('personal').from('users').insert({ username: 'tmp' }).select('username').rollback()
      expect(written.data).toEqual([{ username: 'tmp' }])
      const { error, status } = await client.schema('secret').from('users').select()
      expect(status).toBe(406)
      expect(error).toEqual({
        code: 'PGRST106',
        details: null,
        hint: 'Only the following schemas are exposed: public, personal',
        message: 'Invalid schema: secret',
      })
    })

    it('a client with a time limit works as one without', async () => {
      const limited = new PostgrestClient(restUrl, { timeout: 10_000, headers: { apikey: fixture.anonKey } })
      expect((await limited.from('users').select('username').limit(1)).error).toBeNull()
    })
  })
}

/** The suite of the transforms. */
export function describeTransforms(): void {
  describeOrderAndPages()
  describeSingleRows()
  describeFormats()
  describeSafety()
  describeRequests()
}
