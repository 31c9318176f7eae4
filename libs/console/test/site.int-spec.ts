import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAdminApp, type AdminApp } from './admin-app.ts'

let folder: string
let app: AdminApp
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-site-'))
  app = await startAdminApp({ siteFolder: join(folder, 'dist') })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const get = async (path: string) => {
  const response = await fetch(`${app.url}${path}`, { redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('/console', () => {
  it('says how to build the console while it is not there', async () => {
    const { status, text, headers } = await get('/console')
    expect([status, headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    expect(text).toContain('npm run build')
  })

  it('serves it once it is built: hashed files for ever, everything else asked for again', async () => {
    await mkdir(join(folder, 'dist/assets'), { recursive: true })
    await writeFile(join(folder, 'dist/index.html'), '<!doctype html><title>console</title>')
    await writeFile(join(folder, 'dist/assets/app-1a2b3c.js'), 'export {}')
    await writeFile(join(folder, 'secret.txt'), 'outside')
    const asset = await get('/console/assets/app-1a2b3c.js')
    expect([asset.status, asset.headers.get('cache-control'), asset.text]).toEqual([
      200,
      'public, max-age=31536000, immutable',
      'export {}',
    ])
    expect(asset.headers.get('content-type')).toMatch(/javascript/)
    for (const path of ['/console', '/console/', '/console/tables/public/orders', '/console/setup?token=x', '/console/tables/v1.2']) {
      const page = await get(path)
      expect([path, page.status, page.headers.get('cache-control'), page.text]).toEqual([
        path,
        200,
        'no-cache',
        '<!doctype html><title>console</title>',
      ])
    }
  })

  it('answers a missing file with 404, not with the page', async () => {
    const { status, text, headers } = await get('/console/assets/app-0000.js')
    expect([status, text.includes('<title>')]).toEqual([404, false])
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it.each(['/console/../secret.txt', '/console/%2e%2e/secret.txt', '/console/..%2fsecret.txt', '/console/assets/..%2f..%2fsecret.txt'])(
    'gives nothing outside its folder: %s',
    async (path) => {
      expect((await get(path)).text).not.toContain('outside')
    },
  )

  it('allows no scripts but its own files, no frames, and sends no referrer', async () => {
    const { headers } = await get('/console/')
    const policy = headers.get('content-security-policy')!
    expect(policy).toContain(`script-src 'self';`)
    expect(policy).toContain(`frame-ancestors 'none'`)
    expect(policy).toContain('ws://127.0.0.1:8000')
    expect([headers.get('x-frame-options'), headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
      'DENY',
      'nosniff',
      'no-referrer',
    ])
  })
})
