// What a change is for one viewer: rows enter and leave a view, so an update can be an insert or a delete.
import type { RowChange } from '../feed/row-change.ts'

/** Whether the row was or is in the view; undefined when that cannot be known. */
export interface Membership {
  readonly before: boolean | undefined
  readonly after: boolean | undefined
}

/** The kinds of changes that a subscriber is told. */
export type VisibleType = 'insert' | 'update' | 'delete'

/** The change as the viewer sees it; undefined when it sees none. What is not known is never told. */
export function transitionOf(type: RowChange['type'], membership: Membership): VisibleType | undefined {
  const before = membership.before === true
  const after = membership.after === true
  if (type === 'insert') return after ? 'insert' : undefined
  if (type === 'delete') return before ? 'delete' : undefined
  if (type !== 'update') return undefined
  // Not known whether it was in the view before: an update tells nothing but the row that may be seen now.
  if (after) return membership.before === false ? 'insert' : 'update'
  return before && membership.after === false ? 'delete' : undefined
}
