/** setTimeout cannot wait longer. */
const TIMER_MS_MAX = 2 ** 31 - 1

/** Calls `expired` once at that time (Unix seconds; never without one). Returns the way to stop. */
export function atExpiry(expiresAt: number | undefined, expired: () => void): () => void {
  if (expiresAt === undefined) return () => undefined
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const leftMs = expiresAt * 1000 - Date.now()
    if (leftMs <= 0) return expired()
    timer = setTimeout(wait, Math.min(leftMs, TIMER_MS_MAX))
    timer.unref()
  }
  timer = setTimeout(wait, 0)
  timer.unref()
  return () => clearTimeout(timer)
}
