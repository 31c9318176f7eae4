// Broadcasts between the members of a channel, on every node: all of them travel by the bus, those to sockets of the same
// node too, so that the order is one.
import { randomUUID } from 'node:crypto'
import type { MessageBus } from '#libs/bus'
import type { Logger } from '#libs/kernel'

/** A broadcast as it travels between nodes. */
interface Envelope {
  readonly node: string
  /** The sender's socket; it gets its own message only when it wants to. */
  readonly socket: string
  readonly channel: string
  readonly event: string
  readonly payload: unknown
}

/** A member of a channel. */
export interface BroadcastMember {
  readonly socketId: string
  receivesOwn(channel: string): boolean
  sendBroadcast(message: { readonly channel: string; readonly event: string; readonly payload: unknown }): void
}

const topic = 'realtime.broadcast'

/** The members of all channels on this node. */
export class Broadcasts {
  private readonly node = randomUUID()
  private readonly members = new Map<string, Set<BroadcastMember>>()
  private stop: (() => Promise<void>) | undefined

  constructor(
    private readonly bus: MessageBus,
    private readonly log: Logger,
  ) {}

  /** Begins to listen; a bus that is away is waited for in the background. */
  start(): void {
    this.bus
      .subscribe(topic, (text) => this.receive(JSON.parse(text) as Envelope))
      .then(
        (stop) => (this.stop = stop),
        (error: unknown) => this.log.error({ err: error }, 'broadcasts of other nodes cannot be received'),
      )
  }

  async close(): Promise<void> {
    this.members.clear()
    await this.stop?.()
  }

  join(channel: string, member: BroadcastMember): void {
    const members = this.members.get(channel) ?? new Set()
    members.add(member)
    this.members.set(channel, members)
  }

  leave(channel: string, member: BroadcastMember): void {
    const members = this.members.get(channel)
    if (members?.delete(member) === true && members.size === 0) this.members.delete(channel)
  }

  /** Resolves when the message was handed on. */
  async send(sender: BroadcastMember, channel: string, event: string, payload: unknown): Promise<void> {
    const envelope: Envelope = { node: this.node, socket: sender.socketId, channel, event, payload: payload ?? null }
    await this.bus.publish(topic, JSON.stringify(envelope))
  }

  private receive({ node, socket, channel, event, payload }: Envelope): void {
    const message = { channel, event, payload }
    for (const member of this.members.get(channel) ?? []) {
      const isSender = node === this.node && member.socketId === socket
      if (!isSender || member.receivesOwn(channel)) member.sendBroadcast(message)
    }
  }
}
