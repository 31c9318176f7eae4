// Bytes in, the same bytes out: over the unmodified client and over plain HTTP, on every driver.
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { driverNames, errorOf, startStorage, type TestStorage, tokenFor } from './harness.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const service = tokenFor('service_role')

describe.each(driverNames)('objects on %s', (driver) => {
  let storage: TestStorage
  beforeAll(async () => {
    storage = await startStorage(driver)
    const { error } = await storage.client(service).storage.createBucket('files')
    expect(error).toBeNull()
    await storage.client(service).storage.createBucket('open', { public: true })
  })
  afterAll(async () => {
    await storage?.[Symbol.asyncDispose]()
  })
  const files = () => storage.client(service).storage.from('files')

  it('20 MB come back with the same SHA-256, from a form and from a raw body', async () => {
    const bytes = randomBytes(20 * 1024 * 1024)
    for (const [name, body] of [
      ['form.bin', new Blob([bytes])],
      ['raw.bin', bytes],
    ] as const) {
      const up = await files().upload(name, body, { contentType: 'application/octet-stream' })
      expect(up.error).toBeNull()
      expect(up.data).toMatchObject({ path: name, fullPath: `files/${name}`, id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
      const down = await files().download(name)
      expect(down.error).toBeNull()
      expect(sha256(new Uint8Array(await down.data!.arrayBuffer()))).toBe(sha256(bytes))
      const info = await files().info(name)
      expect(info.data).toMatchObject({ size: bytes.length, sha256: sha256(bytes), contentType: 'application/octet-stream' })
    }
  })

  it('an empty object is an object', async () => {
    expect((await files().upload('empty.txt', new Blob([], { type: 'text/plain' }))).error).toBeNull()
    expect((await files().upload('empty-raw.txt', Buffer.alloc(0), { contentType: 'text/plain' })).error).toBeNull()
    for (const name of ['empty.txt', 'empty-raw.txt']) expect((await (await files().download(name)).data!.arrayBuffer()).byteLength).toBe(0)
  })

  it('keeps type, cache control and metadata, from a form with fields on either side of the file and from headers', async () => {
    const metadata = { shelf: 'ü', n: 1 }
    await files().upload('kept-form', new Blob(['x'], { type: 'text/css' }), { cacheControl: '120', metadata })
    await files().upload('kept-raw', Buffer.from('x'), { contentType: 'text/css', cacheControl: '120', metadata })
    const form = new FormData()
    form.append('', new Blob(['x'], { type: 'text/css' }))
    await files().upload('kept-after', form, { cacheControl: '120', metadata })
    for (const name of ['kept-form', 'kept-raw', 'kept-after']) {
      expect((await files().info(name)).data).toMatchObject({ metadata, cacheControl: 'max-age=120', contentType: 'text/css', size: 1 })
    }
  })

  it('ranges and conditions: 206, 416, 304, If-Range', async () => {
    await files().upload('digits', Buffer.from('0123456789'), { contentType: 'text/plain' })
    const get = (headers: Record<string, string>, method = 'GET') =>
      storage.fetch('/object/files/digits', { token: service, headers, method })
    const whole = await get({})
    const etag = whole.headers.get('etag')!
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/)
    expect(Object.fromEntries(whole.headers)).toMatchObject({ 'content-length': '10', 'accept-ranges': 'bytes', 'x-robots-tag': 'none' })

    const cases: [string, string, string][] = [
      ['bytes=0-0', '0', 'bytes 0-0/10'],
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=8-', '89', 'bytes 8-9/10'],
      ['bytes=8-100', '89', 'bytes 8-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=-100', '0123456789', 'bytes 0-9/10'],
    ]
    for (const [range, text, contentRange] of cases) {
      const part = await get({ range })
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, text, contentRange])
    }
    const missed = await get({ range: 'bytes=10-' })
    expect([missed.status, missed.headers.get('content-range'), (await errorOf(missed)).code]).toEqual([416, 'bytes */10', 'InvalidRange'])
    const malformed = await get({ range: 'bytes=4-2' })
    expect([malformed.status, (await errorOf(malformed)).error]).toEqual([400, 'invalid_range'])

    const conditions: Record<string, string>[] = [
      { 'if-none-match': etag },
      { 'if-none-match': `"a", W/${etag}` },
      { 'if-modified-since': whole.headers.get('last-modified')! },
    ]
    for (const headers of conditions) {
      const unchanged = await get(headers)
      expect([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect((await get({ 'if-none-match': '"other"', 'if-modified-since': new Date().toUTCString() })).status).toBe(200)
    expect((await get({ range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
    expect((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
    const head = await get({}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', ''])
  })

  it('a page that somebody uploaded cannot run as ours', async () => {
    const open = storage.client(service).storage.from('open')
    await open.upload('page.html', new Blob(['<script>1</script>'], { type: 'text/html' }))
    await open.upload('image.svg', new Blob(['<svg/>'], { type: 'image/svg+xml' }))
    await open.upload('photo.png', new Blob(['png'], { type: 'image/png' }))
    const headers = async (name: string) => (await fetch(open.getPublicUrl(name).data.publicUrl)).headers
    const page = await headers('page.html')
    expect([page.get('content-type'), page.get('x-content-type-options')]).toEqual(['text/plain', 'nosniff'])
    expect((await headers('image.svg')).get('content-security-policy')).toMatch(/^sandbox;/)
    expect((await headers('photo.png')).get('content-security-policy')).toBeNull()
  })

  it('download names the file, and the name cannot become a header', async () => {
    await files().upload('docs/report.txt', Buffer.from('x'), { contentType: 'text/plain' })
    const disposition = async (query: string) =>
      (await storage.fetch(`/object/files/docs/report.txt?download${query}`, { token: service })).headers.get('content-disposition')
    expect(await disposition('')).toBe("attachment; filename=report.txt; filename*=UTF-8''report.txt")
    expect(await disposition(`=${encodeURIComponent('größe (1).txt')}`)).toContain("filename*=UTF-8''gr%C3%B6%C3%9Fe%20%281%29.txt")
    expect(await disposition(`=${encodeURIComponent('a"\r\nx-evil: 1')}`)).not.toMatch(/\r|\n/)
  })

  it('upsert replaces the bytes and leaves no old ones behind; without it the name is taken', async () => {
    await files().upload('twice', Buffer.from('first'), { contentType: 'text/plain' })
    const again = await files().upload('twice', Buffer.from('second'), { contentType: 'text/plain' })
    expect(again.error).toMatchObject({ statusCode: '409', message: 'The resource already exists', status: 400 })
    const before = await storage.blobKeys()
    const first = (await files().info('twice')).data!
    expect((await files().upload('twice', Buffer.from('second'), { contentType: 'text/plain', upsert: true })).error).toBeNull()
    expect((await files().update('twice', Buffer.from('third'), { contentType: 'text/plain' })).error).toBeNull()
    expect(await (await files().download('twice')).data!.text()).toBe('third')
    const last = (await files().info('twice')).data!
    expect([last.id, last.version !== first.version]).toEqual([first.id, true])
    expect(await storage.blobKeys()).toHaveLength(before.length)
  })

  it('copy and move keep the bytes, within a bucket and to another one', async () => {
    const bytes = randomBytes(1000)
    const down = async (bucket: string, name: string) =>
      Buffer.from(await (await storage.client(service).storage.from(bucket).download(name)).data!.arrayBuffer())
    await files().upload('a/source', bytes, { contentType: 'image/png', metadata: { m: 1 } })
    expect((await files().copy('a/source', 'a/copy')).data).toEqual({ path: 'files/a/copy' })
    expect((await files().copy('a/source', 'copy', { destinationBucket: 'open' })).error).toBeNull()
    expect((await files().move('a/source', 'b/moved')).data).toMatchObject({ message: 'Successfully moved' })
    expect((await files().move('a/copy', 'moved', { destinationBucket: 'open' })).error).toBeNull()
    for (const [bucket, name] of [
      ['files', 'b/moved'],
      ['open', 'copy'],
      ['open', 'moved'],
    ] as const) {
      expect((await down(bucket, name)).equals(bytes)).toBe(true)
      expect((await storage.client(service).storage.from(bucket).info(name)).data).toMatchObject({
        metadata: { m: 1 },
        contentType: 'image/png',
      })
    }
    expect((await files().exists('a/source')).data).toBe(false)
    expect((await files().move('nothing', 'x')).error).toMatchObject({ statusCode: '404' })
    expect((await files().copy('b/moved', 'b/moved')).error).toMatchObject({ statusCode: '409' })
  })

  it('delete one, many and a whole bucket: rows and bytes are gone', async () => {
    const client = storage.client(service).storage
    await client.createBucket('gone')
    const gone = client.from('gone')
    const before = (await storage.blobKeys()).length
    for (const name of ['1', '2', 'x/3', 'x/4']) await gone.upload(name, Buffer.from(name), { contentType: 'text/plain' })
    expect((await client.deleteBucket('gone')).error).toMatchObject({
      statusCode: '409',
      message: 'The bucket you tried to delete is not empty',
    })
    const removed = await gone.remove(['1', 'nothing', '../x'])
    expect(removed.data?.map((o) => o.name)).toEqual(['1'])
    expect((await storage.fetch('/object/gone/2', { method: 'DELETE', token: service })).status).toBe(200)
    expect((await storage.fetch('/object/gone/2', { method: 'DELETE', token: service })).status).toBe(400)
    expect((await client.emptyBucket('gone')).error).toBeNull()
    expect((await client.deleteBucket('gone')).error).toBeNull()
    expect(await storage.blobKeys()).toHaveLength(before)
    expect((await client.getBucket('gone')).error).toMatchObject({ statusCode: '404', message: 'Bucket not found' })
  })

  it('signed URLs open one object for a while, and nothing else', async () => {
    await files().upload('secret/odd name (1).txt', Buffer.from('psst'), { contentType: 'text/plain' })
    const { data } = await files().createSignedUrl('secret/odd name (1).txt', 60, { download: true })
    const opened = await fetch(data!.signedUrl)
    expect([opened.status, await opened.text(), opened.headers.get('content-disposition')]).toEqual([
      200,
      'psst',
      expect.stringMatching(/^attachment/),
    ])
    const token = new URL(data!.signedUrl).searchParams.get('token')!
    const elsewhere = await storage.fetch(`/object/sign/files/digits?token=${token}`)
    expect([elsewhere.status, (await errorOf(elsewhere)).code]).toEqual([400, 'InvalidSignature'])
    const forged = await storage.fetch(`/object/sign/files/secret/odd%20name%20(1).txt?token=${token.slice(0, -2)}xx`)
    expect([forged.status, (await errorOf(forged)).code]).toEqual([400, 'InvalidJWT'])
    expect((await storage.fetch(`/object/sign/files/digits?token=${service}`)).status).toBe(400)
    expect((await storage.fetch(`/object/sign/files/digits`)).status).toBe(400)

    const many = await files().createSignedUrls(['nothing', 'secret/odd name (1).txt', '../x'], 60)
    expect(many.data!.map(({ path, error }) => [path, error === null])).toEqual([
      ['nothing', false],
      ['secret/odd name (1).txt', true],
      ['../x', false],
    ])
    expect(await (await fetch(many.data![1]!.signedUrl!)).text()).toBe('psst')
    const expiring = await files().createSignedUrl('secret/odd name (1).txt', 1)
    await expect
      .poll(async () => (await (await fetch(expiring.data!.signedUrl)).text()).includes('timestamp check failed'), { timeout: 5000 })
      .toBe(true)
  })

  it('a signed upload puts one object, in the name of its signer', async () => {
    const signed = await files().createSignedUploadUrl('by-url.txt')
    expect(signed.error).toBeNull()
    const { path, token } = signed.data!
    const anon = storage.client().storage.from('files')
    expect((await anon.uploadToSignedUrl('other.txt', token, new Blob(['x']))).error).toMatchObject({ message: 'Invalid signature' })
    const up = await anon.uploadToSignedUrl(path, token, new Blob(['by url'], { type: 'text/plain' }))
    expect(up.data).toMatchObject({ path: 'by-url.txt', fullPath: 'files/by-url.txt' })
    expect(await (await files().download('by-url.txt')).data!.text()).toBe('by url')
    expect((await anon.uploadToSignedUrl(path, token, new Blob(['again']))).error).toMatchObject({ statusCode: '409' })
  })

  it('lists folders first, then objects, sorted, searched and by pages', async () => {
    const client = storage.client(service).storage
    await client.createBucket('tree')
    const tree = client.from('tree')
    for (const name of ['b.txt', 'a.txt', 'A_.txt', 'docs/x.txt', 'docs/deep/y.txt', 'docs2/z.txt', 'docs.txt']) {
      await tree.upload(name, Buffer.from(name), { contentType: 'text/plain' })
    }
    const names = async (...args: Parameters<typeof tree.list>) => (await tree.list(...args)).data!.map((o) => o.name)
    expect(await names()).toEqual(['docs', 'docs2', 'A_.txt', 'a.txt', 'b.txt', 'docs.txt'])
    expect(await names('docs')).toEqual(['deep', 'x.txt'])
    expect(await names('docs/deep/')).toEqual(['y.txt'])
    expect(await names('nothing')).toEqual([])
    expect(await names('', { sortBy: { column: 'name', order: 'desc' } })).toEqual([
      'docs2',
      'docs',
      'docs.txt',
      'b.txt',
      'a.txt',
      'A_.txt',
    ])
    expect(await names('', { search: 'a_' })).toEqual(['A_.txt'])
    expect(await names('', { search: 'DOCS' })).toEqual(['docs', 'docs2', 'docs.txt'])
    expect([await names('', { limit: 2 }), await names('', { limit: 2, offset: 2 })]).toEqual([
      ['docs', 'docs2'],
      ['A_.txt', 'a.txt'],
    ])
    const [folder, , object] = (await tree.list()).data!
    expect(folder).toMatchObject({ name: 'docs', id: null, metadata: null })
    expect(object).toMatchObject({
      id: expect.any(String),
      metadata: { size: 6, mimetype: 'text/plain', cacheControl: 'max-age=3600', httpStatusCode: 200 },
    })

    const pages: string[][] = []
    let cursor: string | undefined
    do {
      const page = (await tree.listV2({ limit: 3, with_delimiter: true, cursor })).data!
      pages.push([...page.folders, ...page.objects].map((entry) => entry.key!).sort())
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(pages).toEqual([
      ['A_.txt', 'a.txt', 'b.txt'],
      ['docs.txt', 'docs/', 'docs2/'],
    ])
    const flat = (await tree.listV2({ prefix: 'docs/', sortBy: { column: 'created_at', order: 'desc' } })).data!
    expect([flat.hasNext, flat.objects.map((o) => o.name)]).toEqual([false, ['docs/deep/y.txt', 'docs/x.txt']])
    expect((await tree.listV2({ cursor: 'nonsense' })).error).toMatchObject({ statusCode: '400', message: 'Invalid Parameter cursor' })
  })
})
