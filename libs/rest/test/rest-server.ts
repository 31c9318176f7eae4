// The dialect on a real Postgres and a real HTTP stack, without a socket: what the integration suites talk to.
import { Global, Module } from '@nestjs/common'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { NestFactory } from '@nestjs/core'
import { CLOCK, createLogger, LOGGER, systemClock } from '#libs/kernel'
import { RequestDatabase, type Statement } from '#libs/postgres'
import { PostgresModule } from '#libs/postgres'
import { CatalogModule, CatalogService, type CatalogOptions } from '#libs/catalog'
import { jwtKeysOf, PrincipalResolver, signHs256 } from '#libs/identity'
import { RestModule, type RestModuleOptions } from '#libs/rest'
import { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from '#test/postgres'

export const jwtSecret = 'a secret of the tests, forty characters!'

/** A user's token. */
export function tokenOf(userId: string, expiresAt = 4_000_000_000): string {
  return signHs256({ role: 'authenticated', sub: userId, aud: 'authenticated', exp: expiresAt }, jwtSecret)
}

export const users = { ann: '00000000-0000-0000-0000-00000000000a', bob: '00000000-0000-0000-0000-00000000000b' }
export const keys = jwtKeysOf(jwtSecret)

/** A request of a test. `as` is a user's id, `service`, or nobody. */
export interface TestRequest {
  readonly as?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What came back. */
export interface TestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: any // eslint-disable-line typescript/no-explicit-any -- a test reads any answer
}

/** A running dialect. */
export interface RestServer extends AsyncDisposable {
  readonly app: NestFastifyApplication
  readonly db: TestDatabase
  readonly catalog: CatalogService
  /** Statements that ran, newest last. */
  readonly statements: Statement[]
  call(method: string, path: string, request?: TestRequest): Promise<TestResponse>
}

/** Starts the dialect over a fresh database that holds `schema`. */
export async function startRest(
  schema: string,
  options: {
    readonly catalog?: Partial<CatalogOptions>
    readonly rest?: Partial<RestModuleOptions>
    readonly database?: TestDatabaseOptions
  } = {},
): Promise<RestServer> {
  const db = await createTestDatabase(options.database)
  await db.sql(schema)
  const statements: Statement[] = []
  const recording = record(db.request, statements)
  const module = compose(db, recording, options)
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter({ forceCloseConnections: true }), {
    logger: ['error'],
  })
  await app.init()
  await app.getHttpAdapter().getInstance().ready()
  return {
    app,
    db,
    statements,
    catalog: app.get(CatalogService),
    call: (method, path, request) => call(app, method, path, request),
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await db.dispose()
    },
  }
}

function compose(
  db: TestDatabase,
  request: RequestDatabase,
  options: { readonly catalog?: Partial<CatalogOptions>; readonly rest?: Partial<RestModuleOptions> },
) {
  const basics = [
    { provide: LOGGER, useValue: createLogger({ level: 'fatal', pretty: false }) },
    { provide: CLOCK, useValue: systemClock },
    { provide: PrincipalResolver, useValue: new PrincipalResolver({ jwtSecret }) },
  ]
  @Global()
  @Module({ providers: basics, exports: basics.map(({ provide }) => provide) })
  class Basics {}
  @Module({
    imports: [
      Basics,
      PostgresModule.register({ request, platform: db.platform }),
      CatalogModule.register({ schemas: ['public'], ...options.catalog }),
      RestModule.register({ rowsMax: 1000, extraSearchPath: ['public'], ...options.rest }),
    ],
  })
  class TestApp {}
  return TestApp
}

/** The database, writing down what it is asked. */
function record(database: RequestDatabase, statements: Statement[]): RequestDatabase {
  return new Proxy(database, {
    get(target, property) {
      if (property === 'run') {
        return (context: Parameters<RequestDatabase['run']>[0], statement: Statement) => {
          statements.push(statement)
          return target.run(context, statement)
        }
      }
      if (property === 'transaction') {
        const transaction: RequestDatabase['transaction'] = (context, work) => {
          return target.transaction(context, (tx) =>
            work(
              new Proxy(tx, {
                get: (inner, name) => {
                  if (name !== 'run') return bound(inner, name)
                  return (statement: Statement) => {
                    statements.push(statement)
                    return inner.run(statement)
                  }
                },
              }),
            ),
          )
        }
        return transaction
      }
      return bound(target, property)
    },
  })
}

function bound(target: object, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target)
  return typeof value === 'function' ? value.bind(target) : value
}

async function call(app: NestFastifyApplication, method: string, path: string, request: TestRequest = {}): Promise<TestResponse> {
  const headers: Record<string, string> = { ...request.headers }
  if (request.as !== undefined) headers.authorization = `Bearer ${request.as === 'service' ? keys.serviceKey : tokenOf(request.as)}`
  const payload = request.body === undefined ? undefined : typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
  if (payload !== undefined) headers['content-type'] ??= 'application/json'
  const response = await app.inject({ method: method as 'GET', url: `/rest/v1${path}`, headers, payload })
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    text: response.payload,
    json: response.payload === '' ? undefined : parse(response.payload),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
