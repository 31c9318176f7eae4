// Server-sent events on the same path as HTTP: one operation a request, `next` events and a last `complete` (the
// "distinct connections" mode of GraphQL over SSE).
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '#libs/identity'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import type { GraphQLExecutor } from '../execute/graphql-executor.ts'
import { GraphQLFailure } from '../graphql.errors.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions } from '../graphql.options.ts'
import { LiveOperations } from '../subscriptions/live-operations.ts'
import { subscriptionLimits } from '../subscriptions/subscription-limits.ts'
import type { OpenSubscription, SubscriptionSink } from '../subscriptions/subscription-sink.ts'
import { SubscriptionStats } from '../subscriptions/subscription-stats.ts'
import { failureBody } from './error-body.ts'
import { GraphqlEndpoint } from './graphql-endpoint.ts'
import { type EndReason, type LiveConnection, LiveConnections } from './live-connections.ts'
import { OutgoingLine } from './outgoing-line.ts'
import type { SentOperation } from './request-body.ts'
import { atExpiry } from './token-expiry.ts'

/** Serves event streams. */
@Injectable()
export class EventStreams implements OnModuleInit {
  private readonly slowMsMax: number

  constructor(
    @Inject(GRAPHQL_OPTIONS) options: GraphqlDialectOptions,
    @Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint,
    @Inject(LiveOperations) private readonly operations: LiveOperations,
    @Inject(LiveConnections) private readonly connections: LiveConnections,
    @Inject(SubscriptionStats) private readonly stats: SubscriptionStats,
  ) {
    this.slowMsMax = subscriptionLimits(options.subscriptions).slowMsMax
  }

  /** Takes requests that ask for events. */
  onModuleInit(): void {
    this.endpoint.useEventStreams(this)
  }

  /** Answers a request with events; what refuses it before is thrown. */
  serve(sent: SentOperation, principal: Principal, request: FastifyRequest, reply: FastifyReply, executor: GraphQLExecutor): FastifyReply {
    const address = request.socket.remoteAddress ?? ''
    if (!this.connections.admits(address)) {
      throw new GraphQLFailure('This server has as many open connections as it may.', 'unexpected', '$', 503, true)
    }
    const operation = this.endpoint.operationFor(sent, principal, request.method === 'POST', request.raw)
    const stream = new EventStream(reply, principal, address, this.stats, this.slowMsMax, (ended) => this.connections.delete(ended))
    this.connections.add(stream)
    this.operations.perform(executor, operation, stream).then(
      (subscription) => stream.keep(subscription),
      (error: unknown) => {
        stream.next(failureBody(asGraphQLFailure(error, '$', principal.authenticated), this.endpoint.showsDetails(principal)))
        stream.complete()
      },
    )
    return reply
  }
}

/** One open stream. */
class EventStream implements LiveConnection, SubscriptionSink {
  private readonly line: OutgoingLine
  private readonly stopExpiry: () => void
  private subscription: OpenSubscription | undefined
  private closed = false

  constructor(
    private readonly reply: FastifyReply,
    private readonly principal: Principal,
    readonly address: string,
    private readonly stats: SubscriptionStats,
    private readonly slowMsMax: number,
    private readonly ended: (stream: EventStream) => void,
  ) {
    const { raw } = reply
    reply.hijack()
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // Kept alive after its last event, it would hold up the end of the server.
      connection: 'close',
      // Proxies that collect answers would hold events back.
      'x-accel-buffering': 'no',
    })
    raw.write(':\n\n')
    raw.on('close', () => this.close())
    raw.on('error', () => raw.destroy())
    this.line = new OutgoingLine(
      { bufferedBytes: () => raw.writableLength, write: (frame, done) => void raw.write(frame, () => done()) },
      stats,
    )
    this.stopExpiry = atExpiry(principal.expiresAt, () => this.end())
  }

  get sessionId(): string | undefined {
    return this.principal.sessionId
  }

  get destroyed(): boolean {
    return this.closed
  }

  next(body: string): void {
    if (!this.closed) this.line.sendLatest('', `event: next\ndata: ${oneLine(body)}\n\n`)
  }

  error(failure: GraphQLFailure): void {
    this.next(failureBody(failure, false))
    this.complete()
  }

  complete(): void {
    if (this.closed) return
    this.line.settle('')
    this.line.send('event: complete\ndata:\n\n')
    this.end()
  }

  drained(): Promise<void> {
    return this.line.drained()
  }

  /** Ties the subscription's life to the stream's. */
  keep(subscription: OpenSubscription | undefined): void {
    if (this.closed) subscription?.close()
    else this.subscription = subscription
  }

  end(_reason?: EndReason): void {
    this.close()
    this.reply.raw.end()
  }

  tick(): void {
    if (this.line.busyForMs() > this.slowMsMax) {
      this.stats.slowConsumers++
      this.close()
      this.reply.raw.destroy()
      return
    }
    this.line.send(':\n\n')
  }

  private close(): void {
    if (this.closed) return
    this.closed = true
    this.stopExpiry()
    this.subscription?.close()
    this.line.close()
    this.ended(this)
  }
}

/** Line breaks between the tokens of JSON would end the event; inside of strings they are escaped. */
function oneLine(json: string): string {
  return /[\r\n]/.test(json) ? json.replace(/[\r\n]+/g, ' ') : json
}
