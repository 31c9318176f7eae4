import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { describe, expect, it, vi } from 'vitest'
import { type Change, type ChannelStatus, createClient, type PlinthClient, type PlinthError } from '@plinth/client'

/** The server side of libs/realtime/PROTOCOL.md, told by the test what to send. */
class Gateway implements AsyncDisposable {
  readonly joins: any[] = []
  readonly heard: [event: string, payload: any][] = []
  readonly handshakes: any[] = []
  readonly sockets: Socket[] = []
  readonly clients: PlinthClient[] = []
  refuse: { code: string; message: string; hint?: string } | undefined
  refuseConnection: string | undefined
  private readonly io: Server

  private constructor(private readonly http: HttpServer) {
    this.io = new Server(http, { path: '/realtime/v1/socket.io' })
    this.io.use((socket, next) => {
      this.handshakes.push(socket.handshake.auth)
      if (this.refuseConnection === undefined) return next()
      next(Object.assign(new Error('refused'), { data: { code: this.refuseConnection, message: 'refused' } }))
    })
    this.io.on('connection', (socket) => {
      this.sockets.push(socket)
      socket.on('join', (join, answer) => {
        this.joins.push(join)
        if (this.refuse !== undefined) return answer({ ok: false, error: this.refuse })
        answer({
          ok: true,
          changes: join.config.changes.map((_: unknown, i: number) => ({ id: this.sockets.length * 10 + i })),
          cursor: 'e:0:0',
        })
      })
      for (const event of ['leave', 'broadcast', 'token']) {
        socket.on(event, (payload, answer) => {
          this.heard.push([event, payload])
          answer({ ok: true })
        })
      }
    })
  }

  static async start(): Promise<Gateway> {
    const http = createServer()
    const gateway = new Gateway(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return gateway
  }

  client(accessToken?: () => Promise<string | null>): PlinthClient {
    const client = createClient(
      `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`,
      'key',
      accessToken === undefined ? {} : { accessToken },
    )
    this.clients.push(client)
    return client
  }

  change(cursor: string, id: number): void {
    const change = {
      channel: 'room',
      ids: [id],
      cursor,
      schema: 'public',
      table: 'todo',
      type: 'insert',
      commitTimestamp: 't',
      record: { id: 1 },
      old: null,
      columns: [{ name: 'id', type: 'int4' }],
    }
    this.sockets.at(-1)?.emit('change', change)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clients.map((client) => client.removeAllChannels()))
    await this.io.close()
  }
}

function follow(client: PlinthClient) {
  const changes: Change[] = []
  const statuses: [ChannelStatus, PlinthError | undefined][] = []
  const channel = client
    .channel('room')
    .on('changes', { event: '*', table: 'todo', filter: { column: 'list_id', value: 7 } }, (change) => changes.push(change))
    .subscribe((status, error) => statuses.push([status, error]))
  return { channel, changes, statuses, names: () => statuses.map(([status]) => status) }
}

describe('channels', () => {
  it('joins with its bindings, hands changes on once, and goes on after the last one when the line was cut', async () => {
    await using gateway = await Gateway.start()
    const { changes, names } = follow(gateway.client())
    await vi.waitFor(() => expect(names()).toEqual(['SUBSCRIBED']))
    expect(gateway.handshakes[0]).toEqual({ apikey: 'key', protocol: 1 })
    expect(gateway.joins[0]).toEqual({
      channel: 'room',
      config: { changes: [{ event: '*', schema: 'public', table: 'todo', filter: { column: 'list_id', value: 7 } }] },
    })
    gateway.change('e:1:0', 10)
    gateway.change('e:1:0', 10)
    gateway.change('e:1:1', 99)
    await vi.waitFor(() => expect(changes).toHaveLength(1))
    expect(changes[0]).toEqual({
      cursor: 'e:1:0',
      schema: 'public',
      table: 'todo',
      type: 'insert',
      commitTimestamp: 't',
      record: { id: 1 },
      old: null,
      columns: [{ name: 'id', type: 'int4' }],
    })
    gateway.sockets[0]?.conn.close()
    await vi.waitFor(() => expect(names()).toEqual(['SUBSCRIBED', 'RECONNECTING', 'SUBSCRIBED']), 8_000)
    expect(gateway.joins[1].cursor).toBe('e:1:1')
    gateway.change('e:1:0', 20)
    gateway.change('e:2:0', 20)
    await vi.waitFor(() => expect(changes.map((c) => c.cursor)).toEqual(['e:1:0', 'e:2:0']))
  })

  it('tells the subscriber that it may not follow the table', async () => {
    await using gateway = await Gateway.start()
    gateway.refuse = { code: 'not_found', message: 'There is no table public.todo', hint: 'Grant SELECT' }
    const { statuses } = follow(gateway.client())
    await vi.waitFor(() => expect(statuses).toHaveLength(1))
    expect(statuses[0]?.[0]).toBe('CHANNEL_ERROR')
    expect(statuses[0]?.[1]).toMatchObject({ code: 'not_found', hint: 'Grant SELECT' })
  })

  it('reports a refused connection once and does not hammer the server', async () => {
    await using gateway = await Gateway.start()
    gateway.refuseConnection = 'invalid_key'
    const { statuses } = follow(gateway.client())
    await vi.waitFor(() => expect(statuses).toHaveLength(1))
    expect(statuses[0]?.[1]).toMatchObject({ code: 'invalid_key' })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(gateway.handshakes).toHaveLength(1)
  })

  it('connects again with a fresh token after the old one had expired', async () => {
    await using gateway = await Gateway.start()
    gateway.refuseConnection = 'token_expired'
    let token = 'old'
    const { names } = follow(gateway.client(async () => token))
    await vi.waitFor(() => expect(gateway.handshakes).toHaveLength(1))
    gateway.refuseConnection = undefined
    token = 'new'
    await vi.waitFor(() => expect(names()).toContain('SUBSCRIBED'), 8_000)
    expect(gateway.handshakes.map((auth) => auth.token)).toEqual(['old', 'new'])
    token = 'newer'
    gateway.sockets.at(-1)?.emit('system', { code: 'token_expired', message: 'The token has expired' })
    await vi.waitFor(() => expect(gateway.heard).toContainEqual(['token', { token: 'newer' }]))
  })

  it('gives up when the session has ended, until it is asked to subscribe again', async () => {
    await using gateway = await Gateway.start()
    const { channel, statuses, names } = follow(gateway.client())
    await vi.waitFor(() => expect(names()).toEqual(['SUBSCRIBED']))
    gateway.sockets[0]?.emit('system', { code: 'session_revoked', message: 'The session has ended' })
    gateway.sockets[0]?.disconnect(true)
    await vi.waitFor(() => expect(statuses.at(-1)?.[1]).toMatchObject({ code: 'session_revoked' }))
    expect(names()).toEqual(['SUBSCRIBED', 'CHANNEL_ERROR'])
    channel.subscribe()
    await vi.waitFor(() => expect(names()).toEqual(['SUBSCRIBED', 'CHANNEL_ERROR', 'SUBSCRIBED']))
  })

  it('sends and hears broadcasts, follows a resync, and leaves', async () => {
    await using gateway = await Gateway.start()
    const client = gateway.client()
    const heard: unknown[] = []
    const resyncs: unknown[] = []
    let subscribed = false
    const channel = client
      .channel('room', { broadcast: { self: true, ack: true } })
      .on('broadcast', { event: 'cursor' }, (message) => heard.push(message))
      .on('resync', (message) => resyncs.push(message))
      .subscribe((status) => (subscribed = status === 'SUBSCRIBED'))
    expect((await channel.send({ event: 'early' })).error?.code).toBe('not_connected')
    await vi.waitFor(() => expect(subscribed).toBe(true))
    expect(gateway.joins[0].config.broadcast).toEqual({ self: true, ack: true })
    expect((await channel.send({ event: 'cursor', payload: { x: 1 } })).error).toBeNull()
    expect(gateway.heard).toEqual([['broadcast', { channel: 'room', event: 'cursor', payload: { x: 1 } }]])
    gateway.sockets[0]?.emit('broadcast', { channel: 'room', event: 'cursor', payload: { x: 2 } })
    gateway.sockets[0]?.emit('broadcast', { channel: 'room', event: 'other', payload: null })
    gateway.sockets[0]?.emit('resync', { channel: 'room', reason: 'gap', cursor: 'e:5:0' })
    await vi.waitFor(() => expect(resyncs).toHaveLength(1))
    expect(heard).toEqual([{ event: 'cursor', payload: { x: 2 } }])
    await client.removeChannel(channel)
    expect(gateway.heard.at(-1)).toEqual(['leave', { channel: 'room' }])
    expect(client.getChannels()).toEqual([])
    await vi.waitFor(() => expect(gateway.sockets[0]?.connected).toBe(false))
  })
})
