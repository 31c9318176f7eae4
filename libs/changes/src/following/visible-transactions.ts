// The log tells of a commit as soon as it is on the disk, a moment before other sessions see it. Who reads again because
// of a change has to wait for that moment, or reads the old state and never hears of the new one.

/** Transactions that a session sees: a parsed `pg_current_snapshot()`. */
export interface Snapshot {
  readonly xmin: bigint
  readonly xmax: bigint
  readonly running: ReadonlySet<bigint>
}

/** Parses `xmin:xmax:xid,xid`. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin, xmax, running = ''] = text.split(':')
  return { xmin: BigInt(xmin!), xmax: BigInt(xmax!), running: new Set(running === '' ? [] : running.split(',').map(BigInt)) }
}

/** Whether the transaction with these lower 32 bits, which is known to have committed, is visible in the snapshot. */
export function isVisible(xid: number, { xmin, xmax, running }: Snapshot): boolean {
  // The whole id is the one nearest to the snapshot's end.
  const high = xmax & ~0xffffffffn
  const candidates = [high + BigInt(xid), high + BigInt(xid) - 0x100000000n, high + BigInt(xid) + 0x100000000n]
  const distance = (id: bigint) => (id > xmax ? id - xmax : xmax - id)
  const whole = candidates.reduce((best, id) => (distance(id) < distance(best) ? id : best))
  return whole < xmin || (whole < xmax && !running.has(whole))
}

/** Queries as any login; PlatformDatabase is one. */
interface SnapshotDatabase {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

const ATTEMPTS_MAX = 400
const PAUSE_MS = 5

/**
 * Resolves when new statements see all of these committed transactions. Almost always after one look; gives up after
 * some seconds (a commit that waits for a synchronous standby), false then.
 */
export async function untilVisible(
  database: SnapshotDatabase,
  xids: Iterable<number>,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<boolean> {
  let waiting = [...xids]
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const [row] = await database.query<{ snapshot: string }>('SELECT pg_current_snapshot()::text AS snapshot')
    const snapshot = parseSnapshot(row!.snapshot)
    waiting = waiting.filter((xid) => !isVisible(xid, snapshot))
    if (waiting.length === 0) return true
    await pause(PAUSE_MS)
  }
  return false
}
