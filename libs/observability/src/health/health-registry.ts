// Readiness as a registry: whoever depends on something registers a check, `/health/ready` asks all of them.

/** Asks one dependency. Resolves to undefined when it works, else to one sentence that says what is wrong. */
export type HealthCheck = () => Promise<string | undefined>

/** The answer of one check. */
export interface CheckResult {
  readonly status: 'ok' | 'fail'
  /** What is wrong; only with `fail`. */
  readonly detail?: string
  readonly durationMs: number
}

/** The answer of `GET /health/ready`. */
export interface HealthReport {
  readonly status: 'ok' | 'fail'
  readonly checks: Readonly<Record<string, CheckResult>>
}

/** Collects checks and runs them side by side, each within `timeoutMs` (default 2000). */
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>()

  constructor(private readonly timeoutMs = 2000) {}

  /** Registers a dependency under the name that `/health/ready` shows; a second one of that name replaces it. */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check)
  }

  /** Runs all checks. A check that throws or hangs is a failed one: nothing fails open. */
  async report(): Promise<HealthReport> {
    const results = await Promise.all([...this.checks].map(async ([name, check]) => [name, await this.runCheck(check)] as const))
    return { status: results.every(([, result]) => result.status === 'ok') ? 'ok' : 'fail', checks: Object.fromEntries(results) }
  }

  private async runCheck(check: HealthCheck): Promise<CheckResult> {
    const started = performance.now()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no answer within ${this.timeoutMs} ms`), this.timeoutMs)
    })
    const fault = await Promise.race([check().catch((error: unknown) => (error instanceof Error ? error.message : String(error))), late])
    clearTimeout(timer)
    const durationMs = Math.round(performance.now() - started)
    return fault === undefined ? { status: 'ok', durationMs } : { status: 'fail', detail: fault, durationMs }
  }
}
