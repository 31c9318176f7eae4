// Promise P3: an acknowledged upload returns the same bytes for ever, and there is never a row without bytes.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driverNames, startStorage, type TestStorage, tokenFor } from './harness.ts'

const service = tokenFor('service_role')
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.each(driverNames)('rows and bytes on %s', (driver) => {
  let storage: TestStorage
  beforeAll(async () => {
    storage = await startStorage(driver)
    await storage.client(service).storage.createBucket('b')
  })
  afterAll(async () => {
    await storage?.[Symbol.asyncDispose]()
  })
  const bucket = () => storage.client(service).storage.from('b')
  const download = async (name: string) => new Uint8Array(await (await bucket().download(name)).data!.arrayBuffer())
  const bodies = () => Array.from({ length: 8 }, (_, i) => randomBytes(50_000 + i))

  it('of concurrent uploads to one name exactly one wins, and only its bytes stay', async () => {
    const contents = bodies()
    const results = await Promise.all(contents.map((body) => bucket().upload('race', body)))
    const winners = results.flatMap(({ error }, i) => (error === null ? [i] : []))
    expect(winners).toHaveLength(1)
    for (const { error } of results) if (error !== null) expect(error).toMatchObject({ statusCode: '409' })
    expect(sha256(await download('race'))).toBe(sha256(contents[winners[0]!]!))
    expect(await storage.blobKeys()).toHaveLength(1)
    await bucket().remove(['race'])
  })

  it('of concurrent replacements one is last: row and bytes agree, and every other one is removed', async () => {
    const contents = bodies()
    for (const name of ['fresh', 'fresh']) {
      const results = await Promise.all(contents.map((body) => bucket().upload(name, body, { upsert: true })))
      for (const { error } of results) expect(error).toBeNull()
      const info = (await bucket().info(name)).data as unknown as { sha256: string; size: number }
      const bytes = await download(name)
      expect([sha256(bytes), bytes.length]).toEqual([info.sha256, info.size])
      expect(contents.map(sha256)).toContain(info.sha256)
    }
    await storage.sweep()
    expect(await storage.blobKeys()).toHaveLength(1)
    await bucket().remove(['fresh'])
  })

  it('every download during replacements is whole: of one version, with that version’s ETag', async () => {
    await bucket().upload('changing', randomBytes(100_000))
    const state = { replacing: true }
    const replacing = (async () => {
      for (let i = 0; i < 15; i++) await bucket().upload('changing', randomBytes(100_000 + i), { upsert: true })
      state.replacing = false
    })()
    let seen = 0
    for (; state.replacing; seen++) {
      const response = await storage.fetch('/object/b/changing', { token: service })
      expect(response.status).toBe(200)
      expect(`"${sha256(new Uint8Array(await response.arrayBuffer()))}"`).toBe(response.headers.get('etag'))
    }
    await replacing
    expect(seen).toBeGreaterThan(0)
    await bucket().remove(['changing'])
  })

  it('the sweep removes bytes without a row, and neither living ones nor those of another database', async () => {
    await bucket().upload('living', Buffer.from('living'))
    const [key] = await storage.blobKeys()
    const orphan = key!.replace(/[^/]+$/, randomUUID())
    const foreign = `objects-${randomUUID()}/00/${randomUUID()}`
    for (const other of [orphan, foreign])
      await storage.blobs.put(other, Readable.from([Buffer.from('x')]), { maxBytes: 10, contentType: 'text/plain' })
    expect(await storage.sweep()).toBe(1)
    expect((await storage.blobKeys()).sort()).toEqual([key, foreign].sort())
    expect(await (await bucket().download('living')).data!.text()).toBe('living')
    await storage.blobs.delete([foreign])
  })

  it('rows deleted by SQL give their bytes to the sweep', async () => {
    await bucket().upload('by-sql', Buffer.from('x'))
    await storage.db.sql(`delete from storage.objects`)
    expect(await storage.sweep()).toBeGreaterThan(0)
    expect(await storage.blobKeys()).toEqual([])
  })

  it('when the answer of the commit is lost, the bytes stay until the sweep knows that there is no row', async () => {
    await storage.db.superuserSql(`
      create function cut() returns trigger language plpgsql security definer as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
      create trigger cut after insert on storage.objects for each row when (new.metadata ? 'sha256') execute function cut();
    `)
    const response = await storage.fetch('/object/b/cut', {
      method: 'POST',
      token: service,
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    })
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect([await storage.rowNames(), (await storage.blobKeys()).length]).toEqual([[], 1])
    expect(await storage.sweep()).toBe(1)
    await storage.db.superuserSql('drop trigger cut on storage.objects')
    expect((await bucket().upload('cut', Buffer.from('x'))).error).toBeNull()
    await bucket().remove(['cut'])
  })

  it('bytes that somebody removed behind our back are "not found", not a fault of the server', async () => {
    await bucket().upload('robbed', Buffer.from('x'))
    await storage.blobs.delete(await storage.blobKeys())
    const response = await storage.fetch('/object/b/robbed', { token: service })
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ statusCode: '404', error: 'not_found' })])
    await bucket().remove(['robbed'])
  })
})
