import type { Terminal } from '../terminal.ts'

/** Shows on stderr that something takes time: only at a terminal, and only when it takes longer than a moment. */
export async function withProgress<T>(stderr: Terminal['stderr'], title: string, work: () => Promise<T>): Promise<T> {
  if (stderr.isTTY !== true) return work()
  const started = performance.now()
  let isShown = false
  const timer = setInterval(() => {
    isShown = true
    stderr.write(`\r${title} … ${((performance.now() - started) / 1000).toFixed(0)} s`)
  }, 1000)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (isShown) stderr.write('\r\u001b[K')
  }
}
