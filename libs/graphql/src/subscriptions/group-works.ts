// From a planned live query of one caller to what a group runs: whose changes wake it, and under which claims it runs.
import type { HttpRequestFacts } from '#libs/catalog'
import { type TableFacts, type TableFollower, tableIdOf } from '#libs/changes'
import type { Principal } from '#libs/identity'
import type { Logger } from '#libs/kernel'
import type { RequestContext, Statement } from '#libs/postgres'
import type { Plan } from '#libs/query'
import type { Variables } from '../plan/inputs.ts'
import type { Recipe } from '../plan/parameters.ts'
import type { RootFilter } from '../plan/live/subscriptions.ts'
import type { TreeReads } from '../plan/reads/tree-reads.ts'
import type { GroupWork } from './live-group.ts'
import { filterGuards, policyGuards, type RowGuards } from './row-guards.ts'
import { sharedClaims } from './shared-claims.ts'
import type { StatementFacts, StatementFactsReader } from './statement-facts.ts'
import type { SubscriptionRequest } from './subscription-sink.ts'

/** A statement that is to be kept up to date for a caller. */
export interface WatchedStatement {
  readonly plan: Plan
  readonly statement: Statement
  readonly reads: TreeReads
  readonly root: RootFilter | undefined
  readonly variables: Variables
}

/** Makes the work of groups. */
export class GroupWorks {
  constructor(
    private readonly facts: StatementFactsReader,
    /** Absent: there is no change feed, and everything is polled. */
    private readonly follower: TableFollower | undefined,
    private readonly contextOf: (principal: Principal, http: HttpRequestFacts | undefined) => RequestContext,
    private readonly log: Logger,
  ) {}

  /** The work, and the key under which equal work is found. `alone`: not to be shared. */
  async make(
    watched: WatchedStatement,
    { principal, http }: Pick<SubscriptionRequest, 'principal' | 'http'>,
    alone = false,
  ): Promise<{ readonly key: string; readonly work: GroupWork }> {
    const { plan, statement, reads } = watched
    const facts = await this.facts.read(reads.relations.keys(), reads.functions)
    const context = this.contextOf(principal, http)
    // A pre-request function may read any claim, and with another isolation level the rules cannot be looked at behind the statement.
    const isPrivate = alone || context.preamble !== undefined || context.isolation !== undefined
    const claimsJson = sharedClaims(principal, isPrivate ? 'all' : facts.claims)
    const { follows, polled } = await this.follow(watched, facts, principal)
    const work = { plan, statement, context: { ...context, claimsJson }, facts, follows, polled: facts.polled ?? polled }
    // Settings may tell of the request, when something reads them.
    const key = JSON.stringify([context.role, claimsJson, context.settings, statement.text, statement.values, plan.around])
    return { key, work }
  }

  private async follow(watched: WatchedStatement, facts: StatementFacts, principal: Principal) {
    const follows = new Map<string, readonly RowGuards[]>()
    let polled = this.follower === undefined ? 'there is no change feed' : undefined
    for (const { oid, schema, name } of facts.tables) {
      const table = await this.tableFacts(schema, name, principal.role)
      if (table === undefined || table.oid !== oid) {
        polled ??= `${schema}.${name} cannot be followed`
        continue
      }
      const guards = watched.root?.relation.oid === oid ? this.guards(watched, facts, table, principal) : []
      follows.set(tableIdOf(schema, name), guards)
      try {
        await this.follower!.follow(table, guards.length > 0)
      } catch (error) {
        this.log.warn({ err: error }, 'a table that a live query reads cannot be followed; the query is run every second')
        polled ??= `${schema}.${name} cannot be followed`
      }
    }
    return { follows, polled }
  }

  private async tableFacts(schema: string, name: string, role: string): Promise<TableFacts | undefined> {
    return this.follower?.mayFollow(schema) === true ? this.follower.facts(schema, name, role) : undefined
  }

  /** Conditions that hold for every row of the table that the statement can see, if it reads it in one place only. */
  private guards(watched: WatchedStatement, facts: StatementFacts, table: TableFacts, principal: Principal): readonly RowGuards[] {
    if (facts.indirect.has(table.oid)) return []
    // The policies' text means what it says only when their functions are the platform's own.
    const ofPolicies = facts.claims === 'all' ? undefined : policyGuards(table, principal.claims)
    const ofFilter = (watched.root?.equalities ?? []).map(({ column, value }) => {
      const text = value.ref === undefined ? value.value : (value.ref as Recipe)(watched.variables)
      return filterGuards(table, column, text)
    })
    return [ofPolicies, ...ofFilter].filter((guards) => guards !== undefined)
  }
}
