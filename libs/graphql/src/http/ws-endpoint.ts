// The WebSocket side, on the same path as HTTP. `ws` without a server of its own: it takes the upgrades of its path and
// leaves the others to socket.io, which in turn only ends upgrades that nobody has answered within a second.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import { WebSocketServer } from 'ws'
import { PrincipalResolver } from '#libs/identity'
import type { GraphQLExecutor } from '../execute/graphql-executor.ts'
import { GRAPHQL_OPTIONS, type GraphqlDialectOptions } from '../graphql.options.ts'
import { LiveOperations } from '../subscriptions/live-operations.ts'
import { subscriptionLimits } from '../subscriptions/subscription-limits.ts'
import { SubscriptionStats } from '../subscriptions/subscription-stats.ts'
import { GraphqlEndpoint } from './graphql-endpoint.ts'
import { LiveConnections } from './live-connections.ts'
import { SocketConnection, type SocketHost } from './ws-connection.ts'
import { protocolFor } from './ws-protocols.ts'

/** Takes WebSockets. */
@Injectable()
export class GraphqlSockets implements OnModuleDestroy {
  private readonly hosts = new Map<string, SocketHost>()
  private readonly hostOf: (executor: GraphQLExecutor) => SocketHost
  private readonly wire: WebSocketServer
  private detach: () => void = () => undefined

  constructor(
    @Inject(GRAPHQL_OPTIONS) options: GraphqlDialectOptions,
    @Inject(PrincipalResolver) principals: PrincipalResolver,
    @Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint,
    @Inject(LiveOperations) operations: LiveOperations,
    @Inject(LiveConnections) private readonly connections: LiveConnections,
    @Inject(SubscriptionStats) stats: SubscriptionStats,
  ) {
    const limits = subscriptionLimits(options.subscriptions)
    this.hostOf = (executor) => ({
      resolve: (credentials) => principals.resolve(credentials),
      perform: async (sent, principal, sink, upgrade, http) =>
        operations.perform(executor, { ...endpoint.operationFor(sent, principal, true, http), upgrade }, sink),
      closed: (connection) => connections.delete(connection),
      withDetails: (principal) => endpoint.showsDetails(principal),
      stats,
      limits,
    })
    this.wire = new WebSocketServer({
      noServer: true,
      maxPayload: limits.messageBytesMax,
      perMessageDeflate: false,
      clientTracking: false,
      handleProtocols: (offered) => protocolFor(offered)?.name ?? false,
    })
  }

  /** Takes the upgrades of `path`, and of Relay's below it. */
  install(server: Server, path: string): void {
    this.hosts.set(path, this.hostOf(this.endpoint.executor))
    this.hosts.set(`${path}/relay`, this.hostOf(this.endpoint.relay))
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const host = this.hosts.get(pathOf(request))
      if (host !== undefined) this.upgrade(request, socket, head, host)
      // Without anybody else who could take it, it would stay open for ever.
      else if (server.listenerCount('upgrade') === 1) socket.destroy()
    }
    server.on('upgrade', onUpgrade)
    this.detach = () => server.off('upgrade', onUpgrade)
  }

  /** Takes no more sockets. */
  onModuleDestroy(): void {
    this.detach()
    this.wire.close()
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, host: SocketHost): void {
    socket.on('error', () => socket.destroy())
    if (!this.connections.admits(request.socket.remoteAddress ?? '')) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const offered = new Set(
      (request.headers['sec-websocket-protocol'] ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    )
    const protocol = protocolFor(offered)
    this.wire.handleUpgrade(request, socket, head, (client) => {
      if (protocol === undefined) return client.close(4406, 'Subprotocol not acceptable')
      this.connections.add(new SocketConnection(client, protocol, request, host))
    })
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}
