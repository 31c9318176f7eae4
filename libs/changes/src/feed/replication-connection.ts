// One streaming connection, from START_REPLICATION to its end. It answers the server, confirms late, and notices a
// peer that has gone silent; whoever holds it connects again.
import { LogicalReplicationService, type Pgoutput } from 'pg-logical-replication'
import type { Confirmations } from './confirmations.ts'
import { formatLsn, parseLsn } from './cursor.ts'
import { publicationName } from './replication-slot.ts'
import { TextPgoutputPlugin } from './text-pgoutput-plugin.ts'

/** What a connection needs to know. */
export interface ReplicationConnectionOptions {
  readonly url: string
  readonly slotName: string
  /** Start behind this position; Postgres takes the slot's own when that is later. */
  readonly startLsn: bigint
  readonly confirmations: Confirmations
  readonly onMessage: (message: Pgoutput.Message) => void
  readonly nowMs: () => number
}

const statusEveryMs = 5_000
const silenceMsMax = 30_000
const closeMsMax = 2_000
const urgentRepliesMax = 5

/** Reads one slot until {@link ReplicationConnection.close}, an error, or the end of the connection. */
export class ReplicationConnection {
  private readonly service: LogicalReplicationService
  private timer: NodeJS.Timeout | undefined
  private lastHeardMs: number
  private urgentReplies: number[] = []
  private failure: Error | undefined
  private closing: Promise<void> | undefined
  /** Resolves when streaming has begun. */
  readonly started: Promise<void>
  /** Settles when the connection is over; the error says why, undefined after {@link ReplicationConnection.close}. */
  readonly ended: Promise<Error | undefined>

  constructor(private readonly options: ReplicationConnectionOptions) {
    this.lastHeardMs = options.nowMs()
    this.service = new LogicalReplicationService(
      {
        connectionString: options.url,
        application_name: 'plinth changes',
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
        // The text of values must not depend on the login's or the database's settings.
        options:
          '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=3 -c bytea_output=hex -c client_encoding=UTF8',
      },
      { acknowledge: { auto: false, timeoutSeconds: 0 } },
    )
    this.started = new Promise((resolve) => void this.service.on('start', () => resolve()))
    this.service.on('data', (_lsn: string, message: Pgoutput.Message) => this.receive(message))
    this.service.on('heartbeat', (lsn: string, _time: number, replyWanted: boolean) => this.heartbeat(lsn, replyWanted))
    this.service.on('error', (error: Error) => this.fail(error))
    this.ended = this.run()
  }

  /** Confirms what may be confirmed and ends the connection, within two seconds even when the server does not answer. */
  close(): Promise<void> {
    this.closing ??= this.shut()
    return this.closing
  }

  private async run(): Promise<Error | undefined> {
    const plugin = new TextPgoutputPlugin({ protoVersion: 1, publicationNames: [publicationName], messages: true })
    this.timer = setInterval(() => this.beat(), statusEveryMs)
    this.timer.unref()
    try {
      await this.service.subscribe(plugin, this.options.slotName, formatLsn(this.options.startLsn))
      return this.failure
    } catch (error) {
      return this.failure ?? (error as Error)
    } finally {
      await this.close()
    }
  }

  private receive(message: Pgoutput.Message): void {
    this.lastHeardMs = this.options.nowMs()
    try {
      this.options.onMessage(message)
    } catch (error) {
      return this.fail(error as Error)
    }
    if (message.tag === 'commit') {
      const end = message.commitEndLsn === null ? undefined : parseLsn(message.commitEndLsn)
      if (end !== undefined) this.options.confirmations.received(end, this.lastHeardMs)
    }
  }

  private heartbeat(lsnText: string, replyWanted: boolean): void {
    const nowMs = this.options.nowMs()
    this.lastHeardMs = nowMs
    const lsn = parseLsn(lsnText)
    if (lsn !== undefined) this.options.confirmations.received(lsn, nowMs)
    if (!replyWanted) return
    // A server that shuts down waits until its readers have confirmed everything, and asks again after each answer. We confirm
    // late on purpose, so without this it would wait for ever: let go, and come back when it is up again.
    this.urgentReplies = [...this.urgentReplies.filter((atMs) => nowMs - atMs < 1_000), nowMs]
    if (this.urgentReplies.length > urgentRepliesMax) return this.fail(new Error('the server is shutting down'))
    this.report(false)
  }

  private beat(): void {
    if (this.options.nowMs() - this.lastHeardMs > silenceMsMax) return this.fail(new Error(`nothing heard for ${silenceMsMax / 1000} s`))
    this.report(true)
  }

  private report(wantReply: boolean): void {
    const confirmable = this.options.confirmations.confirmable(this.options.nowMs())
    // The driver reports one byte more than it is given; a commit record that begins right there would be skipped after a restart.
    void this.service.acknowledge(formatLsn(confirmable - 1n), wantReply)
  }

  private fail(error: Error): void {
    this.failure ??= error
    void this.close()
  }

  private async shut(): Promise<void> {
    clearInterval(this.timer)
    if (!this.service.isStop()) this.report(false)
    // The library offers no way to cut a connection whose server does not answer the goodbye.
    const { _client: client } = this.service as unknown as { _client: { connection?: { stream?: { destroy(): void } } } | null }
    const cut = setTimeout(() => client?.connection?.stream?.destroy(), closeMsMax)
    try {
      await this.service.stop()
    } catch (error) {
      this.failure ??= error as Error
    } finally {
      clearTimeout(cut)
      // Late errors of a connection that is over have no reader any more.
      this.service.removeAllListeners()
      this.service.on('error', () => undefined)
    }
  }
}
