/** Numbers for /metrics. */
export interface SubscriptionReading {
  /** Open WebSockets and event streams. */
  readonly sockets: number
  /** Open subscriptions. */
  readonly subscriptions: number
  /** Statements that are shared by equal subscriptions. */
  readonly groups: number
  /** Statements run for live queries and streams. */
  readonly runs: number
  /** Runs that gave the same result as before. */
  readonly skipped: number
  /** Results that were handed to sockets. */
  readonly deliveries: number
  /** Results that a newer one replaced before a slow socket could take them. */
  readonly replaced: number
  /** Sockets that were closed because they did not read fast enough. */
  readonly slowConsumers: number
  /** Sockets and subscriptions that were refused. */
  readonly refused: number
  /** Milliseconds between the change and its result, added up over `delayed` results. */
  readonly delayMs: number
  readonly delayed: number
}

/** Counters of subscriptions; one for the process. */
export class SubscriptionStats implements SubscriptionReading {
  sockets = 0
  subscriptions = 0
  groups = 0
  runs = 0
  skipped = 0
  deliveries = 0
  replaced = 0
  slowConsumers = 0
  refused = 0
  delayMs = 0
  delayed = 0

  /** The numbers now. */
  read(): SubscriptionReading {
    const { sockets, subscriptions, groups, runs, skipped, deliveries, replaced, slowConsumers, refused, delayMs, delayed } = this
    return { sockets, subscriptions, groups, runs, skipped, deliveries, replaced, slowConsumers, refused, delayMs, delayed }
  }
}
