// Prometheus metrics. Counters are fed by the request hook; gauges are read when somebody scrapes, so that they cost
// nothing between scrapes.
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'
import { Gauge, Registry } from 'prom-client'
import { RequestTally } from './request-tally.ts'

/** How often the event loop is sampled. */
const loopSampleMs = 20

/** A gauge's reading: a number, or one number per label set. */
export type GaugeReading = number | readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]

/** The process's metrics and the text of `GET /metrics`. */
export class Metrics {
  private readonly registry = new Registry()
  private readonly loopDelay: IntervalHistogram = monitorEventLoopDelay({ resolution: loopSampleMs })
  private readonly requests = new RequestTally()

  constructor() {
    this.loopDelay.enable()
    this.gauge('plinth_event_loop_lag_seconds', 'Event loop delay since the last scrape, by quantile.', () => this.readLoopDelay(), [
      'quantile',
    ])
    this.gauge('plinth_process_resident_memory_bytes', 'Resident memory of the server process.', () => process.memoryUsage.rss())
    this.gauge('plinth_process_uptime_seconds', 'Seconds since the process started.', () => process.uptime())
    this.gauge('plinth_process_cpu_seconds_total', 'CPU time of the server process.', () => {
      const usage = process.cpuUsage()
      return (usage.user + usage.system) / 1e6
    })
  }

  private readLoopDelay(): GaugeReading {
    const reading = [0.5, 0.99].map((quantile) => ({
      labels: { quantile: String(quantile) },
      // The histogram holds the time between two samples; the lag is what exceeds the interval.
      value: Math.max(0, this.loopDelay.percentile(quantile * 100) / 1e9 - loopSampleMs / 1000),
    }))
    this.loopDelay.reset()
    return reading
  }

  /** Counts one answered request. `route` is the pattern, never the URL: its values must stay few. */
  observeRequest(route: string, method: string, status: number, durationMs: number): void {
    this.requests.observe(route, method, status, durationMs)
  }

  /** Registers a gauge that is read at each scrape. A reader that throws leaves its gauge out of that scrape. */
  gauge(name: string, help: string, read: () => GaugeReading | Promise<GaugeReading>, labelNames: readonly string[] = []): void {
    const gauge: Gauge<string> = new Gauge<string>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: async () => {
        gauge.reset()
        const reading = await Promise.resolve()
          .then(read)
          .catch(() => undefined)
        if (typeof reading === 'number') gauge.set(reading)
        else if (reading === undefined) gauge.remove({})
        else for (const { labels, value } of reading) gauge.set(labels, value)
      },
    })
  }

  /** The Prometheus text format and its content type. */
  async render(): Promise<{ readonly text: string; readonly contentType: string }> {
    return { text: `${this.requests.render()}\n${await this.registry.metrics()}`, contentType: this.registry.contentType }
  }

  /** Stops the event loop monitor, so that the process can end. */
  close(): void {
    this.loopDelay.disable()
  }
}
