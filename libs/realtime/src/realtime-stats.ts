/** Numbers for /metrics. */
export interface RealtimeReading {
  /** Open connections. */
  readonly sockets: number
  /** Joined channels, counted once per socket. */
  readonly channels: number
  /** Changes and broadcasts that were sent. */
  readonly deliveries: number
  /** Connections that were closed because they did not read fast enough. */
  readonly slowConsumers: number
  /** Handshakes that were refused. */
  readonly refused: number
  /** Messages beyond a limit. */
  readonly limited: number
}

/** Counters of the gateway. */
export class RealtimeStats {
  sockets = 0
  channels = 0
  deliveries = 0
  slowConsumers = 0
  refused = 0
  limited = 0

  /** The numbers now. */
  read(): RealtimeReading {
    const { sockets, channels, deliveries, slowConsumers, refused, limited } = this
    return { sockets, channels, deliveries, slowConsumers, refused, limited }
  }
}
