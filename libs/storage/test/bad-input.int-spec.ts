// What a stranger can send: each is refused with its cause, nothing stays, and the server goes on.
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf, startStorage, type TestStorage, tokenFor } from './harness.ts'

const service = tokenFor('service_role')
const KIB = 1024

describe('bad input', () => {
  let storage: TestStorage
  beforeAll(async () => {
    storage = await startStorage('disk', { uploadBytesMax: () => 100 * KIB, uploadSilenceMaxMs: 500 })
    const { storage: client } = storage.client(service)
    await client.createBucket('b')
    await client.createBucket('small', { public: false, fileSizeLimit: '2KB' })
    await client.createBucket('images', { public: false, allowedMimeTypes: ['image/*', 'text/plain'] })
  })
  afterAll(async () => {
    await storage?.[Symbol.asyncDispose]()
  })

  /** A request whose path is sent as it is: `fetch` would resolve `..` itself. */
  function raw(method: string, path: string, headers: Record<string, string> = {}, body: string | Buffer = '') {
    return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
      const target = new URL(storage.url)
      const sent = request(
        {
          host: target.hostname,
          port: target.port,
          method,
          path: `/storage/v1${path}`,
          headers: {
            authorization: `Bearer ${service}`,
            ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (response) => {
          let text = ''
          response.on('data', (chunk) => (text += String(chunk)))
          response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text || '{}') as Record<string, unknown> }))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
  const json = { 'content-type': 'application/json' }

  it.each([
    '..',
    'a/../b',
    '%2e%2e/x',
    'a%2F..%2Fb',
    './a',
    'a//b',
    '%2Fetc/passwd',
    'a/',
    'a%00b',
    'a%5Cb',
    '%C3%BC',
    'a%0d%0ab',
    '%F0%9F%98%80',
    'x'.repeat(1025),
  ])('the key %j is refused with InvalidKey, for writing, reading and signing', async (key) => {
    for (const [method, path, headers, body] of [
      ['POST', `/object/b/${key}`, { 'content-type': 'text/plain' }, 'x'],
      ['GET', `/object/b/${key}`, {}, ''],
      ['GET', `/object/public/b/${key}`, {}, ''],
      ['DELETE', `/object/b/${key}`, {}, ''],
      ['POST', `/object/sign/b/${key}`, json, '{"expiresIn":60}'],
      ['POST', `/object/upload/sign/b/${key}`, json, '{}'],
    ] as const) {
      const answer = await raw(method, path, headers, body)
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 400, 'InvalidKey'])
    }
    expect(await storage.rowNames()).toEqual([])
  })

  it('a token given twice is refused, and a long download name of any script is cut where it can be', async () => {
    await storage.client(service).storage.from('b').upload('name.txt', 'x')
    expect((await raw('GET', '/object/sign/b/name.txt?token=a&token=b')).status).toBe(400)
    expect((await raw('PUT', '/object/upload/sign/b/name.txt?token=a&token=b', {}, 'x')).status).toBe(400)
    for (const name of [`${'a'.repeat(254)}\u{1F600}`, `${'a'.repeat(511)}\u{1F600}`, '\u{1F600}'.repeat(300)]) {
      const answer = await fetch(`${storage.url}/storage/v1/object/b/name.txt?download=${encodeURIComponent(name)}`, {
        headers: { authorization: `Bearer ${service}` },
      })
      expect([answer.status, await answer.text()]).toEqual([200, 'x'])
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename=[\w%.-]+; filename\*=UTF-8''[\w%.-]+$/)
    }
    await storage.client(service).storage.from('b').remove(['name.txt'])
  })

  it('keys in bodies are checked too', async () => {
    const { storage: client } = storage.client(service)
    await client.from('b').upload('seed', Buffer.from('x'))
    for (const key of ['../x', '/x', 'a//b', '']) {
      expect((await client.from('b').move('seed', key)).error).toMatchObject({ statusCode: '400', message: `Invalid key: ${key}` })
      expect((await client.from('b').copy('seed', key)).error).toMatchObject({ statusCode: '400', message: `Invalid key: ${key}` })
    }
    expect((await client.from('b').remove(['seed'])).data).toHaveLength(1)
  })

  it('a body over the limit is refused, whether it says its length or not, raw or as a form', async () => {
    const bytes = randomBytes(101 * KIB)
    const stream = () => Readable.toWeb(Readable.from([bytes])) as ReadableStream
    const tooLarge = { statusCode: '413', error: 'Payload too large', message: 'The object exceeded the maximum allowed size' }
    const attempts: RequestInit[] = [
      { body: bytes, headers: { 'content-type': 'application/zip' } },
      { body: stream(), duplex: 'half', headers: { 'content-type': 'application/zip' } },
      { body: formOf(bytes) },
    ]
    for (const init of attempts) {
      const refused = await storage.fetch('/object/b/big', { method: 'POST', token: service, ...init })
      expect([refused.status, await errorOf(refused)]).toEqual([400, expect.objectContaining(tooLarge)])
    }
    const small = await storage
      .client(service)
      .storage.from('small')
      .upload('x', randomBytes(2 * KIB + 1))
    expect(small.error).toMatchObject({ statusCode: '413' })
    expect(
      (
        await storage
          .client(service)
          .storage.from('small')
          .upload('x', randomBytes(2 * KIB))
      ).error,
    ).toBeNull()
    expect(
      (
        await storage
          .client(service)
          .storage.from('b')
          .upload('fits', randomBytes(100 * KIB))
      ).error,
    ).toBeNull()
    await storage.client(service).storage.from('b').remove(['fits'])
    await storage.client(service).storage.from('small').remove(['x'])
    expect(await storage.blobKeys()).toEqual([])
  })

  it('a refused sender of a large body gets its answer, and its connection serves the next request', async () => {
    for (let i = 0; i < 3; i++) {
      const refused = await raw('POST', '/object/b/large', { 'content-type': 'application/zip' }, Buffer.alloc(20 * 1024 * KIB))
      expect(refused.body.code).toBe('EntityTooLarge')
    }
    expect((await raw('GET', '/bucket/b')).status).toBe(200)
  })

  it('types that the bucket does not take are refused, declared in a header or in a form', async () => {
    const images = storage.client(service).storage.from('images')
    const refusal = { statusCode: '415', message: 'mime type application/zip is not supported' }
    expect((await images.upload('x', Buffer.from('x'), { contentType: 'application/zip' })).error).toMatchObject(refusal)
    expect((await images.upload('x', new Blob(['x'], { type: 'application/zip' }))).error).toMatchObject(refusal)
    expect((await images.upload('x', Buffer.from('x'), { contentType: 'image/png' })).error).toBeNull()
    expect((await images.upload('y', new Blob(['x'], { type: 'text/plain;charset=utf-8' }))).error).toBeNull()
    expect((await images.remove(['x', 'y'])).data).toHaveLength(2)
  })

  it('an upload that breaks off leaves no row, no bytes, no temporary file', async () => {
    const boundary = 'sep'
    const form = `--${boundary}\r\nContent-Disposition: form-data; name=""; filename="f"\r\nContent-Type: text/plain\r\n\r\nsome`
    for (const [type, start] of [
      ['text/plain', 'some'],
      [`multipart/form-data; boundary=${boundary}`, form],
    ] as const) {
      const socket = await openUpload(storage.url, type, start)
      await expect.poll(() => storage.incoming()).toHaveLength(1)
      socket.destroy()
      await expect.poll(() => storage.incoming()).toEqual([])
    }
    expect([await storage.rowNames(), await storage.blobKeys()]).toEqual([[], []])
  })

  it('an upload that goes silent is given up', async () => {
    const socket = await openUpload(storage.url, 'text/plain', 'some')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await expect.poll(() => storage.incoming()).toHaveLength(1)
    await closed
    await expect.poll(() => storage.incoming()).toEqual([])
    expect([await storage.rowNames(), await storage.blobKeys()]).toEqual([[], []])
  })

  it('forms without a file, without an end, with too much beside the file', async () => {
    const type = { 'content-type': 'multipart/form-data; boundary=sep' }
    const part = (name: string, value: string, file = false) =>
      `--sep\r\nContent-Disposition: form-data; name="${name}"${file ? '; filename="f"\r\nContent-Type: text/plain' : ''}\r\n\r\n${value}\r\n`
    const send = async (body: string) => (await raw('POST', '/object/b/form', type, body)).body
    expect(await send(`${part('cacheControl', '1')}--sep--\r\n`)).toMatchObject({ code: 'InvalidRequest', message: 'No content provided' })
    expect(await send('')).toMatchObject({ code: 'InvalidRequest', message: 'No content provided' })
    expect(await send(part('', 'unfinished', true))).toMatchObject({ statusCode: '400', code: 'InvalidRequest' })
    expect(await send(`${part('', 'x', true)}${part('metadata', 'not json')}--sep--\r\n`)).toMatchObject({ code: 'InvalidParameter' })
    expect(await send(`${part('', 'x', true)}${part('metadata', '[1]')}--sep--\r\n`)).toMatchObject({ code: 'InvalidParameter' })
    expect(await send(`${part('', 'x', true)}${part('metadata', '{"a":"\\u0000"}')}--sep--\r\n`)).toMatchObject({
      code: 'InvalidParameter',
    })
    expect(await send(`${part('', 'x', true)}${part('cacheControl', 'a\nb')}--sep--\r\n`)).toMatchObject({ code: 'InvalidParameter' })
    expect(await send(`${part('', 'x', true)}${part('metadata', `{"a":"${'x'.repeat(1100 * KIB)}"}`)}--sep--\r\n`)).toMatchObject({
      statusCode: '413',
    })
    expect(
      await send(`${Array.from({ length: 40 }, (_, i) => part(`f${i}`, 'x')).join('')}${part('', 'x', true)}--sep--\r\n`),
    ).toMatchObject({ statusCode: '413' })
    expect(await send(`${part('', 'one', true)}${part('', 'two', true)}--sep--\r\n`)).toMatchObject({ statusCode: '413' })
    expect([await storage.rowNames(), await storage.blobKeys(), await storage.incoming()]).toEqual([[], [], []])
  })

  it('bodies that are no JSON, of another type or shape, or too large', async () => {
    expect(await raw('POST', '/bucket', json, '{')).toEqual({
      status: 400,
      body: expect.objectContaining({ message: 'Body is not valid JSON' }),
    })
    expect(await raw('POST', '/bucket', json, '{}')).toEqual({
      status: 400,
      body: expect.objectContaining({ statusCode: '400', error: 'Error', message: "body must have required property 'name'" }),
    })
    expect((await raw('POST', '/bucket', json, '[]')).body).toMatchObject({ statusCode: '400' })
    expect((await raw('POST', '/bucket', json, '{"name":1}')).body).toMatchObject({ message: 'body/name must be string' })
    expect((await raw('POST', '/bucket', { 'content-type': 'text/csv' }, 'a')).body).toMatchObject({
      statusCode: '415',
      code: 'InvalidMimeType',
      message: 'Invalid Content-Type header',
    })
    expect((await raw('POST', '/bucket', json, `{"name":"${'x'.repeat(1100 * KIB)}"}`)).status).toBe(413)
    expect((await raw('POST', '/object/b/x', { 'content-type': 'nonsense' }, 'x')).body).toMatchObject({ statusCode: '415' })
    expect((await raw('DELETE', '/object/b', json, JSON.stringify({ prefixes: Array(1001).fill('x') }))).body).toMatchObject({
      message: 'body/prefixes must NOT have more than 1000 items',
    })
    expect((await raw('POST', '/object/sign/b', json, '{"expiresIn":0,"paths":["a"]}')).body).toMatchObject({
      message: 'body/expiresIn must be >= 1',
    })
    expect((await raw('POST', '/object/list/b', json, '{"prefix":"","limit":100000}')).body).toMatchObject({ statusCode: '400' })
    expect((await raw('POST', '/object/list/b', json, '{"sortBy":{"column":"name; drop table x"}}')).body).toMatchObject({
      statusCode: '400',
    })
  })

  it.each(['a/b', '', ' x', '..', 'x'.repeat(101), 'ü', 'a\0b'])('the bucket name %j is refused', async (name) => {
    const { error } = await storage.client(service).storage.createBucket(name)
    expect(error).toMatchObject({ statusCode: '400', message: 'Bucket name invalid' })
  })

  it('bucket limits: strings with units, and none above the server', async () => {
    const { storage: client } = storage.client(service)
    expect((await client.getBucket('small')).data).toMatchObject({ file_size_limit: 2048 })
    expect((await client.createBucket('x', { public: false, fileSizeLimit: '20 potatoes' })).error).toMatchObject({
      message: expect.stringContaining('hint: use 20GB'),
    })
    expect((await client.createBucket('x', { public: false, fileSizeLimit: '20GB' })).error).toMatchObject({ statusCode: '413' })
    expect((await client.createBucket('b')).error).toMatchObject({ statusCode: '409', message: 'The resource already exists' })
    expect((await client.updateBucket('small', { public: true })).error).toBeNull()
    expect((await client.getBucket('small')).data).toMatchObject({ file_size_limit: 2048, public: true })
    expect((await client.updateBucket('nothing', { public: true })).error).toMatchObject({ statusCode: '404' })
  })

  it('unknown buckets and paths', async () => {
    expect((await storage.client(service).storage.from('nothing').upload('x', Buffer.from('x'))).error).toMatchObject({
      statusCode: '404',
      message: 'Bucket not found',
    })
    expect((await storage.client(service).storage.from('nothing').list()).data).toEqual([])
    expect(await raw('GET', '/nothing/here')).toEqual({
      status: 404,
      body: expect.objectContaining({ message: 'Route GET:/storage/v1/nothing/here not found' }),
    })
    expect((await raw('GET', '/object/b/%ZZ')).status).toBe(400)
  })
})

function formOf(bytes: Buffer): FormData {
  const form = new FormData()
  form.append('', new Blob([bytes], { type: 'application/zip' }))
  return form
}

/** Opens a connection, announces a large upload and sends only its start. */
async function openUpload(url: string, type: string, start: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(
    `POST /storage/v1/object/b/broken HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service}\r\nContent-Type: ${type}\r\nContent-Length: 50000\r\n\r\n${start}`,
  )
  return socket
}
