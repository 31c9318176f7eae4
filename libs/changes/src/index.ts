export { ChangesModule, type ChangesModuleOptions } from './changes.module.ts'
export { ChangeFeed, type ChangeFeedOptions, type ChangeFeedStatus, type Replay } from './feed/change-feed.ts'
export { dropSlots } from './feed/replication-slot.ts'
export { tableIdOf, type ChangedRelation, type RowChange, type RowText } from './feed/row-change.ts'
export { TableFollower } from './following/table-follower.ts'
export { untilVisible } from './following/visible-transactions.ts'
export type { ChangePayload } from './payload/change-payload.ts'
export type { ChangeBinding, ChangeSink, ResyncReason } from './subscriptions/change-subscription.ts'
export {
  ChangeSubscriptions,
  type ChangeSubscription,
  type ChangeSubscriptionsOptions,
  type ChangeSubscriptionsStats,
  type SubscriptionRequest,
} from './subscriptions/change-subscriptions.ts'
export type { EqualityFilter } from './subscriptions/row-filter.ts'
export type { VisibleType } from './subscriptions/transition.ts'
export type { Viewer } from './visibility/row-judge.ts'
export type { ColumnFacts, TableFacts } from './visibility/table-facts.ts'
