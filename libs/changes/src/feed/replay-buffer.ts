import { comparePositions, type FeedPosition } from './cursor.ts'
import type { RowChange } from './row-change.ts'

/**
 * The newest changes in memory, bounded by bytes and by age. `floor` is the position from which it is complete: a
 * reader that has seen everything up to `floor` or later misses nothing.
 */
export class ReplayBuffer {
  private changes: RowChange[] = []
  private start = 0
  private heldBytes = 0
  private floorPosition: FeedPosition

  constructor(
    private readonly bytesMax: number,
    private readonly ageMsMax: number,
    floor: FeedPosition,
  ) {
    this.floorPosition = floor
  }

  get floor(): FeedPosition {
    return this.floorPosition
  }

  get bytes(): number {
    return this.heldBytes
  }

  push(change: RowChange, nowMs: number): void {
    this.changes.push(change)
    this.heldBytes += change.bytes
    while (this.start < this.changes.length) {
      const oldest = this.changes[this.start]!
      if (this.heldBytes <= this.bytesMax && nowMs - oldest.commitTimeMs <= this.ageMsMax) break
      this.heldBytes -= oldest.bytes
      this.floorPosition = oldest.position
      this.start++
    }
    if (this.start > 1024 && this.start * 2 > this.changes.length) {
      this.changes = this.changes.slice(this.start)
      this.start = 0
    }
  }

  /** Everything after `position`, or undefined when a part of it is gone. */
  after(position: FeedPosition): RowChange[] | undefined {
    if (comparePositions(position, this.floorPosition) < 0) return undefined
    let low = this.start
    let high = this.changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comparePositions(this.changes[middle]!.position, position) <= 0) low = middle + 1
      else high = middle
    }
    return this.changes.slice(low)
  }
}
