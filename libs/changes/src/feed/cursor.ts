// Positions in the change feed. A cursor is `epoch:commit_lsn:seq`: which life of the slot, which commit, which row of it.

/** A position: the commit's LSN and the row change's number inside that commit, from 0. */
export interface FeedPosition {
  readonly lsn: bigint
  readonly seq: number
}

/** Parses `16/B374D848`; undefined for anything else. */
export function parseLsn(text: string): bigint | undefined {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text)
  return match === null ? undefined : (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`)
}

/** The text that Postgres uses for an LSN. */
export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`
}

/** `epoch:commit_lsn:seq`. */
export function formatCursor(epoch: string, position: FeedPosition): string {
  return `${epoch}:${formatLsn(position.lsn)}:${position.seq}`
}

/**
 * The parts of a cursor; undefined when the text is none. One change can be several messages to one channel (it leaves one
 * filter and stays in another). All but the last carry the position *before* it and a running number, `…:seq-1.1`: distinct
 * ids, and who has only seen the first part is sent the change again.
 */
export function parseCursor(cursor: string): { epoch: string; position: FeedPosition } | undefined {
  const match = /^([0-9a-z]{1,32}):([^:]{1,17}):(-?\d{1,9})(?:\.\d)?$/i.exec(cursor)
  const lsn = match === null ? undefined : parseLsn(match[2]!)
  return match === null || lsn === undefined ? undefined : { epoch: match[1]!, position: { lsn, seq: Number(match[3]) } }
}

/** The cursor of message `part` (from 1) of a change that has further messages; see {@link parseCursor}. */
export function formatPartialCursor(epoch: string, position: FeedPosition, part: number): string {
  return `${formatCursor(epoch, { lsn: position.lsn, seq: position.seq - 1 })}.${part}`
}

/** Negative when `a` is before `b`, 0 when equal. */
export function comparePositions(a: FeedPosition, b: FeedPosition): number {
  return a.lsn === b.lsn ? a.seq - b.seq : a.lsn < b.lsn ? -1 : 1
}
