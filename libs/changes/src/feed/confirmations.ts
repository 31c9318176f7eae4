/**
 * When the slot may be confirmed. It is confirmed late: up to the newest position that is older than the retention time,
 * or further when more WAL than allowed would be held back. What is not confirmed is sent again after a restart, so the
 * WAL is the replay log.
 */
export class Confirmations {
  private readonly marks: { lsn: bigint; atMs: number }[] = []
  private newest: bigint

  constructor(
    private confirmedLsn: bigint,
    private readonly retentionMs: number,
    private readonly retentionBytes: number,
  ) {
    this.newest = confirmedLsn
  }

  /** Notes that everything committed before `lsn` has been received. */
  received(lsn: bigint, nowMs: number): void {
    if (lsn <= this.newest) return
    this.newest = lsn
    const last = this.marks.at(-1)
    // One mark a second is fine enough, and bounds the list: retention seconds at most.
    if (last !== undefined && nowMs - last.atMs < 1000 && this.marks.length > 1) last.lsn = lsn
    else this.marks.push({ lsn, atMs: nowMs })
  }

  /** The position up to which Postgres may forget. Never goes back. */
  confirmable(nowMs: number): bigint {
    while (this.marks.length > 0) {
      const mark = this.marks[0]!
      const tooOld = nowMs - mark.atMs >= this.retentionMs
      const tooFar = this.newest - this.confirmedLsn > BigInt(this.retentionBytes)
      if (!tooOld && !tooFar) break
      this.confirmedLsn = mark.lsn
      this.marks.shift()
    }
    return this.confirmedLsn
  }
}
