// Equal live queries of subscribers with equal claims: run once for all of them, at most one run at a time.
import { createHash } from 'node:crypto'
import type { RequestContext, Statement, StatementResult } from '#libs/postgres'
import { documentOf, type Plan } from '#libs/query'
import type { Follower } from './wake-index.ts'
import type { RowGuards } from './row-guards.ts'
import type { StatementFacts } from './statement-facts.ts'

/** One subscriber of a group. */
export interface GroupMember {
  /** Its own claims as JSON text. */
  readonly claimsJson: string
  /** Called with each result that this member has not got yet. `wokenMs`: when the change came, for a result of a change. */
  deliver(body: string, hash: string, wokenMs: number | undefined): void
  /** The run failed; true when the member goes on. */
  fail(error: unknown): void
}

/** What a group runs, and when. */
export interface GroupWork {
  readonly plan: Plan
  readonly statement: Statement
  /** With the claims that all members share. */
  readonly context: RequestContext
  readonly facts: StatementFacts
  readonly follows: ReadonlyMap<string, readonly RowGuards[]>
  /** Why it is run every second; undefined when the change feed tells all. */
  readonly polled: string | undefined
}

/** What groups share. */
export interface GroupHost {
  /** Runs the work when its turn comes. */
  inTurn(work: () => Promise<void>): void
  run(context: RequestContext, statement: Statement): Promise<StatementResult>
  /** A policy, view or function is another one than the group was made for. */
  rulesChanged(): void
  /** The pause before a failed run is tried again; undefined when the failure is final. */
  pauseAfter(error: unknown, failures: number): number | undefined
  counted(what: 'run' | 'skipped'): void
}

/** A group. */
export class LiveGroup implements Follower {
  readonly members = new Map<GroupMember, number>()
  private readonly claims = new Map<string, number>()
  private runs = 0
  private state: 'idle' | 'queued' | 'running' = 'idle'
  private again = false
  private closed = false
  private hash = ''
  private wokenMs: number | undefined
  private failures = 0

  constructor(
    readonly key: string,
    readonly work: GroupWork,
    private readonly host: GroupHost,
  ) {}

  get follows(): ReadonlyMap<string, readonly RowGuards[]> {
    return this.work.follows
  }

  /** Adds a member: it gets the result of a run that begins after now. */
  add(member: GroupMember): void {
    this.members.set(member, this.runs)
    this.claims.set(member.claimsJson, (this.claims.get(member.claimsJson) ?? 0) + 1)
    this.enqueue()
  }

  /** Removes a member; true when it was the last one. */
  remove(member: GroupMember): boolean {
    if (!this.members.delete(member)) return false
    const left = this.claims.get(member.claimsJson)! - 1
    if (left === 0) this.claims.delete(member.claimsJson)
    else this.claims.set(member.claimsJson, left)
    return this.members.size === 0
  }

  /** Something that the statement reads has changed: a run begins after now. */
  wake(changedMs?: number): void {
    this.wokenMs ??= changedMs
    this.enqueue()
  }

  /** Ends the group; a result under way is dropped. */
  close(): void {
    this.closed = true
    this.members.clear()
  }

  private enqueue(): void {
    if (this.closed || this.state === 'queued') return
    if (this.state === 'running') {
      this.again = true
      return
    }
    this.state = 'queued'
    this.host.inTurn(() => this.turn())
  }

  private async turn(): Promise<void> {
    if (this.closed) return
    this.state = 'running'
    this.again = false
    const wokenMs = this.wokenMs
    this.wokenMs = undefined
    this.runs++
    try {
      await this.runOnce(this.runs, wokenMs)
      this.failures = 0
    } catch (error) {
      this.failed(error)
    } finally {
      this.state = 'idle'
    }
    if (this.again) this.enqueue()
  }

  private failed(error: unknown): void {
    if (this.closed) return
    const pauseMs = this.host.pauseAfter(error, ++this.failures)
    if (pauseMs !== undefined) setTimeout(() => this.wake(), pauseMs).unref()
    else for (const member of this.members.keys()) member.fail(error)
  }

  private async runOnce(number: number, wokenMs: number | undefined): Promise<void> {
    const { plan, statement, context, facts } = this.work
    this.host.counted('run')
    let body: string | null | undefined
    if (this.claims.size === 1) {
      // All members are the same caller: the statement runs as it would in a request of its own.
      const [claimsJson] = this.claims.keys()
      body = (await this.host.run({ ...context, claimsJson: claimsJson! }, statement)).rows[0]?.[0]
    } else {
      // The result goes to different callers. It must not matter to which of them, so the run has only the claims that they
      // share, and the rules are looked at once more behind it: nobody may be shown what a newer policy would have hidden.
      const result = await this.host.run(context, { ...statement, after: [facts.check] })
      if (result.after?.[0]?.[0]?.[0] !== facts.fingerprint) return this.host.rulesChanged()
      body = result.rows[0]?.[0]
    }
    if (this.closed) return
    this.tell(`{"data":${documentOf(plan, body)}}`, number, wokenMs)
  }

  private tell(body: string, number: number, wokenMs: number | undefined): void {
    const hash = createHash('sha256').update(body).digest('base64')
    if (hash === this.hash) this.host.counted('skipped')
    this.hash = hash
    for (const [member, joinedAt] of this.members) if (joinedAt < number) member.deliver(body, hash, wokenMs)
  }
}
