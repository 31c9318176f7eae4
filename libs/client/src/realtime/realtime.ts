// One socket for all channels: opened by the first subscription, authenticated with the newest token, reconnected
// for as long as a channel wants it. Wire: libs/realtime/PROTOCOL.md.
import type { Socket } from 'socket.io-client'
import { PlinthError } from '../http.ts'
import { Channel, type ChannelOptions } from './channel.ts'
import type { Ack, Resync, SystemMessage, WireChange } from './protocol.ts'

const retryDelayMs = 2_000
const retryable = new Set(['token_expired', 'unavailable', 'too_many_connections'])

/** Channels over socket.io. */
export class Realtime {
  private readonly channels = new Map<string, Channel>()
  private socket: Socket | undefined
  private opening: Promise<void> | undefined
  private sentToken: string | null = null
  private revoked = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly token: () => Promise<string | null>,
  ) {}

  /** The channel of that name; made when there is none. */
  channel<DB = any>(name: string, options?: ChannelOptions): Channel<DB> {
    let channel = this.channels.get(name)
    if (channel === undefined) {
      channel = new Channel(name, options ?? {}, {
        open: () => this.open(),
        send: (event, payload, timeoutMs, answered) => this.emit(event, payload, timeoutMs, answered),
        isConnected: () => this.socket?.connected === true,
        forget: (closed) => this.forget(closed),
      })
      this.channels.set(name, channel)
    }
    return channel as Channel<DB>
  }

  /** All channels of this client. */
  list(): readonly Channel[] {
    return [...this.channels.values()]
  }

  /** Hands a new access token to the open socket; null goes back to the key's own role. */
  setAuth(token: string | null): void {
    if (token === this.sentToken) return
    this.revoked = false
    if (this.socket?.connected !== true) return
    this.sentToken = token
    this.emit('token', { token }, 10_000, (answer) => {
      if (answer.ok === false) this.each((channel) => channel.system({ code: answer.error.code, message: answer.error.message }))
    })
  }

  private open(): Promise<void> {
    this.revoked = false
    if (this.socket !== undefined) {
      if (!this.socket.connected && !this.socket.active) this.socket.connect()
      return Promise.resolve()
    }
    this.opening ??= import('./socket.ts')
      .then(({ io }) => this.connect(io))
      .finally(() => {
        this.opening = undefined
      })
    return this.opening
  }

  private connect(io: (url: string, options: object) => Socket): void {
    const url = new URL(this.url)
    const socket = io(url.origin, {
      path: `${url.pathname.replace(/\/+$/, '')}/realtime/v1/socket.io`,
      transports: ['websocket', 'polling'],
      reconnectionDelay: 500,
      reconnectionDelayMax: 10_000,
      forceNew: true,
      auth: (answer: (data: object) => void) => {
        this.token().then(
          (token) => {
            this.sentToken = token
            answer({ apikey: this.key, ...(token === null ? {} : { token }), protocol: 1 })
          },
          (cause: unknown) => {
            // Without a token the server would take the caller for an anonymous one and silently show less.
            socket.disconnect()
            this.each((channel) =>
              channel.interrupted(new PlinthError('No access token could be had', { code: 'token_unavailable', cause })),
            )
            this.connectLater()
          },
        )
      },
    })
    this.socket = socket
    socket.on('connect', () => this.each((channel) => channel.join()))
    socket.on('connect_error', (error: Error & { data?: { code?: string; message?: string; hint?: string } }) => {
      const failure = new PlinthError(error.data?.message ?? error.message, {
        code: error.data?.code ?? 'network_error',
        hint: error.data?.hint ?? null,
        cause: error,
      })
      // socket.io itself tries again after a broken line, but not after a refusal by the server.
      if (socket.active) return this.each((channel) => channel.interrupted(failure))
      if (!retryable.has(failure.code)) return this.each((channel) => channel.refused(failure))
      this.each((channel) => channel.interrupted(failure))
      this.connectLater()
    })
    socket.on('disconnect', (reason: string) => {
      if (this.revoked) {
        const ended = new PlinthError('The session has ended; subscribe again after signing in', { code: 'session_revoked' })
        return this.each((channel) => channel.refused(ended))
      }
      this.each((channel) => channel.interrupted(new PlinthError(`The connection was lost (${reason})`, { code: 'network_error' })))
      if (reason === 'io server disconnect') this.connectLater()
    })
    socket.on('change', (change: WireChange) => this.channels.get(change.channel)?.change(change))
    socket.on('broadcast', (message: { channel: string; event: string; payload: unknown }) => {
      this.channels.get(message.channel)?.broadcast(message.event, message.payload)
    })
    socket.on('resync', (message: Resync) => this.channels.get(message.channel)?.resync(message))
    socket.on('system', (message: SystemMessage) => this.system(message))
  }

  private system(message: SystemMessage): void {
    if (message.code === 'token_expired')
      void this.token()
        .then((token) => this.setAuth(token))
        .catch(() => undefined)
    if (message.code === 'session_revoked') this.revoked = true
    if (message.channel === undefined) this.each((channel) => channel.system(message))
    else this.channels.get(message.channel)?.system(message)
  }

  private emit(event: string, payload: unknown, timeoutMs: number, answered: (answer: Ack<any>) => void): void {
    if (this.socket?.connected !== true) {
      answered({ ok: false, error: { code: 'not_connected', message: 'There is no connection to the server' } })
      return
    }
    // The plain callback, not a promise: a change may follow the answer at once, and needs what it says.
    this.socket.timeout(timeoutMs).emit(event, payload, (error: Error | null, answer?: Ack) => {
      answered(
        error === null && answer !== undefined
          ? answer
          : { ok: false, error: { code: 'timeout', message: 'The server did not answer in time' } },
      )
    })
  }

  private connectLater(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (this.channels.size > 0) this.socket?.connect()
    }, retryDelayMs)
  }

  private forget(channel: Channel): void {
    if (this.channels.get(channel.name) === channel) this.channels.delete(channel.name)
    if (this.channels.size > 0) return
    clearTimeout(this.timer)
    this.socket?.disconnect()
    this.socket = undefined
  }

  private each(work: (channel: Channel) => void): void {
    for (const channel of this.channels.values()) work(channel)
  }
}
