// One client's WebSocket: who it is, what it has open, and when it has to go.
import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import type { HttpRequestFacts } from '#libs/catalog'
import type { Principal } from '#libs/identity'
import { AppError } from '#libs/kernel'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import { GraphQLFailure } from '../graphql.errors.ts'
import type { OpenSubscription, SubscriptionSink } from '../subscriptions/subscription-sink.ts'
import type { SubscriptionLimits } from '../subscriptions/subscription-limits.ts'
import type { SubscriptionStats } from '../subscriptions/subscription-stats.ts'
import type { EndReason, LiveConnection } from './live-connections.ts'
import { parseJson } from './exact-json.ts'
import { OutgoingLine } from './outgoing-line.ts'
import { type SentOperation, operationOf } from './request-body.ts'
import { atExpiry } from './token-expiry.ts'
import { credentialsOf } from './ws-credentials.ts'
import { socketRequestFacts } from './ws-request-facts.ts'
import type { ClientMessage, Goodbye, SocketProtocol } from './ws-protocols.ts'

/** What connections share. */
export interface SocketHost {
  resolve(credentials: ReturnType<typeof credentialsOf>): Principal | Promise<Principal>
  /** Runs a query or a mutation, or opens a subscription: then it resolves to the way to end it. */
  perform(
    sent: SentOperation,
    principal: Principal,
    sink: SubscriptionSink,
    upgrade: IncomingMessage,
    http: HttpRequestFacts,
  ): Promise<OpenSubscription | undefined>
  closed(connection: SocketConnection): void
  readonly stats: SubscriptionStats
  readonly limits: SubscriptionLimits
  readonly withDetails: (principal: Principal) => boolean
}

/** Keep-alives between two checks whether the client still answers. */
const TICKS_PER_CHECK = 6
const GOODBYE_MS = 2_000

const goodbyes: Readonly<Record<EndReason, Goodbye>> = {
  session_revoked: { code: 4403, reason: '4403: Forbidden' },
  token_expired: { code: 4403, reason: '4403: Forbidden, the access token has expired' },
  shutdown: { code: 1001, reason: 'The server goes down. Connect again in a moment.' },
  slow_consumer: { code: 1013, reason: 'Results were not read fast enough.' },
}

/** A connected client. */
export class SocketConnection implements LiveConnection {
  private readonly line: OutgoingLine
  private readonly operations = new Map<string, { subscription?: OpenSubscription; ended: boolean }>()
  private readonly initTimer: NodeJS.Timeout
  private state: 'new' | 'initialising' | 'ready' | 'closed' = 'new'
  private principal: Principal | undefined
  private facts: HttpRequestFacts
  private initialising: Promise<void> = Promise.resolve()
  private stopExpiry: () => void = () => undefined
  private ticks = 0
  private isAlive = true

  constructor(
    private readonly socket: WebSocket,
    private readonly protocol: SocketProtocol,
    private readonly request: IncomingMessage,
    private readonly host: SocketHost,
  ) {
    this.facts = socketRequestFacts(request, {})
    this.line = new OutgoingLine(
      { bufferedBytes: () => socket.bufferedAmount, write: (frame, done) => socket.send(frame, () => done()) },
      host.stats,
    )
    this.initTimer = setTimeout(() => this.close({ code: 4408, reason: 'Connection initialisation timed out' }), host.limits.initMsMax)
    this.initTimer.unref()
    socket.on('message', (data, isBinary) => this.receive(data, isBinary))
    socket.on('pong', () => (this.isAlive = true))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.forget())
  }

  get address(): string {
    return this.request.socket.remoteAddress ?? ''
  }

  get sessionId(): string | undefined {
    return this.principal?.sessionId
  }

  end(reason: EndReason): void {
    this.close(goodbyes[reason])
  }

  tick(): void {
    if (this.state === 'ready') this.line.send(this.protocol.keepAlive())
    if (this.line.busyForMs() > this.host.limits.slowMsMax) return this.endSlow()
    if (++this.ticks % TICKS_PER_CHECK !== 0) return
    if (!this.isAlive) return this.socket.terminate()
    this.isAlive = false
    this.socket.ping()
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.state === 'closed') return
    this.isAlive = true
    let message: ClientMessage | undefined
    try {
      const parsed: unknown = isBinary ? undefined : parseJson((data as Buffer).toString('utf8'))
      if (typeof parsed === 'object' && parsed !== null) message = this.protocol.read(parsed as Record<string, unknown>)
    } catch {
      message = undefined
    }
    if (message === undefined) return this.refuse('The message is not one of this protocol.')
    void this.handle(message)
  }

  private async handle(message: ClientMessage): Promise<void> {
    // Clients of the older protocol do not wait for the acknowledgement.
    if (this.state === 'initialising' && this.protocol.name === 'graphql-ws') await this.initialising
    switch (message.type) {
      case 'init':
        return (this.initialising = this.initialise(message.payload))
      case 'subscribe':
        return this.subscribe(message.id, message.payload)
      case 'complete':
        return this.stop(message.id)
      case 'ping': {
        const pong = this.protocol.pong(message.payload)
        if (pong !== undefined) this.send(pong)
        return
      }
      case 'terminate':
        return this.close({ code: 1000, reason: 'Terminated' })
      case 'pong':
    }
  }

  private async initialise(payload: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.state !== 'new') {
      if (this.protocol.name === 'graphql-ws') return
      return this.close({ code: 4429, reason: 'Too many initialisation requests' })
    }
    this.state = 'initialising'
    clearTimeout(this.initTimer)
    try {
      const principal = await this.host.resolve(credentialsOf(payload, this.request))
      if (this.isClosed()) return
      this.principal = principal
      this.facts = socketRequestFacts(this.request, payload)
    } catch (error) {
      if (error instanceof AppError && error.status < 500) return this.close(this.protocol.forbidden(error.message))
      return this.close({ code: 1013, reason: 'The service is not available at the moment.' })
    }
    this.state = 'ready'
    for (const frame of this.protocol.acknowledged()) this.send(frame)
    this.stopExpiry = atExpiry(this.principal.expiresAt, () => this.end('token_expired'))
  }

  private async subscribe(id: string, payload: unknown): Promise<void> {
    const { principal } = this
    if (this.state !== 'ready' || principal === undefined) {
      if (this.protocol.name === 'graphql-transport-ws') return this.close({ code: 4401, reason: 'Unauthorized' })
      const failure = new GraphQLFailure('start received before the connection is initialised', 'unexpected-payload', '$')
      return this.send(this.protocol.error(id, failure, false))
    }
    if (this.operations.has(id)) {
      if (this.protocol.name === 'graphql-transport-ws')
        return this.close({ code: 4409, reason: `Subscriber for ${id} already exists`.slice(0, 120) })
      // The older clients start an operation anew under its id.
      this.stop(id)
    }
    if (this.operations.size >= this.host.limits.operationsPerSocketMax) {
      this.host.stats.refused++
      const failure = new GraphQLFailure(
        `A socket has at most ${this.host.limits.operationsPerSocketMax} operations open.`,
        'bad-request',
        '$',
        429,
      )
      return this.send(this.protocol.error(id, failure, false))
    }
    const operation: { subscription?: OpenSubscription; ended: boolean } = { ended: false }
    this.operations.set(id, operation)
    try {
      const subscription = await this.host.perform(operationOf(payload), principal, this.sinkOf(id, operation), this.request, this.facts)
      if (operation.ended) subscription?.close()
      else if (subscription !== undefined) operation.subscription = subscription
    } catch (error) {
      this.fail(id, operation, asGraphQLFailure(error, '$', principal.authenticated))
    }
  }

  private sinkOf(id: string, operation: { ended: boolean }): SubscriptionSink {
    return {
      get destroyed() {
        return operation.ended
      },
      next: (body) => {
        if (!operation.ended) this.sendLatest(id, this.protocol.next(id, body))
      },
      error: (failure) => this.fail(id, operation, failure),
      complete: () => {
        if (!this.finish(id, operation)) return
        this.line.settle(id)
        this.send(this.protocol.complete(id))
      },
      drained: () => this.line.drained(),
    }
  }

  private fail(id: string, operation: { ended: boolean }, failure: GraphQLFailure): void {
    if (!this.finish(id, operation)) return
    this.line.settle(id)
    this.send(this.protocol.error(id, failure, this.principal !== undefined && this.host.withDetails(this.principal)))
    // The older protocol's clients wait for both.
    if (this.protocol.name === 'graphql-ws') this.send(this.protocol.complete(id))
  }

  private finish(id: string, operation: { ended: boolean }): boolean {
    if (operation.ended) return false
    operation.ended = true
    if (this.operations.get(id) === operation) this.operations.delete(id)
    return true
  }

  /** The client wants no more of it: a query that takes long is given up; a mutation goes on, but is not answered. */
  private stop(id: string): void {
    const operation = this.operations.get(id)
    if (operation === undefined) return
    this.finish(id, operation)
    this.line.drop(id)
    operation.subscription?.close()
  }

  private refuse(reason: string): void {
    const answer = this.protocol.malformed(reason)
    if (typeof answer === 'string') this.send(answer)
    else this.close(answer)
  }

  private send(frame: string): void {
    if (this.state === 'closed') return
    this.line.send(frame)
    if (this.socket.bufferedAmount > this.host.limits.waitingBytesMax) this.endSlow()
  }

  private sendLatest(id: string, frame: string): void {
    if (this.state !== 'closed') this.line.sendLatest(id, frame)
  }

  private endSlow(): void {
    if (this.state === 'closed') return
    this.host.stats.slowConsumers++
    this.end('slow_consumer')
    // What it does not read would never let the goodbye through.
    this.socket.terminate()
  }

  private close({ frame, code, reason }: Goodbye): void {
    if (this.state === 'closed') return
    if (frame !== undefined) this.socket.send(frame)
    this.forget()
    this.socket.close(code, reason)
    setTimeout(() => this.socket.terminate(), GOODBYE_MS).unref()
  }

  private isClosed(): boolean {
    return this.state === 'closed'
  }

  private forget(): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    clearTimeout(this.initTimer)
    this.stopExpiry()
    for (const operation of this.operations.values()) {
      operation.ended = true
      operation.subscription?.close()
    }
    this.operations.clear()
    this.line.close()
    this.host.closed(this)
  }
}
