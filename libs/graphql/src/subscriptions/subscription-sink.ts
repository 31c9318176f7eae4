import type { HttpRequestFacts } from '#libs/catalog'
import type { Principal } from '#libs/identity'
import type { Recipient } from '#libs/postgres'
import type { GraphQLFailure } from '../graphql.errors.ts'
import type { Variables } from '../plan/inputs.ts'

/** Who is told. Must not throw and must not block. */
export interface SubscriptionSink extends Recipient {
  /** An answer's JSON text. Of live queries only the newest matters: one that still waits may be replaced by it. */
  next(body: string): void
  /** The subscription has failed for good; nothing comes after it. */
  error(failure: GraphQLFailure): void
  /** Everything was sent; nothing comes after it. */
  complete(): void
  /** Resolves when what was sent has left the process, so that more may be made. */
  drained(): Promise<void>
}

/** A subscription to open. */
export interface SubscriptionRequest {
  readonly query: string
  readonly variables: Variables
  readonly operationName: string | undefined
  readonly principal: Principal
  /** What functions of the database are told of its request. */
  readonly http?: HttpRequestFacts
  /** The HTTP request that it came with, or that its socket began with: for resolvers. */
  readonly req?: unknown
}

/** An open subscription. */
export interface OpenSubscription {
  /** Ends it at once; may be called twice. */
  close(): void
}
