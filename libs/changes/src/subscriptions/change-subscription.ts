import type { FeedPosition } from '../feed/cursor.ts'
import type { ChangePayload } from '../payload/change-payload.ts'
import type { Viewer } from '../visibility/row-judge.ts'
import type { EqualityFilter, RowFilter } from './row-filter.ts'
import type { VisibleType } from './transition.ts'

/** One table that a subscription follows. */
export interface ChangeBinding {
  readonly event: VisibleType | '*'
  readonly schema: string
  readonly table: string
  readonly filter?: EqualityFilter
}

/** Why a subscriber must read its data again. */
export type ResyncReason = 'gap' | 'epoch_changed' | 'overflow' | 'rights_changed'

/** Who is told. Called in commit order; must not throw and must not block. */
export interface ChangeSink {
  /** `bindings` are indexes into the subscription's bindings. `cursor` is the message's id and position. */
  change(payload: ChangePayload, cursor: string, bindings: readonly number[]): void
  /** Changes may have been missed, or rights have changed; `cursor` is the position from which it goes on. */
  resync(reason: ResyncReason, cursor: string): void
  /** A right or a table went away: nothing more will come. */
  closed(code: string, message: string): void
}

/** A binding after the catalog was asked. */
export interface PreparedBinding {
  readonly index: number
  readonly event: VisibleType | '*'
  readonly tableId: string
  readonly filter: RowFilter | undefined
}

/** A subscription as its group keeps it. */
export interface Subscriber {
  readonly viewer: Viewer
  readonly bindings: readonly PreparedBinding[]
  readonly sink: ChangeSink
  /** Everything up to here was handed to the sink, or did not concern it. */
  after: FeedPosition
}
