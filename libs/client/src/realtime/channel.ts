// A named channel: changes of tables and messages between clients. Rejoins after a lost connection from the last
// change that it has handed on, so that nothing is missed and nothing comes twice.
import { PlinthError } from '../http.ts'
import type { PartOf, RelationName, RelationOf, SchemaOf } from '../database/database-types.ts'
import type { Ack, ChangeEvent, Joined, Resync, SystemMessage, WireBinding, WireChange } from './protocol.ts'

/** What {@link Channel.subscribe} reports. `SUBSCRIBED` comes again after every reconnect. */
export type ChannelStatus = 'SUBSCRIBED' | 'CHANNEL_ERROR' | 'TIMED_OUT' | 'RECONNECTING' | 'CLOSED'

/** A change of a row. `record` is the new row, `old` holds at least the key of the old one. */
export type Change<Row = Record<string, unknown>> = Omit<WireChange<Row>, 'channel' | 'ids'>

/** Options of `client.channel(name, options)`. */
export interface ChannelOptions {
  /** `self`: receive one's own broadcasts too. `ack`: `send` resolves only when the server has handed the message on. */
  readonly broadcast?: { readonly self?: boolean; readonly ack?: boolean }
}

/** What a channel needs of its socket. */
export interface ChannelLink {
  open(): Promise<void>
  send(event: string, payload: unknown, timeoutMs: number, answered: (answer: Ack<any>) => void): void
  isConnected(): boolean
  forget(channel: Channel): void
}

interface ChangeListener {
  readonly binding: WireBinding
  readonly call: (change: Change<any>) => void
  id: number | undefined
}

const ackTimeoutMs = 10_000
const cursorsRemembered = 1_000

/** A channel; made by `client.channel(name)`. Add listeners first, then `subscribe`. */
export class Channel<DB = any> {
  private readonly changeListeners: ChangeListener[] = []
  private readonly broadcastListeners: { readonly event: string; readonly call: (message: { event: string; payload: any }) => void }[] = []
  private readonly resyncListeners: ((message: Resync) => void)[] = []
  private readonly systemListeners: ((message: SystemMessage) => void)[] = []
  private readonly seen = new Set<string>()
  private cursor: string | undefined
  private state: 'idle' | 'joining' | 'joined' | 'waiting' | 'closed' = 'idle'
  private report: (status: ChannelStatus, error?: PlinthError) => void = () => undefined

  constructor(
    readonly name: string,
    private readonly options: ChannelOptions,
    private readonly link: ChannelLink,
  ) {}

  /** Follows a table: `filter` is an equality on one column. Only changes that the signed-in user may see arrive. */
  on<S extends string = 'public', T extends RelationName<SchemaOf<DB, S>> = RelationName<SchemaOf<DB, S>>>(
    kind: 'changes',
    filter: { readonly event: ChangeEvent; readonly schema?: S; readonly table: T; readonly filter?: WireBinding['filter'] },
    listener: (change: Change<PartOf<RelationOf<SchemaOf<DB, S>, T>, 'Row'>>) => void,
  ): this
  /** Hears messages of other clients; event `*` hears all. */
  on<P = any>(kind: 'broadcast', filter: { readonly event: string }, listener: (message: { event: string; payload: P }) => void): this
  /** Changes may have been missed (the server could not prove that none was): read the data again. */
  on(kind: 'resync', listener: (message: Resync) => void): this
  /** What the server says about the connection or this channel. */
  on(kind: 'system', listener: (message: SystemMessage) => void): this
  on(kind: 'changes' | 'broadcast' | 'resync' | 'system', second: any, third?: any): this {
    if (kind === 'resync') this.resyncListeners.push(second)
    else if (kind === 'system') this.systemListeners.push(second)
    else if (kind === 'broadcast') this.broadcastListeners.push({ event: second.event, call: third })
    else {
      if (this.state === 'joined' || this.state === 'joining')
        throw new PlinthError('Add changes listeners before subscribe()', { code: 'already_subscribed' })
      this.changeListeners.push({ binding: { schema: 'public', ...second }, call: third, id: undefined })
    }
    return this
  }

  /** Joins the channel, opening the connection when needed. `report` is called with every later change of state. */
  subscribe(report?: (status: ChannelStatus, error?: PlinthError) => void): this {
    if (report !== undefined) this.report = report
    if (this.state === 'joining' || this.state === 'joined') return this
    this.state = 'waiting'
    this.link.open().then(
      () => {
        if (this.state === 'waiting' && this.link.isConnected()) this.join()
      },
      (cause: unknown) => this.refused(new PlinthError('socket.io-client could not be loaded', { code: 'network_error', cause })),
    )
    return this
  }

  /** Sends a message to the channel's other members. The channel must be subscribed. */
  send(message: { readonly event: string; readonly payload?: unknown }): Promise<{ error: PlinthError | null }> {
    return new Promise((resolve) => {
      this.link.send('broadcast', { channel: this.name, event: message.event, payload: message.payload ?? null }, ackTimeoutMs, (answer) =>
        resolve({ error: answer.ok ? null : errorOf(answer.error) }),
      )
    })
  }

  /** Leaves the channel and forgets it. */
  async unsubscribe(): Promise<void> {
    if (this.state === 'closed') return
    const wasJoined = this.state === 'joined' || this.state === 'joining'
    this.state = 'closed'
    if (wasJoined && this.link.isConnected()) {
      await new Promise<void>((resolve) => this.link.send('leave', { channel: this.name }, ackTimeoutMs, () => resolve()))
    }
    this.link.forget(this)
    this.report('CLOSED')
  }

  /** @internal The socket is connected: joins, or rejoins where the last change left off. */
  join(): void {
    if (this.state !== 'waiting' && this.state !== 'joined') return
    this.state = 'joining'
    const { broadcast } = this.options
    const payload = {
      channel: this.name,
      config: { changes: this.changeListeners.map((listener) => listener.binding), ...(broadcast === undefined ? {} : { broadcast }) },
      ...(this.cursor === undefined ? {} : { cursor: this.cursor }),
    }
    this.link.send('join', payload, ackTimeoutMs, (answer: Ack<Joined>) => {
      if (this.state !== 'joining') return
      if (!answer.ok) {
        if (answer.error.code === 'not_connected') this.state = 'waiting'
        else this.refused(errorOf(answer.error))
        return
      }
      this.state = 'joined'
      this.changeListeners.forEach((listener, index) => (listener.id = answer.changes[index]?.id))
      // After a rejoin the missed changes are still to come: the cursor moves with them, not with the answer.
      this.cursor ??= answer.cursor ?? undefined
      this.report('SUBSCRIBED')
    })
  }

  /** @internal The connection is gone for now. */
  interrupted(error: PlinthError): void {
    if (this.state !== 'joined' && this.state !== 'joining' && this.state !== 'waiting') return
    const wasWaiting = this.state === 'waiting'
    this.state = 'waiting'
    for (const listener of this.changeListeners) listener.id = undefined
    if (!wasWaiting) this.report('RECONNECTING', error)
    else this.report('CHANNEL_ERROR', error)
  }

  /** @internal The server said no; asking again needs a new `subscribe`. */
  refused(error: PlinthError): void {
    if (this.state === 'closed') return
    this.state = 'idle'
    this.report(error.code === 'timeout' ? 'TIMED_OUT' : 'CHANNEL_ERROR', error)
  }

  /** @internal */
  change(message: WireChange): void {
    if (this.state !== 'joined' || this.seen.has(message.cursor)) return
    this.seen.add(message.cursor)
    if (this.seen.size > cursorsRemembered) this.seen.delete(this.seen.values().next().value as string)
    const { channel: _channel, ids, ...change } = message
    try {
      for (const listener of this.changeListeners) if (listener.id !== undefined && ids.includes(listener.id)) listener.call(change)
    } finally {
      this.cursor = message.cursor
    }
  }

  /** @internal */
  broadcast(event: string, payload: unknown): void {
    if (this.state !== 'joined') return
    for (const listener of this.broadcastListeners)
      if (listener.event === '*' || listener.event === event) listener.call({ event, payload })
  }

  /** @internal */
  resync(message: Resync): void {
    this.cursor = message.cursor
    for (const listener of this.resyncListeners) listener(message)
  }

  /** @internal */
  system(message: SystemMessage): void {
    for (const listener of this.systemListeners) listener(message)
    if (message.code === 'channel_closed' && message.channel === this.name)
      this.refused(new PlinthError(message.message, { code: message.code }))
  }
}

function errorOf(error: { readonly code: string; readonly message: string; readonly hint?: string }): PlinthError {
  return new PlinthError(error.message, { code: error.code, hint: error.hint ?? null })
}
