// The dialect in a Nest application over HTTP, on the database of these tests, with the owner's settings.
import { Module, type DynamicModule, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { CatalogService } from '#libs/catalog'
import { PrincipalResolver, signHs256 } from '#libs/identity'
import { createLogger, LOGGER } from '#libs/kernel'
import { PlatformDatabase, RequestDatabase } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { AllowList, GraphqlDialectModule, type GraphqlDialectOptions, graphqlSettings, type GraphqlSettings } from '../src/index.ts'
import { Music, userOne } from './music.ts'

const jwtSecret = 'a secret of at least thirty-two characters'

/** An answer, as tests look at it. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: any
}

/** What else an application is made of. */
export interface ServedAppParts {
  readonly options?: GraphqlDialectOptions
  /** Defaults of the settings. */
  readonly settings?: Parameters<typeof graphqlSettings>[0]
  readonly imports?: readonly (Type | DynamicModule)[]
  /** SQL that runs before the catalog is read again. */
  readonly script?: string
}

/** A running application. */
export class ServedApp implements AsyncDisposable {
  private constructor(
    readonly music: Music,
    readonly app: NestFastifyApplication,
    readonly settings: SettingsService,
    readonly area: GraphqlSettings,
  ) {}

  static async start({ options = {}, settings: defaults = {}, imports = [], script }: ServedAppParts = {}): Promise<ServedApp> {
    const music = await Music.start()
    if (script !== undefined) {
      await music.database.sql(script)
      await music.catalog.reload()
    }
    const area = graphqlSettings({ rowsMax: 1_000_000, ...defaults })
    const settings = await SettingsService.open(music.database.platform, { areas: [area] })
    const provided = [
      { provide: PrincipalResolver, useValue: new PrincipalResolver({ jwtSecret }) },
      { provide: RequestDatabase, useValue: music.database.request },
      { provide: PlatformDatabase, useValue: music.database.platform },
      { provide: CatalogService, useValue: music.catalog },
      { provide: SettingsService, useValue: settings },
      { provide: LOGGER, useValue: createLogger({ level: 'silent', pretty: false }) },
    ]
    @Module({})
    class AppModule {}
    const globals = { module: class Globals {}, global: true, providers: provided, exports: provided.map(({ provide }) => provide) }
    const root = { module: AppModule, imports: [globals, GraphqlDialectModule.register({ settings: area, ...options }), ...imports] }
    const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: false })
    await app.init()
    await app.getHttpAdapter().getInstance().ready()
    return new ServedApp(music, app, settings, area)
  }

  get allowList(): AllowList {
    return this.app.get(AllowList, { strict: false })
  }

  /** A key of that role; of a user, when there is one. */
  static key(role: string, sub?: string): string {
    const now = Math.floor(Date.now() / 1000)
    return signHs256({ role, ...(sub === undefined ? {} : { sub, aud: 'authenticated' }), iat: now, exp: now + 600 }, jwtSecret)
  }

  static readonly headers = {
    anon: {},
    user: { authorization: `Bearer ${ServedApp.key('authenticated', userOne)}` },
    service: { apikey: ServedApp.key('service_role') },
  } as const

  async post(payload: unknown, headers: Record<string, string> = {}, url = '/graphql/v1'): Promise<Answered> {
    const answer = await this.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(payload),
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
  }

  /** GET, or another method without a body. */
  async get(
    query: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
    method: 'GET' | 'HEAD' | 'OPTIONS' | 'PUT' = 'GET',
  ): Promise<Answered> {
    const search = new URLSearchParams(query).toString()
    const answer = await this.app.inject({ method, url: `/graphql/v1${search === '' ? '' : `?${search}`}`, headers })
    const isJson = String(answer.headers['content-type']).includes('json') && answer.body !== ''
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.body }
  }

  /** The first error's words and code. */
  async refusal(payload: unknown, headers: Record<string, string> = {}): Promise<readonly [message: string, code: string]> {
    const { body } = await this.post(payload, headers)
    const [error] = body.errors
    return [error.message, error.extensions.code]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close()
    this.settings.onModuleDestroy()
    await this.music[Symbol.asyncDispose]()
  }
}
