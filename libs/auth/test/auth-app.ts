// A server with nothing but auth, on a database of its own and a real port.
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { IdentityModule, PasswordHasher, PrincipalResolver, PROJECT_KEYS, ApiKeys, TokenSigner, type ProjectKeys } from '#libs/identity'
import { createLogger, LOGGER } from '#libs/kernel'
import { PostgresModule } from '#libs/postgres'
import { SettingsModule, SettingsService } from '#libs/settings'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { AuthModule, authSettings, SessionRevocations } from '../src/index.ts'

const jwtSecret = 'a-secret-of-at-least-thirty-two-characters'

/** A running auth server and what tests look at. */
export interface AuthApp extends AsyncDisposable {
  readonly url: string
  readonly db: TestDatabase
  readonly jwtSecret: string
  readonly keys: ProjectKeys & { readonly publishableKey: string; readonly secretKey: string }
  readonly settings: SettingsService
  readonly hasher: PasswordHasher
  readonly resolver: PrincipalResolver
  readonly signer: TokenSigner
  readonly revocations: SessionRevocations
  /** A request below /auth/v1. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}
export interface CallOptions {
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Record<string, string>
}
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // Bodies of many shapes: the tests say what they expect.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

export async function startAuthApp(): Promise<AuthApp> {
  const db = await createTestDatabase()
  const logger = createLogger({ level: 'silent', pretty: false })
  @Module({})
  class Composition {}
  @Module({})
  class Logging {}
  const kept = new Map<string, string>()
  const secrets = {
    secret: async (name: string, make: () => string) => kept.get(name) ?? (kept.set(name, make()), kept.get(name)!),
    setSecret: async (name: string, value: string) => void kept.set(name, value),
  }
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: Composition,
      imports: [
        { module: Logging, global: true, providers: [{ provide: LOGGER, useValue: logger }], exports: [LOGGER] },
        PostgresModule.register(db),
        SettingsModule.register({ areas: [authSettings] }),
        IdentityModule.register({ secrets, jwtSecret, anonRole: 'anon', issuer: 'http://127.0.0.1/auth/v1' }),
        AuthModule.register({ version: '1.2.3' }),
      ],
    },
    new FastifyAdapter(),
    { logger: ['error', 'warn'] },
  )
  await app.listen(0, '127.0.0.1')
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1')
  const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const response = await fetch(`${url}/auth/v1${path}`, {
      method,
      headers: {
        'x-supabase-api-version': '2024-01-01',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      body: options.body === undefined ? undefined : typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    url,
    db,
    jwtSecret,
    keys: { ...app.get<ProjectKeys>(PROJECT_KEYS), ...app.get(ApiKeys).defaultKeys() },
    settings: app.get(SettingsService),
    hasher: app.get(PasswordHasher),
    resolver: app.get(PrincipalResolver),
    signer: app.get(TokenSigner),
    revocations: app.get(SessionRevocations, { strict: false }),
    call,
    async [Symbol.asyncDispose]() {
      await app.close()
      await db.dispose()
    },
  }
}
