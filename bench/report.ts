// The tables of bench/README.md.
import type { CatalogFigures } from './catalog.ts'
import type { StartFigures } from './start.ts'

/** Medians of one server in one case; `ratio` is against the reference of the same round. */
export interface CaseFigures {
  readonly case: string
  readonly server: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly ratio: number
  /** The least ratio that is good enough; undefined for the reference. */
  readonly goal: number | undefined
  /** Processor milliseconds per request: of the server's process, and of Postgres for it. */
  readonly cpuServerMs: number
  readonly cpuPostgresMs: number
  /** Resident memory of the server's process after the case. */
  readonly residentMb: number
  /** Against the peer of the same round: requests a second, and processor time of the server per request. */
  readonly againstPeer: { readonly ratio: number; readonly goal: number; readonly cpuShare: number } | undefined
}

/** Everything that one run has measured. */
export interface Report {
  readonly date: string
  readonly node: string
  readonly cpu: string
  readonly commit: string
  readonly connections: number
  readonly rounds: number
  readonly seconds: number
  readonly requests:
    | { readonly figures: readonly CaseFigures[]; readonly limit: Record<string, number> | string; readonly catalog: CatalogFigures }
    | undefined
  readonly start: StartFigures | undefined
}

/** Markdown. */
export function renderReport(report: Report): string {
  const lines = [
    `Measured ${report.date} at ${report.commit}, Node ${report.node}, ${report.cpu}; ${report.connections} connections, ${report.rounds} rounds of ${report.seconds} s each, interleaved.`,
    '',
  ]
  if (report.requests !== undefined) {
    const { figures, limit } = report.requests
    lines.push(
      '| case | server | requests/s | p50 ms | p99 ms | of the reference | goal | CPU s per 1,000: server | Postgres | server RSS MB |',
      '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    )
    for (const each of figures) {
      lines.push(
        `| ${each.case} | ${each.server} | ${Math.round(each.perSecond)} | ${each.p50Ms} | ${each.p99Ms} | ${each.ratio.toFixed(2)} | ${each.goal ?? ''} | ${each.cpuServerMs.toFixed(3)} | ${each.cpuPostgresMs.toFixed(3)} | ${each.residentMb} |`,
      )
    }
    if (typeof limit === 'string') lines.push('', limit)
    else
      lines.push(
        ...Object.entries(limit).map(([name, perSecond]) => `| ${name} | pgbench, no server | ${Math.round(perSecond)} | | | | | | | |`),
      )
    lines.push('', ...peerTable(figures))
  }
  if (report.requests !== undefined) {
    const { tables, loadMs, lookMs, heapMb, ddlVisibleMs, ddlVisibleBusyMs, longestBlockMs } = report.requests.catalog
    lines.push(
      `| catalog of ${tables} tables (medians) | measured | goal |`,
      '|---|---:|---:|',
      `| load | ${loadMs.toFixed(0)} ms | 2000 ms |`,
      `| memory | ${heapMb.toFixed(0)} MB | 60 MB |`,
      `| DDL of another connection to the column in the catalog | ${ddlVisibleMs.toFixed(0)} ms | 200 ms |`,
      `| the same while others write | ${ddlVisibleBusyMs.toFixed(0)} ms | 200 ms |`,
      `| look for changes after a commit | ${lookMs.toFixed(1)} ms | |`,
      `| longest block of the event loop by all of these | ${longestBlockMs.toFixed(0)} ms | |`,
      '',
    )
  }
  if (report.start !== undefined) {
    const { repetitions, coldMs, warmMs, residentMb, proportionalMb } = report.start
    lines.push(`| start (median of ${repetitions}) | measured | goal |`, '|---|---:|---:|')
    lines.push(`| cold: empty data folder to ready | ${coldMs} ms | 6000 ms |`, `| warm: to ready | ${warmMs} ms | 2500 ms |`)
    lines.push(
      `| resident memory of all processes, sum of RSS | ${residentMb} MB | 300 MB |`,
      `| the same, shared pages counted once (PSS) | ${proportionalMb} MB | |`,
      '',
    )
  }
  return lines.join('\n')
}

/** Our GraphQL beside PostGraphile's, where both were measured. */
function peerTable(figures: readonly CaseFigures[]): string[] {
  const compared = figures.filter(({ againstPeer }) => againstPeer !== undefined)
  if (compared.length === 0) return []
  const rows = compared.map(({ case: name, perSecond, cpuServerMs, againstPeer }) => {
    const peer = figures.find((each) => each.case === name && each.server === 'PostGraphile')!
    const { ratio, goal, cpuShare } = againstPeer!
    return `| ${name} | ${Math.round(perSecond)} | ${Math.round(peer.perSecond)} | ${ratio.toFixed(1)} | ${goal} | ${cpuServerMs.toFixed(3)} | ${peer.cpuServerMs.toFixed(3)} | ${cpuShare.toFixed(2)} | 0.25 |`
  })
  return [
    '| GraphQL against PostGraphile 5 | ours/s | its/s | times | goal | CPU s per 1,000: ours | its | share | goal |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
  ]
}
