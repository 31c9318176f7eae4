/** How much sockets, event streams and subscriptions may take; each has a default. */
export interface SubscriptionLimits {
  /** Open sockets and event streams of the process. Default 10,000. */
  readonly socketsMax: number
  /** Of one network address; behind a proxy all clients have one. Default 2,000. */
  readonly socketsPerAddressMax: number
  /** Open subscriptions of the process. Default 20,000. */
  readonly subscriptionsMax: number
  /** Operations that one socket may have open. Default 100. */
  readonly operationsPerSocketMax: number
  /** Statements of subscriptions that run at the same time; requests have the other connections. Default 4. */
  readonly concurrencyMax: number
  /** Size of a client's message. Default 1 MB. */
  readonly messageBytesMax: number
  /** Time for a socket's `connection_init`, in milliseconds. Default 3,000. */
  readonly initMsMax: number
  /** Bytes that may wait for a client that does not read; beyond it is disconnected. Default 8 MB. */
  readonly waitingBytesMax: number
  /** A client that does not read for so long is disconnected, in milliseconds. Default 30,000. */
  readonly slowMsMax: number
}

/** Fills in the defaults. */
export function subscriptionLimits(given: Partial<SubscriptionLimits> = {}): SubscriptionLimits {
  return {
    socketsMax: 10_000,
    socketsPerAddressMax: 2_000,
    subscriptionsMax: 20_000,
    operationsPerSocketMax: 100,
    concurrencyMax: 4,
    messageBytesMax: 1_000_000,
    initMsMax: 3_000,
    waitingBytesMax: 8 * 1024 * 1024,
    slowMsMax: 30_000,
    ...given,
  }
}
