// The contract of BlobStore, the same cases over every driver.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTestS3 } from '../../../scripts/s3/test-endpoint.ts'
import { type BlobStore, DiskBlobStore, S3BlobStore } from '../src/index.ts'

const MIB = 1024 * 1024
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const options = { maxBytes: 64 * MIB, contentType: 'application/octet-stream' }
const put = (store: BlobStore, key: string, bytes: Buffer) => store.put(key, Readable.from(inPieces(bytes)), options)
const newKey = () => `objects/t/${randomUUID()}`

interface Driver {
  readonly store: BlobStore
  /** What a crash or a failed upload left outside the keys. */
  leftovers(): Promise<readonly string[]>
  [Symbol.asyncDispose](): Promise<void>
}

const s3 = await findTestS3()
if (typeof s3 === 'string') console.log(`S3 left out: ${s3}`)
const drivers: Record<string, () => Promise<Driver>> = { disk: openDisk, ...(typeof s3 === 'string' ? {} : { s3: openS3 }) }

describe.each(Object.entries(drivers))('BlobStore on %s', (_name, openDriver) => {
  let driver: Driver
  let store: BlobStore
  beforeAll(async () => {
    driver = await openDriver()
    store = driver.store
  })
  afterAll(async () => {
    await driver[Symbol.asyncDispose]()
  })

  it.each([0, 1, 100_000, 8 * MIB, 8 * MIB + 1, 20 * MIB])('%i bytes come back as they were, with their SHA-256', async (size) => {
    const bytes = randomBytes(size)
    const key = newKey()
    const stored = await put(store, key, bytes)
    expect(stored).toMatchObject({ size, sha256: sha256(bytes) })
    expect(sha256(await buffer(await store.get(key)))).toBe(stored.sha256)
  })

  it('a range gives exactly its bytes, both ends included', async () => {
    const bytes = randomBytes(1000)
    const key = newKey()
    await put(store, key, bytes)
    for (const [start, end] of [
      [0, 0],
      [0, 999],
      [10, 19],
      [999, 999],
    ] as const) {
      expect((await buffer(await store.get(key, { start, end }))).equals(bytes.subarray(start, end + 1))).toBe(true)
    }
  })

  it('a missing key is refused as not_found, also as the source of a copy', async () => {
    await expect(store.get(newKey())).rejects.toMatchObject({ area: 'blob', code: 'not_found' })
    await expect(store.copy(newKey(), newKey())).rejects.toMatchObject({ area: 'blob', code: 'not_found' })
  })

  it('a body over the limit is refused and nothing stays, small or in parts', async () => {
    for (const [size, maxBytes] of [
      [1001, 1000],
      [20 * MIB, 19 * MIB],
    ] as const) {
      const key = newKey()
      await expect(store.put(key, Readable.from(inPieces(randomBytes(size))), { ...options, maxBytes })).rejects.toMatchObject({
        code: 'too_large',
      })
      await expect(store.get(key)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await driver.leftovers()).toEqual([])
  })

  it('a body that breaks off is refused and nothing stays, small or in parts', async () => {
    for (const size of [1000, 20 * MIB]) {
      const key = newKey()
      const body = Readable.from(breakingOff(randomBytes(size)))
      await expect(store.put(key, body, options)).rejects.toMatchObject({ code: 'interrupted' })
      await expect(store.get(key)).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await driver.leftovers()).toEqual([])
  })

  it('an abort ends a body that has stalled', async () => {
    const controller = new AbortController()
    const key = newKey()
    const stalled = new Readable({ read: () => undefined })
    stalled.push(randomBytes(1000))
    const putting = store.put(key, stalled, { ...options, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(putting).rejects.toMatchObject({ code: 'interrupted' })
    await expect(store.get(key)).rejects.toMatchObject({ code: 'not_found' })
    expect(await driver.leftovers()).toEqual([])
  })

  it('a copy lives on when its source is deleted', async () => {
    const bytes = randomBytes(5000)
    const [from, to] = [newKey(), newKey()]
    await put(store, from, bytes)
    await store.copy(from, to)
    await store.delete([from])
    await expect(store.get(from)).rejects.toMatchObject({ code: 'not_found' })
    expect((await buffer(await store.get(to))).equals(bytes)).toBe(true)
  })

  it('deletes many, and what is not there is no fault', async () => {
    const keys = [newKey(), newKey(), newKey()]
    for (const key of keys) await put(store, key, Buffer.from('x'))
    await store.delete([...keys, newKey()])
    await store.delete([])
    for (const key of keys) await expect(store.get(key)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('lists the keys under a prefix with size and time, and no others', async () => {
    const id = randomUUID()
    const started = Date.now()
    const keys = Array.from({ length: 12 }, (_, i) => `list-${id}/${i % 3}/${i}`)
    for (const key of keys) await put(store, key, Buffer.from(key))
    const found = []
    for await (const item of store.list(`list-${id}/`)) found.push(item)
    expect(found.map((item) => item.key).sort()).toEqual([...keys].sort())
    for (const item of found) {
      expect(item.size).toBe(item.key.length)
      expect(Math.abs(item.modifiedMs - started)).toBeLessThan(60_000)
    }
    expect(await collect(store.list(`list-${id}/1/`))).toHaveLength(4)
    expect(await collect(store.list('nothing-here/'))).toEqual([])
  })

  it.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', '', 'a/', 'a\0b', 'a\\b', '.incoming/x', 'ä'])('refuses the key %j', async (key) => {
    await expect(store.get(key)).rejects.toMatchObject({ code: 'key_invalid' })
    await expect(put(store, key, Buffer.from('x'))).rejects.toMatchObject({ code: 'key_invalid' })
    await expect(store.delete([key])).rejects.toMatchObject({ code: 'key_invalid' })
    await expect(store.copy(key, newKey())).rejects.toMatchObject({ code: 'key_invalid' })
  })

  it('says that it works, and opening it again changes nothing', async () => {
    const key = newKey()
    await put(store, key, Buffer.from('kept'))
    await store.open()
    expect(await store.check()).toBeUndefined()
    expect(String(await buffer(await store.get(key)))).toBe('kept')
  })
})

describe('DiskBlobStore', () => {
  it('removes at its opening what a killed process left half written, and not what a living one writes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-blob-'))
    try {
      const store = new DiskBlobStore(folder)
      await store.open()
      await writeFile(join(folder, '.incoming', '4194305-dead-1'), 'half')
      const living = new Readable({ read: () => undefined })
      living.push('first ')
      const putting = store.put('objects/living', living, options)
      await new DiskBlobStore(folder).open()
      living.push('second')
      living.push(null)
      await putting
      expect(String(await buffer(await store.get('objects/living')))).toBe('first second')
      expect(await readdir(join(folder, '.incoming'))).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('names the folder that it cannot use', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-blob-'))
    try {
      const file = join(folder, 'file')
      await writeFile(file, '')
      await expect(new DiskBlobStore(file).open()).rejects.toMatchObject({
        code: 'folder_unusable',
        message: expect.stringContaining(file),
      })
      expect(await new DiskBlobStore(join(folder, 'gone')).check()).toContain('gone')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('S3BlobStore', () => {
  it('says which server cannot be used, and never a key', async () => {
    const store = new S3BlobStore({
      endpoint: 'http://127.0.0.1:9',
      accessKey: 'me',
      secretKey: 'hush',
      bucket: 'none',
      region: 'us-east-1',
    })
    const error = await store.open().catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 's3_unusable', message: expect.stringContaining('http://127.0.0.1:9') })
    expect((error as Error).message).not.toContain('hush')
    expect(await store.check()).toContain('http://127.0.0.1:9')
    await expect(store.get(newKey())).rejects.toMatchObject({ code: 'unavailable', status: 503 })
  })

  it.skipIf(typeof s3 === 'string')('says so when the key is wrong', async () => {
    if (typeof s3 === 'string') return
    const store = new S3BlobStore({ ...s3, secretKey: 'wrong', bucket: 'plinth-test', region: 'us-east-1' })
    await expect(store.open()).rejects.toMatchObject({ code: 's3_unusable' })
  })
})

async function openDisk(): Promise<Driver> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-blob-'))
  const store = new DiskBlobStore(folder)
  await store.open()
  return {
    store,
    leftovers: () => readdir(join(folder, '.incoming')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

async function openS3(): Promise<Driver> {
  if (typeof s3 === 'string') throw new Error(s3)
  const bucket = `plinth-test-${randomUUID()}`
  const store = new S3BlobStore({ ...s3, bucket, region: 'us-east-1' })
  await store.open()
  const { Client } = await import('minio')
  const url = new URL(s3.endpoint)
  const client = new Client({
    endPoint: url.hostname,
    port: Number(url.port),
    useSSL: false,
    accessKey: s3.accessKey,
    secretKey: s3.secretKey,
    region: 'us-east-1',
  })
  return {
    store,
    leftovers: async () =>
      (await collect(client.listIncompleteUploads(bucket, '', true) as AsyncIterable<{ key: string }>)).map((u) => u.key),
    [Symbol.asyncDispose]: async () => {
      await store.delete((await collect(store.list(''))).map((item) => item.key))
      await client.removeBucket(bucket)
    },
  }
}

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024)
}

function* breakingOff(bytes: Buffer): Generator<Buffer> {
  yield* inPieces(bytes.subarray(0, bytes.length - 1))
  throw new Error('connection lost')
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
