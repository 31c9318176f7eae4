// The main job of the product, from outside: a real database in, a policy, a user, REST and GraphQL, live changes, a file.
import { createHash, randomBytes } from 'node:crypto'
import { createClient as createSupabaseClient } from '@supabase/supabase-js'
import { createClient, type PlinthClient } from '@plinth/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { findTestS3, type TestS3 } from '../scripts/s3/test-endpoint.ts'
import { sampleDatabase } from './sample-database.ts'
import { startServer, type TestServer } from './server.ts'

const s3 = await findTestS3()
if (typeof s3 === 'string') console.log(`S3 left out: ${s3}`)
const password = 'correct horse battery staple'
const sample = sampleDatabase()

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

/** A client with a session storage of its own, as on a device of its own. */
function device(): PlinthClient {
  return createClient(server.url, server.anonKey, { auth: { persistSession: false } })
}

async function signedUp(email: string): Promise<PlinthClient> {
  const client = device()
  const { error } = await client.auth.signUp({ email, password })
  expect(error).toBeNull()
  return client
}

async function rows(query: string): Promise<Record<string, unknown>[]> {
  const answer = JSON.parse(await server.plinth('sql', '-c', query, '--json')) as { columns: { name: string }[]; rows: unknown[][] }
  return answer.rows.map((row) => Object.fromEntries(answer.columns.map((column, index) => [column.name, row[index]])))
}

const tree = `select json_agg(json_build_object('artist_id', a.artist_id, 'name', a.name, 'album', (
    select coalesce(json_agg(json_build_object('album_id', b.album_id, 'title', b.title, 'track', (
      select coalesce(json_agg(json_build_object('track_id', t.track_id, 'name', t.name) order by t.track_id), '[]') from track t where t.album_id = b.album_id)
    ) order by b.album_id), '[]') from album b where b.artist_id = a.artist_id)
  ) order by a.artist_id) as tree from artist a`

describe('a newcomer', () => {
  it('loads a real database with one command', async () => {
    await server.plinth('sql', '-f', sample.path)
    expect(await rows('select (select count(*)::int from track) as tracks, (select count(*)::int from invoice_line) as lines')).toEqual([
      { tracks: sample.tracks, lines: sample.invoiceLines },
    ])
  })

  it('has closed tables until a policy opens them: anon and a signed-in user see nothing', async () => {
    const user = await signedUp('closed@example.com')
    for (const client of [device(), user]) {
      const rest = await client.from('artist').select('*')
      expect(rest.data).toBeNull()
      expect(rest.error?.code).toBe('42501')
      expect(rest.error?.hint).toContain('GRANT')
      const graphql = await client.graphql('{ artist { name } }')
      expect(graphql.data ?? null).toBeNull()
      expect(graphql.errors?.[0]?.message).toContain("field 'artist' not found")
    }
  })

  it('opens tables with policies and gets the same tree over REST and GraphQL as from SQL', async () => {
    const opening = ['artist', 'album', 'track', 'invoice', 'customer', 'genre'].map(
      (table) =>
        `alter table ${table} enable row level security; create policy readable on ${table} for select to anon, authenticated using (true); grant select on ${table} to anon, authenticated;`,
    )
    await server.plinth('sql', '-c', opening.join('\n'))
    const expected = (await rows(tree))[0]!.tree
    const rest = await device()
      .from('artist')
      .select('artist_id,name,album(album_id,title,track(track_id,name))')
      .order('artist_id')
      .order('album_id', { referencedTable: 'album' })
      .order('track_id', { referencedTable: 'album.track' })
    expect(rest.error).toBeNull()
    expect(rest.data).toEqual(expected)
    const graphql = await device().graphql<{ artist: unknown }>(
      '{ artist(order_by: {artist_id: asc}) { artist_id name album(order_by: {album_id: asc}) { album_id title track(order_by: {track_id: asc}) { track_id name } } } }',
    )
    expect(graphql.errors).toBeFalsy()
    expect(graphql.data?.artist).toEqual(expected)
  })

  it('gets the same totals by country from SQL, REST and GraphQL', async () => {
    const expected = await rows('select billing_country, sum(total) as sum from invoice group by billing_country order by billing_country')
    expect(expected.length).toBeGreaterThan(2)
    const rest = await device().from('invoice').select('billing_country,total')
    expect(rest.error).toBeNull()
    const cents = new Map<string, number>()
    for (const { billing_country: country, total } of rest.data as { billing_country: string; total: number }[]) {
      cents.set(country, (cents.get(country) ?? 0) + Math.round(total * 100))
    }
    expect(Object.fromEntries(cents)).toEqual(
      Object.fromEntries(expected.map((row) => [row.billing_country, Math.round(Number(row.sum) * 100)])),
    )
    const country = expected[0]!.billing_country as string
    const graphql = await device().graphql<{ invoice_aggregate: { aggregate: { count: number; sum: { total: number } } } }>(
      'query ($country: String!) { invoice_aggregate(where: {billing_country: {_eq: $country}}) { aggregate { count sum { total } } } }',
      { country },
    )
    expect(graphql.errors).toBeFalsy()
    expect(Number(graphql.data?.invoice_aggregate.aggregate.sum.total)).toBe(Number(expected[0]!.sum))
  })
})

describe('live changes', () => {
  it('reach a second client within a second, and never one that may not see the row', async () => {
    await server.plinth(
      'sql',
      '-c',
      `
      alter table playlist add column owner uuid default auth.uid();
      alter table playlist enable row level security;
      create policy own on playlist for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
      grant select, insert, update, delete on playlist to authenticated;`,
    )
    const writer = await signedUp('writer@example.com')
    const reader = device()
    expect((await reader.auth.signInWithPassword({ email: 'writer@example.com', password })).error).toBeNull()
    const stranger = await signedUp('stranger@example.com')
    const mine = await writer.from('playlist').insert({ name: 'before' }).select('playlist_id').single()
    expect(mine.error).toBeNull()
    const id = (mine.data as { playlist_id: number }).playlist_id

    const [seen, seenByStranger] = await Promise.all([follow(reader), follow(stranger)])
    const changedAt = performance.now()
    expect((await writer.from('playlist').update({ name: 'after' }).eq('playlist_id', id)).error).toBeNull()
    const change = await seen.until((each) => each.record?.name === 'after')
    expect(performance.now() - changedAt).toBeLessThan(1000)
    expect(change).toMatchObject({ type: 'update', record: { playlist_id: id } })

    // The stranger's own row comes later in commit order: once it is here, the other one would have been.
    expect((await stranger.from('playlist').insert({ name: 'sentinel' })).error).toBeNull()
    await seenByStranger.until((each) => each.record?.name === 'sentinel')
    expect(seenByStranger.all.map((each) => each.record?.name)).toEqual(['sentinel'])
    expect((await writer.from('playlist').delete().eq('playlist_id', id)).error).toBeNull()
    expect(await seen.until((each) => each.type === 'delete')).toMatchObject({ old: { playlist_id: id } })
    expect(seen.all.map((each) => each.record?.name)).not.toContain('sentinel')
    for (const client of [reader, stranger]) for (const channel of client.getChannels()) await client.removeChannel(channel)
  })

  it('are refused to a subscriber without the right, who is told so', async () => {
    const anonymous = device()
    const refused = await new Promise<{ status: string; code?: string }>((resolve) => {
      anonymous
        .channel('closed')
        .on('changes', { event: '*', schema: 'public', table: 'playlist' }, () => resolve({ status: 'LEAKED' }))
        .subscribe((status, error) => resolve({ status, code: error?.code }))
    })
    expect(refused.status).toBe('CHANNEL_ERROR')
    expect(refused.code).toBeTruthy()
    for (const channel of anonymous.getChannels()) await anonymous.removeChannel(channel)
  })
})

interface SeenChange {
  readonly type: string
  readonly record: Record<string, unknown> | null
  readonly old: Record<string, unknown> | null
}

/** Follows the playlists: everything seen so far, and a wait for one that matches. */
async function follow(client: PlinthClient) {
  const all: SeenChange[] = []
  const waiting = new Set<() => void>()
  await new Promise<void>((resolve, reject) => {
    client
      .channel('playlists')
      .on('changes', { event: '*', schema: 'public', table: 'playlist' }, (change) => {
        all.push(change as SeenChange)
        for (const look of waiting) look()
      })
      .subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error ?? new Error(status))))
  })
  const until = (matches: (change: SeenChange) => boolean) =>
    new Promise<SeenChange>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not seen within 10 s; seen: ${JSON.stringify(all)}`)), 10_000)
      const look = (): void => {
        const found = all.find(matches)
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { all, until }
}

const openFiles = `
  create policy own_files on storage.objects for all to authenticated
    using (bucket_id = 'files' and owner_id = auth.uid()::text) with check (bucket_id = 'files' and owner_id = auth.uid()::text);`

async function roundTrip(target: TestServer): Promise<void> {
  const admin = createClient(target.url, target.serviceKey, { auth: { persistSession: false } })
  expect((await admin.storage.createBucket('files')).error).toBeNull()
  await target.plinth('sql', '-c', openFiles)
  const client = createClient(target.url, target.anonKey, { auth: { persistSession: false } })
  expect((await client.auth.signUp({ email: 'files@example.com', password })).error).toBeNull()
  const bytes = randomBytes(20 * 1024 * 1024)
  const uploaded = await client.storage.from('files').upload('big/file.bin', new Blob([bytes]), { contentType: 'application/octet-stream' })
  expect(uploaded.error).toBeNull()
  const back = await client.storage.from('files').download('big/file.bin')
  expect(back.error).toBeNull()
  const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
  expect(sha256(new Uint8Array(await back.data!.arrayBuffer()))).toBe(sha256(bytes))
  const stranger = createClient(target.url, target.anonKey, { auth: { persistSession: false } })
  expect((await stranger.storage.from('files').download('big/file.bin')).data).toBeNull()
}

describe('a 20 MB file comes back with the same SHA-256', () => {
  it('from disk', () => roundTrip(server))

  it.skipIf(typeof s3 === 'string')(`from S3${typeof s3 === 'string' ? ` (left out: ${s3})` : ''}`, async () => {
    const { endpoint, accessKey, secretKey } = s3 as TestS3
    await using other = await startServer({
      environment: {
        PLINTH_S3_ENDPOINT: endpoint,
        PLINTH_S3_ACCESS_KEY: accessKey,
        PLINTH_S3_SECRET_KEY: secretKey,
        PLINTH_S3_BUCKET: `acceptance-${Date.now()}`,
      },
    })
    await roundTrip(other)
  })
})

describe('the unmodified supabase-js', () => {
  it('signs up, signs in, selects with an embed, inserts and uploads', async () => {
    const realtime = { transport: WebSocket as never }
    const supabase = createSupabaseClient(server.url, server.anonKey, { realtime, auth: { persistSession: false } })
    const credentials = { email: 'supabase@example.com', password }
    const signUp = await supabase.auth.signUp(credentials)
    expect(signUp.error).toBeNull()
    expect(signUp.data.session?.access_token).toBeTruthy()
    await supabase.auth.signOut()
    const signIn = await supabase.auth.signInWithPassword(credentials)
    expect(signIn.error).toBeNull()
    const selected = await supabase.from('artist').select('name, album(title)').eq('artist_id', 1).single()
    expect(selected.error).toBeNull()
    expect(selected.data?.album.length).toBeGreaterThan(0)
    const inserted = await supabase.from('playlist').insert({ name: 'from supabase-js' }).select().single()
    expect(inserted.error).toBeNull()
    expect(inserted.data).toMatchObject({ name: 'from supabase-js', owner: signIn.data.user?.id })
    const uploaded = await supabase.storage.from('files').upload('note.txt', new Blob(['hello']), { contentType: 'text/plain' })
    expect(uploaded.error).toBeNull()
    const back = await supabase.storage.from('files').download('note.txt')
    expect(await back.data?.text()).toBe('hello')
    const listed = await supabase.storage.from('files').list()
    expect(listed.data?.map((each) => each.name)).toEqual(['note.txt'])
  })
})
