// The storage API on a real HTTP server, a real Postgres and a real blob store, for the tests of this lib.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DynamicModule, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { WebSocket } from 'ws'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { BLOB_STORE, type BlobStore, DiskBlobStore, S3BlobStore } from '#libs/blob'
import { PrincipalResolver, signHs256 } from '#libs/identity'
import { createLogger, LOGGER } from '#libs/kernel'
import { RequestDatabase } from '#libs/postgres'
import { findTestS3 } from '../../../scripts/s3/test-endpoint.ts'
import { StorageModule, type StorageModuleOptions } from '../src/index.ts'
import { installationKeyPrefix } from '../src/installation.ts'
import { StorageDatabase } from '../src/storage-database.ts'
import { sweepOrphans } from '../src/sweep/sweep-orphans.ts'

const jwtSecret = randomUUID() + randomUUID()

/** The drivers that there are here: the disk, and S3 when a server answers. */
export type DriverName = 'disk' | 's3'
const s3 = await findTestS3()
if (typeof s3 === 'string') console.log(`S3 left out: ${s3}`)
export const driverNames: readonly DriverName[] = typeof s3 === 'string' ? ['disk'] : ['disk', 's3']

/** A token's claims: `sub` makes it a user's. */
export function tokenFor(role: 'anon' | 'authenticated' | 'service_role', sub?: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { role, ...(sub === undefined ? {} : { sub, aud: 'authenticated' }), iat: now, exp: now + 3600 }
  return signHs256(claims, jwtSecret)
}

/** The body of a refusal. */
export async function errorOf(response: Response): Promise<{ statusCode: string; error: string; message: string; code: string }> {
  return (await response.json()) as { statusCode: string; error: string; message: string; code: string }
}

export interface TestStorage extends AsyncDisposable {
  readonly url: string
  readonly db: TestDatabase
  readonly blobs: BlobStore
  /** The unmodified client with a token; anonymous without one. */
  client(token?: string): SupabaseClient
  /** A request below /storage/v1. */
  fetch(path: string, init?: RequestInit & { token?: string }): Promise<Response>
  /** Keys of all blobs in the store. */
  blobKeys(): Promise<string[]>
  /** Names of objects that have a row. */
  rowNames(): Promise<string[]>
  /** Removes what has no row, whatever its age; answers how many. */
  sweep(): Promise<number>
  /** Files that are being written; on the disk only. */
  incoming(): Promise<string[]>
}

export async function startStorage(driver: DriverName, options: Partial<StorageModuleOptions> = {}): Promise<TestStorage> {
  const cleanUp = new CleanUp()
  const db = await createTestDatabase()
  cleanUp.defer(() => db.dispose())
  const folder = driver === 'disk' ? await mkdtemp(join(tmpdir(), 'plinth-storage-')) : undefined
  const blobs = folder === undefined ? await s3Store(cleanUp) : await diskStore(folder, cleanUp)
  const app = await NestFactory.create<NestFastifyApplication>(
    TestModule.register(db.request, blobs, { signingSecret: randomUUID() + randomUUID(), ...options }),
    new FastifyAdapter(),
    { logger: false },
  )
  await app.listen(0, '127.0.0.1')
  cleanUp.defer(() => app.close())
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`
  return {
    url,
    db,
    blobs,
    client: (token = tokenFor('anon')) =>
      createClient(url, token, { auth: { persistSession: false }, realtime: { transport: WebSocket as never } }),
    fetch: (path, { token, ...init } = {}) => {
      const headers = new Headers(init.headers)
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
      return fetch(`${url}/storage/v1${path}`, { ...init, headers })
    },
    blobKeys: async () => {
      const keys = []
      for await (const { key } of blobs.list('')) keys.push(key)
      return keys
    },
    rowNames: async () => (await db.sql<{ name: string }>('select name from storage.objects order by name')).map((row) => row.name),
    sweep: () => {
      const database = new StorageDatabase(db.request)
      // Below zero: the clocks of file system and S3 server need not agree with ours to the millisecond.
      return sweepOrphans({ database, blobs, keyPrefix: installationKeyPrefix(database) }, -60_000)
    },
    incoming: () => readdir(join(folder!, '.incoming')),
    [Symbol.asyncDispose]: () => cleanUp.disposeAll(),
  }
}

/** Node 20 has no AsyncDisposableStack. */
class CleanUp {
  private readonly steps: (() => Promise<unknown>)[] = []
  defer(step: () => Promise<unknown>): void {
    this.steps.push(step)
  }
  async disposeAll(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) await step()
  }
}

async function diskStore(folder: string, cleanUp: CleanUp): Promise<BlobStore> {
  cleanUp.defer(() => rm(folder, { recursive: true }))
  const store = new DiskBlobStore(folder)
  await store.open()
  return store
}

async function s3Store(cleanUp: CleanUp): Promise<BlobStore> {
  if (typeof s3 === 'string') throw new Error(s3)
  const store = new S3BlobStore({ ...s3, bucket: `plinth-storage-${randomUUID()}`, region: 'us-east-1' })
  await store.open()
  cleanUp.defer(async () => {
    const keys = []
    for await (const { key } of store.list('')) keys.push(key)
    await store.delete(keys)
  })
  return store
}

@Module({})
class TestModule {
  static register(requests: RequestDatabase, blobs: BlobStore, options: StorageModuleOptions): DynamicModule {
    const providers = [
      { provide: RequestDatabase, useValue: requests },
      { provide: PrincipalResolver, useValue: new PrincipalResolver({ jwtSecret }) },
      { provide: BLOB_STORE, useValue: blobs },
      { provide: LOGGER, useValue: createLogger({ level: 'silent', pretty: false }) },
    ]
    return {
      module: TestModule,
      global: true,
      providers,
      exports: providers.map(({ provide }) => provide),
      imports: [StorageModule.register(options)],
    }
  }
}
