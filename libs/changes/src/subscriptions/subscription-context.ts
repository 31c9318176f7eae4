import type { Logger } from '#libs/kernel'
import type { ChangeFeed } from '../feed/change-feed.ts'
import type { ChangePayloads } from '../payload/change-payload.ts'
import type { RowJudge } from '../visibility/row-judge.ts'
import type { TableFactsReader } from '../visibility/table-facts.ts'
import type { Subscriber } from './change-subscription.ts'

/** What all groups share. */
export interface SubscriptionContext {
  readonly feed: ChangeFeed
  readonly facts: TableFactsReader
  readonly judge: RowJudge
  readonly payloads: ChangePayloads
  readonly log: Logger
  readonly limits: { readonly queueChangesMax: number; readonly queueBytesMax: number }
  readonly counters: { deliveries: number; overflows: number }
  remove(subscriber: Subscriber): void
  pause(ms: number): Promise<void>
}
