// One client's socket: what it has joined, under which principal, and how much it may send. Messages that change that
// (join, leave, token) are worked off one after another.
import type { Socket } from 'socket.io'
import type { ChangePayload, ChangeSink, ChangeSubscription, ChangeSubscriptions, ResyncReason } from '#libs/changes'
import type { Principal, PrincipalResolver } from '#libs/identity'
import type { Logger } from '#libs/kernel'
import type { BroadcastMember, Broadcasts } from '../channels/broadcasts.ts'
import { broadcastSchema, channelsPerSocketMax, joinSchema, leaveSchema, parseMessage, tokenSchema, type JoinMessage } from '../protocol.ts'
import { realtimeErrors, wireErrorOf } from '../realtime.errors.ts'
import type { RealtimeStats } from '../realtime-stats.ts'
import { authenticate } from './authenticate.ts'
import { cut, waitingBytes, type Line } from './send-buffer.ts'
import { TokenBucket } from './token-bucket.ts'

/** How much one client may do. */
export interface ConnectionLimits {
  readonly messagesPerSecond: number
  readonly joinsPerSecond: number
  readonly waitingBytesMax: number
  /** Time between the notice that a token has expired and the disconnect. */
  readonly expiryGraceMs: number
}

/** What connections share. */
export interface ConnectionContext {
  readonly subscriptions: ChangeSubscriptions
  readonly resolver: PrincipalResolver
  readonly broadcasts: Broadcasts
  readonly stats: RealtimeStats
  readonly limits: ConnectionLimits
  readonly log: Logger
}

interface JoinedChannel {
  readonly config: JoinMessage['config']
  readonly ids: readonly number[]
  subscription: ChangeSubscription | undefined
  /** Where a paused subscription goes on. */
  pausedAt: string | undefined
}

type Answer = { readonly ok: true; readonly [field: string]: unknown }
type Acknowledge = (answer: unknown) => void

/** setTimeout cannot wait longer. */
const timerMsMax = 2 ** 31 - 1
const closeMsMax = 5_000
/** Refused messages after which a client is taken for hostile. */
const excessMax = 1_000

/** A connected client. */
export class ClientConnection implements BroadcastMember {
  private readonly channels = new Map<string, JoinedChannel>()
  private readonly messages: TokenBucket
  private readonly joins: TokenBucket
  private order: Promise<void> = Promise.resolve()
  private nextId = 1
  private expiry: NodeJS.Timeout | undefined
  private closed = false
  private excess = 0

  constructor(
    private readonly socket: Socket,
    private principal: Principal,
    private readonly apikey: string,
    private readonly context: ConnectionContext,
  ) {
    const { messagesPerSecond, joinsPerSecond } = context.limits
    this.messages = new TokenBucket(messagesPerSecond, messagesPerSecond)
    // A client that comes back joins all its channels at once.
    this.joins = new TokenBucket(joinsPerSecond, channelsPerSocketMax)
    socket.use((packet, next) => this.admitMessage(packet, next))
    this.on('join', true, (message) => this.join(parseMessage(joinSchema, message)))
    this.on('leave', true, async (message) => this.leave(parseMessage(leaveSchema, message).channel))
    this.on('token', true, (message) => this.changeToken(parseMessage(tokenSchema, message).token))
    this.on('broadcast', false, (message) => this.broadcast(message))
    this.watchExpiry()
  }

  get socketId(): string {
    return this.socket.id
  }

  get sessionId(): string | undefined {
    return this.principal.sessionId
  }

  receivesOwn(channel: string): boolean {
    return this.channels.get(channel)?.config.broadcast?.self === true
  }

  sendBroadcast(message: { readonly channel: string; readonly event: string; readonly payload: unknown }): void {
    this.send('broadcast', message)
  }

  /** Says why and ends the connection. */
  end(code: 'session_revoked' | 'slow_consumer' | 'token_expired' | 'shutdown', message: string): void {
    if (this.closed) return
    this.socket.emit('system', { code, message })
    this.close()
    this.socket.disconnect(true)
    // A client that does not read would keep the line, and what waits for it.
    const line = this.socket.conn as unknown as Line
    setTimeout(() => cut(line), closeMsMax).unref()
  }

  /** The line is gone. */
  close(): void {
    this.closed = true
    clearTimeout(this.expiry)
    for (const name of this.channels.keys()) this.drop(name)
  }

  private on(event: string, inOrder: boolean, handle: (message: unknown) => Promise<Answer>): void {
    this.socket.on(event, (message: unknown, acknowledge: unknown) => {
      const work = () => this.answered(handle, message, acknowledgeOf(acknowledge))
      if (inOrder) this.order = this.order.then(work)
      else void work()
    })
  }

  /** Every message counts, known or not; who goes on sending far beyond the limit is disconnected. */
  private admitMessage([event, ...rest]: readonly unknown[], next: () => void): void {
    const what = !this.messages.take() ? 'messages' : event === 'join' && !this.joins.take() ? 'joins' : undefined
    if (what === undefined) return next()
    this.context.stats.limited++
    acknowledgeOf(rest.at(-1))({ ok: false, error: wireErrorOf(realtimeErrors.limit_exceeded({ params: { what } })) })
    if (++this.excess > excessMax) this.socket.disconnect(true)
  }

  private async answered(handle: (message: unknown) => Promise<Answer>, message: unknown, answer: Acknowledge): Promise<void> {
    if (this.closed) return
    try {
      const { afterwards, ...fields } = await handle(message)
      answer(fields)
      // What was waiting for the answer: the client must know its ids before the first change.
      if (typeof afterwards === 'function') (afterwards as () => void)()
    } catch (error) {
      const known = wireErrorOf(error)
      if (known === undefined) this.context.log.error({ err: error }, 'a realtime message failed')
      answer({ ok: false, error: known ?? { code: 'unavailable', message: 'The message could not be handled.' } })
    }
  }

  private async join({ channel, config, cursor }: JoinMessage): Promise<Answer> {
    if (!this.channels.has(channel) && this.channels.size >= channelsPerSocketMax) {
      throw realtimeErrors.limit_exceeded({ params: { what: 'channels' } })
    }
    const ids = config.changes.map(() => this.nextId++)
    const subscription = await this.open(channel, config, ids, cursor)
    // The line may have been lost while the database was asked.
    if (this.closed) subscription?.close()
    if (this.closed) throw realtimeErrors.unavailable()
    this.drop(channel)
    this.channels.set(channel, { config, ids, subscription, pausedAt: undefined })
    this.context.broadcasts.join(channel, this)
    this.context.stats.channels++
    return {
      ok: true,
      changes: ids.map((id) => ({ id })),
      cursor: subscription?.cursor ?? null,
      afterwards: () => this.begin(channel, subscription),
    }
  }

  private begin(channel: string, subscription: ChangeSubscription | undefined): void {
    for (const message of subscription?.notices ?? []) this.send('system', { channel, code: 'notice', message })
    subscription?.begin()
  }

  private async open(channel: string, config: JoinMessage['config'], ids: readonly number[], cursor: string | undefined) {
    if (config.changes.length === 0) return undefined
    const { role, claimsJson } = this.principal
    return this.context.subscriptions.open(
      { viewer: { role, claimsJson }, bindings: config.changes, ...(cursor === undefined ? {} : { cursor }) },
      this.sink(channel, ids),
    )
  }

  private sink(channel: string, ids: readonly number[]): ChangeSink {
    return {
      change: (payload: ChangePayload, cursor: string, bindings: readonly number[]) =>
        this.send('change', { channel, ids: bindings.map((at) => ids[at]), ...payload, cursor }),
      resync: (reason: ResyncReason, cursor: string) => this.send('resync', { channel, reason, cursor }),
      closed: (_code: string, message: string) => {
        this.drop(channel)
        this.send('system', { channel, code: 'channel_closed', message })
      },
    }
  }

  private leave(channel: string): Answer {
    if (!this.drop(channel)) throw realtimeErrors.not_joined()
    return { ok: true }
  }

  private drop(channel: string): boolean {
    const joined = this.channels.get(channel)
    if (joined === undefined) return false
    joined.subscription?.close()
    this.channels.delete(channel)
    this.context.broadcasts.leave(channel, this)
    this.context.stats.channels--
    return true
  }

  private async broadcast(raw: unknown): Promise<Answer> {
    const { channel, event, payload } = parseMessage(broadcastSchema, raw)
    const joined = this.channels.get(channel)
    if (joined === undefined) throw realtimeErrors.not_joined()
    const sent = this.context.broadcasts.send(this, channel, event, payload)
    if (joined.config.broadcast?.ack === true) await sent
    else sent.catch((error: unknown) => this.context.log.warn({ err: error }, 'a broadcast was lost'))
    return { ok: true }
  }

  /** Every subscription is opened anew under the new principal, from where the old one stood: no gap, no old right. */
  private async changeToken(token: string | null): Promise<Answer> {
    const principal = await authenticate(this.context.resolver, { apikey: this.apikey, token })
    if (principal.claimsJson === this.principal.claimsJson && principal.role === this.principal.role && !this.isPaused())
      return { ok: true }
    this.principal = principal
    this.pause()
    this.watchExpiry()
    const begins: (() => void)[] = []
    // A channel that is joined meanwhile has the new principal already.
    const opened = [...this.channels]
    for (const [channel, joined] of opened) {
      try {
        const subscription = await this.open(channel, joined.config, joined.ids, joined.pausedAt)
        if (this.closed) subscription?.close()
        joined.subscription = subscription
        joined.pausedAt = undefined
        begins.push(() => this.begin(channel, subscription))
      } catch (error) {
        const known = wireErrorOf(error)
        // With a reconnect the client comes back by itself, and with its cursors.
        if (known === undefined || known.code === 'unavailable')
          this.end('shutdown', 'The channels could not be opened again. Connect again.')
        if (known === undefined || known.code === 'unavailable') throw error
        this.drop(channel)
        begins.push(() => this.send('system', { channel, code: 'channel_closed', message: known.message }))
      }
    }
    return { ok: true, afterwards: () => begins.forEach((begin) => begin()) }
  }

  private isPaused(): boolean {
    return [...this.channels.values()].some((joined) => joined.pausedAt !== undefined)
  }

  private pause(): void {
    for (const joined of this.channels.values()) {
      if (joined.subscription === undefined) continue
      joined.pausedAt = joined.subscription.position()
      joined.subscription.close()
      joined.subscription = undefined
    }
  }

  /** When the token expires nothing more is told; a new one within the grace time goes on where it stopped. */
  private watchExpiry(): void {
    clearTimeout(this.expiry)
    const { expiresAt } = this.principal
    if (expiresAt === undefined || this.closed) return
    const waitMs = expiresAt * 1000 - Date.now()
    this.expiry = setTimeout(() => (waitMs > timerMsMax ? this.watchExpiry() : this.expire()), Math.min(Math.max(0, waitMs), timerMsMax))
    this.expiry.unref()
  }

  private expire(): void {
    this.pause()
    this.socket.emit('system', { code: 'token_expired', message: 'The access token has expired; send a new one.' })
    this.expiry = setTimeout(() => this.end('token_expired', 'The access token has expired.'), this.context.limits.expiryGraceMs)
    this.expiry.unref()
  }

  private send(event: string, message: object): void {
    if (this.closed) return
    this.socket.emit(event, message)
    this.context.stats.deliveries++
    if (waitingBytes(this.socket) <= this.context.limits.waitingBytesMax) return
    this.context.stats.slowConsumers++
    this.end('slow_consumer', 'Messages were not read fast enough. Connect again with the last cursor.')
  }
}

function acknowledgeOf(value: unknown): Acknowledge {
  return typeof value === 'function' ? (value as Acknowledge) : () => undefined
}
