import { describe, expect, it } from 'vitest'
import { Metrics } from './metrics.ts'

describe('Metrics', () => {
  it('counts requests by route, method and status, and their time', async () => {
    const metrics = new Metrics()
    metrics.observeRequest('/rest/v1/*', 'GET', 200, 4)
    metrics.observeRequest('/rest/v1/*', 'GET', 200, 6)
    metrics.observeRequest('/rest/v1/*', 'GET', 404, 20_000)
    const { text } = await metrics.render()
    metrics.close()
    expect(text).toContain('plinth_http_requests_total{route="/rest/v1/*",method="GET",status="200"} 2')
    expect(text).toContain('plinth_http_request_duration_seconds_sum{route="/rest/v1/*",method="GET"} 20.01')
    const buckets = [...text.matchAll(/duration_seconds_bucket\{route="[^"]*",method="GET",le="([^"]+)"\} (\d+)/g)].map((match) => [
      match[1],
      Number(match[2]),
    ])
    expect(Object.fromEntries(buckets)).toMatchObject({ '0.0025': 0, '0.005': 1, '0.01': 2, '10': 2, '+Inf': 3 })
    expect(text).toMatch(/plinth_event_loop_lag_seconds\{quantile="0.99"\} \d/)
  })

  it('reads gauges at each scrape and leaves out one whose reader fails', async () => {
    const metrics = new Metrics()
    let sockets = 1
    metrics.gauge('plinth_sockets', 'sockets', () => sockets)
    metrics.gauge('plinth_pool', 'pool', () => [{ labels: { pool: 'api' }, value: 3 }], ['pool'])
    metrics.gauge('plinth_broken', 'broken', () => Promise.reject(new Error('away')))
    await metrics.render()
    sockets = 7
    const { text } = await metrics.render()
    metrics.close()
    expect(text).toMatch(/plinth_sockets 7\n/)
    expect(text).toMatch(/plinth_pool\{pool="api"\} 3\n/)
    expect(text).not.toMatch(/plinth_broken \d/)
  })
})
