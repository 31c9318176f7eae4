// The admin API as a running server for tests: real Postgres, real identity and catalog, real HTTP.
import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { Global, Module, type DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { z } from 'zod'
import { CatalogModule, CatalogService } from '#libs/catalog'
import { ApiKeys, IdentityModule, PROJECT_KEYS, type ProjectKeys } from '#libs/identity'
import { CLOCK, createLogger, LOGGER, systemClock, type Clock } from '#libs/kernel'
import { PostgresModule } from '#libs/postgres'
import { defineSettings, SettingsModule } from '#libs/settings'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import type { ConsoleOptions } from '../src/console.options.ts'
import { ConsoleModule, RequestLog, SetupService } from '../src/index.ts'

/** Options of {@link startAdminApp}. */
export interface AdminAppOptions extends Partial<Pick<ConsoleOptions, 'owner' | 'siteFolder' | 'sqlTimeoutMs' | 'publicUrl'>> {
  readonly clock?: Clock
}

/** One answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: any
}

/** How a request proves who it is. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>
}

/** A server for one test file. */
export interface AdminApp extends AsyncDisposable {
  readonly url: string
  readonly database: TestDatabase
  readonly keys: { readonly anon: string; readonly service: string; readonly publishable: string; readonly secret: string }
  readonly setup: SetupService
  readonly requests: RequestLog
  readonly catalog: CatalogService
  readonly secret: Caller
  call(method: string, path: string, body?: unknown, caller?: Caller, signal?: AbortSignal): Promise<Answer>
  sql(query: string, more?: Record<string, unknown>): Promise<Answer>
}

@Global()
@Module({})
class Basics {
  static with(clock: Clock): DynamicModule {
    const providers = [
      { provide: CLOCK, useValue: clock },
      { provide: LOGGER, useValue: createLogger({ level: 'silent', pretty: false }) },
    ]
    return { module: Basics, providers, exports: providers }
  }
}

const testSettings = defineSettings('test', z.strictObject({ limit: z.int().min(1).default(10).describe('a limit') }))

/** Starts it on a free port of 127.0.0.1, with a database of its own. */
export async function startAdminApp(options: AdminAppOptions = {}): Promise<AdminApp> {
  const database = await createTestDatabase()
  const secrets = new Map<string, string>()
  const store = {
    secret: async (name: string, make: () => string) => {
      const value = secrets.get(name) ?? make()
      secrets.set(name, value)
      return value
    },
    setSecret: async (name: string, value: string) => void secrets.set(name, value),
    peekSecret: (name: string) => secrets.get(name),
  }
  const shown = {
    anonKey: '',
    publishableKey: '',
    serviceKey: '',
    secretKey: '',
    databaseUrl: 'postgres://…',
    jwtSecret: '',
    s3AccessKey: 'a',
    s3SecretKey: 's',
  }
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class App {},
      imports: [
        Basics.with(options.clock ?? systemClock),
        PostgresModule.register(database),
        IdentityModule.register({ secrets: store, anonRole: 'anon', issuer: 'http://127.0.0.1/auth/v1' }),
        SettingsModule.register({ areas: [testSettings] }),
        CatalogModule.register({ schemas: ['public'] }),
        ConsoleModule.register({
          version: '0.0.0',
          publicUrl: options.publicUrl ?? 'http://127.0.0.1:8000',
          startedAt: new Date(),
          databaseKind: 'embedded',
          storageDriver: 'disk',
          databaseUrls: database.urls,
          keys: () => shown,
          ...(options.owner === undefined ? {} : { owner: options.owner }),
          ...(options.siteFolder === undefined ? {} : { siteFolder: options.siteFolder }),
          ...(options.sqlTimeoutMs === undefined ? {} : { sqlTimeoutMs: options.sqlTimeoutMs }),
        }),
      ],
    },
    new FastifyAdapter({ genReqId: () => 'req-test' }),
    { logger: false, abortOnError: false },
  )
  await app.listen(0, '127.0.0.1')
  const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`
  const project = app.get<ProjectKeys>(PROJECT_KEYS)
  const opaque = app.get(ApiKeys).defaultKeys()
  Object.assign(shown, { anonKey: project.anonKey, serviceKey: project.serviceKey, ...opaque })
  const secret: Caller = { headers: { apikey: opaque.secretKey } }
  const call: AdminApp['call'] = async (method, path, body, caller = secret, signal) => {
    const response = await fetch(`${url}/admin/v1${path}`, {
      method,
      headers: { ...caller.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  return {
    url,
    database,
    keys: { anon: project.anonKey, service: project.serviceKey, publishable: opaque.publishableKey, secret: opaque.secretKey },
    setup: app.get(SetupService),
    requests: app.get(RequestLog),
    catalog: app.get(CatalogService),
    secret,
    call,
    sql: (query, more = {}) => call('POST', '/sql', { query, ...more }),
    async [Symbol.asyncDispose]() {
      await app.close()
      await database.dispose()
    },
  }
}
