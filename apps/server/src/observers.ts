// What is watched from outside: health checks, gauges and the list of last requests, fed from the parts that know.
import type { IncomingHttpHeaders } from 'node:http'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { BLOB_STORE, type BlobStore } from '#libs/blob'
import { ChangeFeed } from '#libs/changes'
import { RequestLog } from '#libs/console'
import type { AnsweredRequest } from '#libs/gateway'
import { SubscriptionStats } from '#libs/graphql'
import { PrincipalResolver } from '#libs/identity'
import { HealthRegistry, Metrics } from '#libs/observability'
import type { OpenedDatabase } from '#libs/postgres'
import { RealtimeStats } from '#libs/realtime'

/** Made before the application, so that its modules can be given the registries. */
export class Observers {
  readonly health = new HealthRegistry()
  readonly metrics = new Metrics()
  private requests: RequestLog | undefined
  private principals: PrincipalResolver | undefined

  constructor(private readonly database: OpenedDatabase) {}

  /** Called for every answered request. */
  readonly onAnswered = (answered: AnsweredRequest, headers: IncomingHttpHeaders): void => {
    this.metrics.observeRequest(answered.route, answered.method, answered.status, answered.durationMs)
    if (isApiRequest(answered.path) && headers['x-plinth-console'] === undefined)
      this.requests?.record({ ...answered, role: this.roleOf(headers) })
  }

  /** The answer's principal is in the resolver's cache by now; what is not there was refused. */
  private roleOf({ authorization, apikey }: IncomingHttpHeaders): string {
    return this.principals?.known({ authorization, apikey: typeof apikey === 'string' ? apikey : undefined })?.role ?? ''
  }

  /** Connects checks and gauges to the application's parts. */
  watch(app: NestFastifyApplication): void {
    const { database } = this
    this.requests = app.get(RequestLog)
    this.principals = app.get(PrincipalResolver)
    this.health.register('database', async () => {
      await database.platform.query('select 1')
      return undefined
    })
    const blobs = app.get<BlobStore>(BLOB_STORE)
    this.health.register('storage', () => blobs.check())
    const feed = app.get(ChangeFeed)
    this.health.register('realtime', async () => feed.status().error)
    this.metrics.gauge('plinth_pool_connections', 'Database connections by pool and state.', () => poolReading(database), ['pool', 'state'])
    this.metrics.gauge(
      'plinth_slot_lag_bytes',
      'WAL that was written but has not reached the change feed.',
      () => feed.status().lagBytes ?? 0,
    )
    this.metrics.gauge(
      'plinth_slot_retained_bytes',
      'WAL that the replication slot keeps on the disk.',
      () => feed.status().retainedBytes ?? 0,
    )
    const realtime = app.get(RealtimeStats)
    this.metrics.gauge(
      'plinth_realtime',
      'Open sockets and joined channels; messages delivered and refused since the start.',
      () => Object.entries(realtime.read()).map(([what, value]) => ({ labels: { what }, value })),
      ['what'],
    )
    const subscriptions = app.get(SubscriptionStats)
    this.metrics.gauge(
      'plinth_graphql_subscriptions',
      'Open sockets, subscriptions and shared statements of live queries; runs, unchanged results, deliveries and their delay since the start.',
      () => Object.entries(subscriptions.read()).map(([what, value]) => ({ labels: { what }, value })),
      ['what'],
    )
  }
}

function poolReading(database: OpenedDatabase) {
  return database.stats().flatMap(({ pool, total, idle, waiting }) => [
    { labels: { pool, state: 'busy' }, value: total - idle },
    { labels: { pool, state: 'idle' }, value: idle },
    { labels: { pool, state: 'waiting' }, value: waiting },
  ])
}

/** The console's own calls are not what an owner wants to see arrive live. */
function isApiRequest(path: string): boolean {
  return apiPaths.some((prefix) => path.startsWith(prefix))
}

const apiPaths = ['/rest/v1', '/graphql/v1', '/auth/v1', '/storage/v1', '/functions/v1']
