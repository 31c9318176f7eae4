// Who may do what, as a table: Postgres's policies on storage.objects and storage.buckets are the only authority.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SupabaseClient } from '@supabase/supabase-js'
import { startStorage, type TestStorage, tokenFor } from './harness.ts'

const alice = randomUUID()
const bob = randomUUID()
const tokens = {
  anon: tokenFor('anon'),
  alice: tokenFor('authenticated', alice),
  bob: tokenFor('authenticated', bob),
  service: tokenFor('service_role'),
}
type Who = keyof typeof tokens

/** Each user owns the folder of the bucket `own` that bears their id; in `inbox` users may put and see nothing. */
const policies = `
  create policy own_select on storage.objects for select to authenticated using (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text);
  create policy own_insert on storage.objects for insert to authenticated with check (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text);
  create policy own_update on storage.objects for update to authenticated using (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text);
  create policy own_delete on storage.objects for delete to authenticated using (bucket_id = 'own' and (storage.foldername(name))[1] = auth.uid()::text);
  create policy inbox_insert on storage.objects for insert to authenticated with check (bucket_id = 'inbox');
  create policy listable on storage.objects for select to anon using (bucket_id = 'listable' and storage.allow_only_operation('storage.object.list'));
  create policy no_big on storage.objects as restrictive for insert to authenticated with check (coalesce((metadata ->> 'size')::bigint, 0) < 1000);
`

type Outcome = 'done' | 'denied' | 'not found' | 'left out' | 'taken'
/** An attempt at `name`, which exists unless the operation makes it. */
type Attempt = (client: SupabaseClient['storage'], bucket: string, name: string) => Promise<Outcome>

const content = new Blob(['hello'], { type: 'text/plain' })
const of = ({ error }: { error: unknown }): Outcome => {
  if (error === null) return 'done'
  const { statusCode } = error as { statusCode: string }
  return statusCode === '403'
    ? 'denied'
    : statusCode === '409'
      ? 'taken'
      : statusCode === '404'
        ? 'not found'
        : expect.unreachable(`${String(error)} ${statusCode}`)
}
const operations = {
  'upload a new one': async (s, bucket, name) => of(await s.from(bucket).upload(`${name}-new`, content)),
  'upload over it': async (s, bucket, name) => of(await s.from(bucket).upload(name, content)),
  upsert: async (s, bucket, name) => of(await s.from(bucket).upload(name, content, { upsert: true })),
  'upsert a new one': async (s, bucket, name) => of(await s.from(bucket).upload(`${name}-new2`, content, { upsert: true })),
  download: async (s, bucket, name) => {
    const { data, error } = await s.from(bucket).download(name)
    return error === null
      ? (await data.text()) === 'hello'
        ? 'done'
        : expect.unreachable('other bytes')
      : of({ error: await dialectError(error) })
  },
  info: async (s, bucket, name) => of(await s.from(bucket).info(name)),
  exists: async (s, bucket, name) => ((await s.from(bucket).exists(name)).data ? 'done' : 'not found'),
  list: async (s, bucket, name) => {
    const { data } = await s.from(bucket).list(name.split('/').slice(0, -1).join('/'))
    return data!.some((entry) => entry.name === name.split('/').at(-1)) ? 'done' : 'left out'
  },
  sign: async (s, bucket, name) => of(await s.from(bucket).createSignedUrl(name, 60)),
  'sign many': async (s, bucket, name) =>
    (await s.from(bucket).createSignedUrls([name], 60)).data![0]!.error === null ? 'done' : 'left out',
  'sign an upload': async (s, bucket, name) => of(await s.from(bucket).createSignedUploadUrl(`${name}-new3`)),
  'copy beside it': async (s, bucket, name) => of(await s.from(bucket).copy(name, `${name}-copy`)),
  'copy to the inbox': async (s, bucket, name) => of(await s.from(bucket).copy(name, randomUUID(), { destinationBucket: 'inbox' })),
  'move away': async (s, bucket, name) => of(await s.from(bucket).move(name, `${bob}/moved-${randomUUID()}`)),
  move: async (s, bucket, name) => of(await s.from(bucket).move(name, `${name}-moved`)),
  'remove many': async (s, bucket, name) => ((await s.from(bucket).remove([name])).data!.length === 1 ? 'done' : 'left out'),
} satisfies Record<string, Attempt>

async function dialectError(error: unknown): Promise<unknown> {
  const response = (error as { originalError?: Response }).originalError
  return response instanceof Response ? response.json() : error
}

/** For Alice's object in her folder of `own`. */
const own: Record<keyof typeof operations, Record<Who, Outcome>> = {
  'upload a new one': { anon: 'denied', alice: 'done', bob: 'denied', service: 'done' },
  'upload over it': { anon: 'denied', alice: 'taken', bob: 'denied', service: 'taken' },
  upsert: { anon: 'denied', alice: 'done', bob: 'denied', service: 'done' },
  'upsert a new one': { anon: 'denied', alice: 'done', bob: 'denied', service: 'done' },
  download: { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  info: { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  exists: { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  list: { anon: 'left out', alice: 'done', bob: 'left out', service: 'done' },
  sign: { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  'sign many': { anon: 'left out', alice: 'done', bob: 'left out', service: 'done' },
  'sign an upload': { anon: 'denied', alice: 'done', bob: 'denied', service: 'done' },
  'copy beside it': { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  'copy to the inbox': { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  'move away': { anon: 'not found', alice: 'denied', bob: 'not found', service: 'done' },
  move: { anon: 'not found', alice: 'done', bob: 'not found', service: 'done' },
  'remove many': { anon: 'left out', alice: 'done', bob: 'left out', service: 'done' },
}

/** For an object in `inbox`, where users may insert and do nothing else. */
const inbox: Record<keyof typeof operations, Record<'anon' | 'alice', Outcome>> = {
  'upload a new one': { anon: 'denied', alice: 'done' },
  'upload over it': { anon: 'denied', alice: 'taken' },
  upsert: { anon: 'denied', alice: 'denied' },
  'upsert a new one': { anon: 'denied', alice: 'denied' },
  download: { anon: 'not found', alice: 'not found' },
  info: { anon: 'not found', alice: 'not found' },
  exists: { anon: 'not found', alice: 'not found' },
  list: { anon: 'left out', alice: 'left out' },
  sign: { anon: 'not found', alice: 'not found' },
  'sign many': { anon: 'left out', alice: 'left out' },
  'sign an upload': { anon: 'denied', alice: 'done' },
  'copy beside it': { anon: 'not found', alice: 'not found' },
  'copy to the inbox': { anon: 'not found', alice: 'not found' },
  'move away': { anon: 'not found', alice: 'not found' },
  move: { anon: 'not found', alice: 'not found' },
  'remove many': { anon: 'left out', alice: 'left out' },
}

const cases = [...table('own', own, () => `${alice}/${randomUUID()}/file`), ...table('inbox', inbox, () => `${randomUUID()}/file`)]

function table(bucket: string, outcomes: Record<string, Partial<Record<Who, Outcome>>>, name: () => string) {
  return Object.entries(outcomes).flatMap(([operation, byWho]) =>
    Object.entries(byWho).map(([who, outcome]) => ({
      who: who as Who,
      operation: operation as keyof typeof operations,
      bucket,
      outcome,
      name: name(),
    })),
  )
}

describe('policies decide', () => {
  let storage: TestStorage
  beforeAll(async () => {
    storage = await startStorage('disk')
    await storage.db.sql(policies)
    for (const bucket of ['own', 'inbox', 'listable', 'closed']) await storage.client(tokens.service).storage.createBucket(bucket)
  })
  afterAll(async () => {
    await storage?.[Symbol.asyncDispose]()
  })

  it.each(cases)('$who, in $bucket: $operation: $outcome', async ({ who, operation, bucket, outcome, name }) => {
    await storage.client(tokens.service).storage.from(bucket).upload(name, content)
    expect(await operations[operation](storage.client(tokens[who]).storage, bucket, name)).toBe(outcome)
  })

  it('leaves no bytes of a refused operation behind', async () => {
    const rows = await storage.rowNames()
    expect(await storage.blobKeys()).toHaveLength(rows.length)
  })

  it('an object belongs to who uploaded it', async () => {
    const name = `${alice}/${randomUUID()}`
    await storage.client(tokens.alice).storage.from('own').upload(name, content)
    const [row] = await storage.db.sql('select owner, owner_id from storage.objects where name = $1', [name])
    expect(row).toEqual({ owner: alice, owner_id: alice })
  })

  it('a policy may allow one operation only', async () => {
    await storage.client(tokens.service).storage.from('listable').upload('a', content)
    const anon = storage.client().storage.from('listable')
    expect((await anon.list()).data).toHaveLength(1)
    expect((await anon.info('a')).error).toMatchObject({ statusCode: '404' })
  })

  it('a policy on the final size refuses at the end what it could not see at the beginning, and keeps nothing', async () => {
    const name = `${alice}/${randomUUID()}`
    const before = await storage.blobKeys()
    const big = await storage
      .client(tokens.alice)
      .storage.from('own')
      .upload(name, new Blob(['x'.repeat(2000)]))
    expect(big.error).toMatchObject({ statusCode: '403', message: expect.stringContaining('row-level security policy') })
    expect(await storage.rowNames()).not.toContain(name)
    expect(await storage.blobKeys()).toHaveLength(before.length)
  })

  it('a signed URL works for anybody, and a public bucket only when it is public', async () => {
    const name = `${alice}/${randomUUID()}`
    await storage.client(tokens.alice).storage.from('own').upload(name, content)
    const { data } = await storage.client(tokens.alice).storage.from('own').createSignedUrl(name, 60)
    expect(await (await fetch(data!.signedUrl)).text()).toBe('hello')
    const publicUrl = `/object/public/own/${name}`
    expect(await (await storage.fetch(publicUrl)).json()).toMatchObject({ statusCode: '404', error: 'Bucket not found' })
    expect((await storage.fetch(`/object/info/public/own/${name}`)).status).toBe(400)
    await storage.client(tokens.service).storage.updateBucket('own', { public: true })
    expect(await (await storage.fetch(publicUrl)).text()).toBe('hello')
    expect((await storage.fetch('/object/public/own/nothing')).status).toBe(400)
    await storage.client(tokens.service).storage.updateBucket('own', { public: false })
    expect((await storage.fetch(publicUrl)).status).toBe(400)
  })

  it('buckets: closed until a policy opens them', async () => {
    for (const who of ['anon', 'alice'] as const) {
      const client = storage.client(tokens[who]).storage
      expect((await client.listBuckets()).data).toEqual([])
      expect((await client.getBucket('own')).error).toMatchObject({ statusCode: '404' })
      expect((await client.createBucket(`new-${who}`)).error).toMatchObject({ statusCode: '403' })
      expect((await client.updateBucket('own', { public: true })).error).toMatchObject({ statusCode: '404' })
      expect((await client.emptyBucket('own')).error).toMatchObject({ statusCode: '404' })
      expect((await client.deleteBucket('closed')).error).toMatchObject({ statusCode: '404' })
    }
    await storage.db.sql(`
      create policy b_select on storage.buckets for select to authenticated using (true);
      create policy b_insert on storage.buckets for insert to authenticated with check (owner_id = auth.uid()::text);
    `)
    const client = storage.client(tokens.alice).storage
    expect((await client.createBucket('hers')).error).toBeNull()
    expect((await client.getBucket('hers')).data).toMatchObject({ id: 'hers', owner: alice, public: false })
    expect((await client.listBuckets()).data!.map((b) => b.id)).toEqual(['closed', 'hers', 'inbox', 'listable', 'own'])
  })

  it('a forged or expired key is refused in the words of the dialect', async () => {
    const refused = await storage.fetch('/object/own/x', { token: `${tokens.alice}x` })
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ statusCode: '403', error: 'Unauthorized', code: 'AccessDenied' }),
    ])
  })
})
