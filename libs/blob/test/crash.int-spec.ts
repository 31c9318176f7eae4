// The disk driver against kill -9 and a full disk: in another process, in a file system of its own.
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DiskBlobStore } from '../src/index.ts'

const MIB = 1024 * 1024
const options = { maxBytes: 64 * MIB, contentType: 'application/octet-stream' }
const key = 'objects/aa/one'

describe('a process that is killed', () => {
  let folder: string
  let script: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-crash-'))
    script = join(folder, 'put.cjs')
    await build({
      stdin: {
        contents: `import { DiskBlobStore } from './src/index.ts'
          const store = new DiskBlobStore(process.argv[2])
          store.open()
            .then(() => store.put(${JSON.stringify(key)}, process.stdin, ${JSON.stringify(options)}))
            .then(() => process.stdout.write('stored'))`,
        resolveDir: fileURLToPath(new URL('..', import.meta.url)),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
      external: ['@nestjs/*', 'class-*', 'minio'],
      logLevel: 'error',
      nodePaths: [],
    })
  })
  afterAll(() => rm(folder, { recursive: true }))

  const start = (name: string) => {
    const store = join(folder, name)
    const nodePath = fileURLToPath(new URL('../../../node_modules', import.meta.url))
    const child = spawn(process.execPath, [script, store], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_PATH: nodePath },
    })
    child.stdin.on('error', () => undefined)
    const ended = new Promise((resolve) => child.once('close', resolve))
    return { child, store, ended }
  }

  it('in the middle of a blob leaves nothing under its key, and its temporary file goes at the next opening', async () => {
    const { child, store, ended } = start('middle')
    child.stdin.write(randomBytes(5 * MIB))
    const incoming = join(store, '.incoming')
    const bytesWritten = async () => {
      const [name] = await readdir(incoming).catch(() => [])
      return name === undefined ? 0 : (await stat(join(incoming, name))).size
    }
    await expect.poll(bytesWritten, { timeout: 10_000 }).toBe(5 * MIB)
    child.kill('SIGKILL')
    await ended
    const reopened = new DiskBlobStore(store)
    await reopened.open()
    expect(await readdir(incoming)).toEqual([])
    await expect(reopened.get(key)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('after a blob was acknowledged leaves all of it', async () => {
    const bytes = randomBytes(5 * MIB)
    const { child, store, ended } = start('after')
    child.stdin.end(bytes)
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill('SIGKILL')
    await ended
    const found = await buffer(await new DiskBlobStore(store).get(key))
    expect(createHash('sha256').update(found).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  })
})

const small = await mountSmallDisk()
if (small === undefined) console.log('full disk left out: this user may not mount a small file system')

describe.skipIf(small === undefined)('a full disk', () => {
  afterAll(async () => {
    execFileSync('/usr/bin/umount', [small!])
    await rm(small!, { recursive: true })
  })

  it('is named as the reason, keeps what was there and leaves no remains', async () => {
    const store = new DiskBlobStore(small!)
    await store.open()
    await store.put('objects/aa/kept', Readable.from([Buffer.from('kept')]), options)
    await expect(store.put(key, Readable.from([randomBytes(4 * MIB)]), options)).rejects.toMatchObject({ code: 'full', status: 507 })
    expect(await readdir(join(small!, '.incoming'))).toEqual([])
    expect(String(await buffer(await store.get('objects/aa/kept')))).toBe('kept')
    expect(await store.check()).toContain('MiB left')
  })
})

async function mountSmallDisk(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return undefined
  const folder = await mkdtemp(join(tmpdir(), 'plinth-small-'))
  try {
    execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    await rm(folder, { recursive: true })
    return undefined
  }
}
