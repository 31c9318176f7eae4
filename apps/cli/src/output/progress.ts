/** Shows on stderr that something takes time: only at a terminal, and only when it takes longer than a moment. */
export async function withProgress<T>(title: string, work: () => Promise<T>, stderr: NodeJS.WriteStream = process.stderr): Promise<T> {
  if (!stderr.isTTY) return work()
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
