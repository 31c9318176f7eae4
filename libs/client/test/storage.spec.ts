import { describe, expect, it } from 'vitest'
import { createClient } from '@plinth/client'
import { RecordingServer } from './recording-server.ts'

describe('storage', () => {
  it('uploads bytes with their type, cache time and metadata', async () => {
    await using server = await RecordingServer.start(() => ({ body: { Id: 'i', Key: 'pics/a b/ü.png' } }))
    const bucket = createClient(server.url, 'key').storage.from('pics')
    const { data } = await bucket.upload('a b/ü.png', new Blob(['xyz'], { type: 'image/png' }), {
      upsert: true,
      metadata: { by: 'Zoë' },
      cacheControl: 60,
    })
    expect(data).toEqual({ id: 'i', path: 'a b/ü.png', fullPath: 'pics/a b/ü.png' })
    expect(server.last).toMatchObject({ method: 'POST', path: '/storage/v1/object/pics/a b/ü.png', body: 'xyz' })
    expect(server.last.headers).toMatchObject({ 'content-type': 'image/png', 'cache-control': 'max-age=60', 'x-upsert': 'true' })
    expect(JSON.parse(Buffer.from(String(server.last.headers['x-metadata']), 'base64').toString())).toEqual({ by: 'Zoë' })
    await bucket.update('n.txt', new Response('streamed').body as ReadableStream)
    expect(server.last).toMatchObject({ method: 'PUT', body: 'streamed' })
    expect(server.last.headers['content-type']).toBe('application/octet-stream')
  })

  it('lists, removes, signs and addresses objects', async () => {
    await using server = await RecordingServer.start(({ path, method }) => {
      if (path.endsWith('/sign/pics'))
        return {
          body: [
            { path: 'a', signedURL: '/object/sign/pics/a?token=t', error: null },
            { path: 'b', signedURL: null, error: 'none' },
          ],
        }
      if (path.includes('/object/sign/')) return { body: { signedURL: '/object/sign/pics/a?token=t' } }
      return { body: method === 'GET' ? 'bytes' : [] }
    })
    const bucket = createClient(server.url, 'key').storage.from('pics')
    await bucket.list('docs', { limit: 5 })
    expect(JSON.parse(server.last.body)).toEqual({ prefix: 'docs', limit: 5, offset: 0, sortBy: { column: 'name', order: 'asc' } })
    await bucket.remove(['a', 'b'])
    expect(server.last).toMatchObject({ method: 'DELETE', path: '/storage/v1/object/pics', body: '{"prefixes":["a","b"]}' })
    expect((await bucket.createSignedUrl('a', 60, { download: 'x.txt' })).data?.signedUrl).toBe(
      `${server.url}/storage/v1/object/sign/pics/a?token=t&download=x.txt`,
    )
    expect((await bucket.createSignedUrls(['a', 'b'], 60)).data).toEqual([
      { path: 'a', error: null, signedUrl: `${server.url}/storage/v1/object/sign/pics/a?token=t` },
      { path: 'b', error: 'none', signedUrl: null },
    ])
    expect(bucket.getPublicUrl('a b').data.publicUrl).toBe(`${server.url}/storage/v1/object/public/pics/a%20b`)
    expect(await (await bucket.download('a')).data?.text()).toBe('bytes')
  })

  it('reports the true status that storage puts into the body', async () => {
    await using server = await RecordingServer.start(() => ({
      status: 400,
      body: { statusCode: '404', error: 'not_found', message: 'Object not found' },
    }))
    const bucket = createClient(server.url, 'key').storage.from('pics')
    expect((await bucket.download('a')).error).toMatchObject({ status: 404, code: 'not_found', message: 'Object not found' })
    expect((await bucket.exists('a')).data).toBe(false)
  })

  it('manages buckets', async () => {
    await using server = await RecordingServer.start(() => ({ body: { name: 'pics' } }))
    const { storage } = createClient(server.url, 'service')
    await storage.createBucket('pics', { public: true, fileSizeLimit: '20MB', allowedMimeTypes: ['image/png'] })
    expect(JSON.parse(server.last.body)).toEqual({
      id: 'pics',
      name: 'pics',
      public: true,
      file_size_limit: '20MB',
      allowed_mime_types: ['image/png'],
    })
    await storage.emptyBucket('pics')
    expect(server.last).toMatchObject({ method: 'POST', path: '/storage/v1/bucket/pics/empty' })
    await storage.deleteBucket('pics')
    expect(server.last).toMatchObject({ method: 'DELETE', path: '/storage/v1/bucket/pics' })
  })
})
