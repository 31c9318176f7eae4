/** Token of {@link RealtimeOptions}. */
export const REALTIME_OPTIONS = Symbol('RealtimeOptions')

/** Limits of the gateway; each has a default. */
export interface RealtimeOptions {
  /** Open sockets on this node. Default 10,000. */
  readonly connectionsMax?: number
  /** Messages of one socket. Default 100. */
  readonly messagesPerSecond?: number
  /** Joins of one socket in the long run; 100 at once are always possible. Default 20. */
  readonly joinsPerSecond?: number
  /** Bytes that may wait for a socket that does not read; beyond it is disconnected. Default 4 MB. */
  readonly waitingBytesMax?: number
  /** Time between the notice that a token has expired and the disconnect, in milliseconds. Default 10,000. */
  readonly expiryGraceMs?: number
}
