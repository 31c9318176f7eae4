// Counts of answered requests. Kept by hand instead of in prom-client's counters, because this is the one metric that is
// written on every request: two map look-ups here, some microseconds of label hashing there.

const bucketsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]

/** One route and method. */
interface Tally {
  readonly byStatus: Map<number, number>
  /** Requests per bucket, not cumulated; the last entry is everything slower. */
  readonly slots: Uint32Array
  count: number
  sumMs: number
}

/** `plinth_http_requests_total` and `plinth_http_request_duration_seconds`. */
export class RequestTally {
  private readonly routes = new Map<string, Map<string, Tally>>()

  /** Counts one request; `route` is a pattern and `method` one of HTTP's, so that there are few. */
  observe(route: string, method: string, status: number, durationMs: number): void {
    const tally = this.tallyOf(route, method)
    tally.count += 1
    tally.sumMs += durationMs
    tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1)
    let slot = 0
    while (slot < bucketsMs.length && durationMs > bucketsMs[slot]!) slot += 1
    tally.slots[slot]! += 1
  }

  /** Both metrics in the Prometheus text format. */
  render(): string {
    const totals = [
      '# HELP plinth_http_requests_total Requests answered, by route, method and status.',
      '# TYPE plinth_http_requests_total counter',
    ]
    const name = 'plinth_http_request_duration_seconds'
    const durations = [`# HELP ${name} Time from the first byte of a request to the end of its answer.`, `# TYPE ${name} histogram`]
    for (const [route, methods] of this.routes) {
      for (const [method, tally] of methods) {
        const labels = `route="${escapeLabel(route)}",method="${escapeLabel(method)}"`
        for (const [status, count] of tally.byStatus) totals.push(`plinth_http_requests_total{${labels},status="${status}"} ${count}`)
        let below = 0
        bucketsMs.forEach((boundMs, slot) =>
          durations.push(`${name}_bucket{${labels},le="${boundMs / 1000}"} ${(below += tally.slots[slot]!)}`),
        )
        durations.push(
          `${name}_bucket{${labels},le="+Inf"} ${tally.count}`,
          `${name}_sum{${labels}} ${tally.sumMs / 1000}`,
          `${name}_count{${labels}} ${tally.count}`,
        )
      }
    }
    return `${[...totals, ...durations].join('\n')}\n`
  }

  private tallyOf(route: string, method: string): Tally {
    let methods = this.routes.get(route)
    if (methods === undefined) this.routes.set(route, (methods = new Map()))
    let tally = methods.get(method)
    if (tally === undefined)
      methods.set(method, (tally = { byStatus: new Map(), slots: new Uint32Array(bucketsMs.length + 1), count: 0, sumMs: 0 }))
    return tally
  }
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
