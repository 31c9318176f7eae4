// From the change feed to groups: changes are collected for a moment, waited for until new statements see them, and then
// wake the groups that they may concern.
import { type ChangeFeed, type RowChange, untilVisible } from '#libs/changes'
import type { Logger } from '#libs/kernel'
import { type Follower, WakeIndex } from './wake-index.ts'

/** Changes are collected for so long before anything runs. */
const WINDOW_MS = 25
/** Time until commits are taken for visible when that cannot be asked. */
const BLIND_MS = 200
/** More transactions in one window than this: it is enough to know that the newest are visible to a new snapshot. */
const XIDS_MAX = 10_000

/** A follower that can be woken. */
export interface Sleeper extends Follower {
  wake(changedMs?: number): void
}

/** Queries as plinth_owner; PlatformDatabase is one. */
interface SnapshotDatabase {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** Wakes followers. */
export class ChangeWakes<S extends Sleeper> {
  readonly index = new WakeIndex<S>()
  private woken = new Map<S, number>()
  private xids = new Set<number>()
  private timer: NodeJS.Timeout | undefined
  private working = false
  private readonly detach: readonly (() => void)[]

  constructor(
    feed: ChangeFeed,
    private readonly database: SnapshotDatabase,
    private readonly log: Logger,
    onReset: () => void,
  ) {
    this.detach = [feed.onChange((change) => this.note(change)), feed.onReset(onReset)]
  }

  /** Hears nothing any more. */
  close(): void {
    for (const each of this.detach) each()
    clearTimeout(this.timer)
  }

  private note(change: RowChange): void {
    const concerned = this.index.concernedBy(change)
    if (concerned.size === 0) return
    const nowMs = performance.now()
    for (const follower of concerned) if (!this.woken.has(follower)) this.woken.set(follower, nowMs)
    if (this.xids.size < XIDS_MAX) this.xids.add(change.xid)
    this.schedule()
  }

  private schedule(): void {
    if (this.timer !== undefined || this.working) return
    this.timer = setTimeout(() => void this.work(), WINDOW_MS)
    this.timer.unref()
  }

  private async work(): Promise<void> {
    this.timer = undefined
    this.working = true
    const { woken, xids } = this
    this.woken = new Map()
    this.xids = new Set()
    try {
      const isVisible = await untilVisible(this.database, xids)
      if (!isVisible) this.log.warn({ transactions: xids.size }, 'committed changes stay invisible; live queries run all the same')
    } catch (error) {
      // With the database away the runs fail too, and are tried again until they see everything.
      this.log.debug({ err: error }, 'it could not be seen which changes are visible')
      await new Promise((resolve) => setTimeout(resolve, BLIND_MS).unref())
    }
    this.working = false
    for (const [follower, changedMs] of woken) follower.wake(changedMs)
    if (this.woken.size > 0) this.schedule()
  }
}
