// Asks Postgres, as the subscriber's role and with the subscriber's claims, which row versions the policies show.
// Correct before fast: no policy is interpreted here. Whatever cannot be judged is denied.
import { WorkLine } from '#libs/kernel'
import { arrayLiteral, recordLiteral, type RequestDatabase } from '#libs/postgres'
import type { ChangedRelation, RowText } from '../feed/row-change.ts'
import { judgeRowsSql } from './judge-rows.sql.ts'
import type { TableFacts } from './table-facts.ts'

/** Who looks: subscribers with equal role and claims see the same. */
export interface Viewer {
  readonly role: string
  /** `request.jwt.claims` as JSON text. */
  readonly claimsJson: string
}

/** The judging could not be done now (database busy or away): nothing was decided, and it may be tried again. */
export class JudgementUnavailable extends Error {}

/** Judges row versions; bounded in concurrency, because it shares the pools with the requests of the API. */
export class RowJudge {
  private readonly line: WorkLine
  /** Rows that were denied because they could not be judged. */
  unjudgeable = 0
  /** Statements that were run. */
  statements = 0

  constructor(
    private readonly database: RequestDatabase,
    concurrencyMax = 4,
    private readonly timeoutMs = 5_000,
  ) {
    this.line = new WorkLine(concurrencyMax)
  }

  /** For each row: may the viewer see it? undefined: it could not be judged, which counts as no. The rows have the shape that `facts` describes (see hasSameShape). */
  async judge(viewer: Viewer, facts: TableFacts, relation: ChangedRelation, rows: readonly RowText[]): Promise<(boolean | undefined)[]> {
    if (!facts.rowSecurityApplies) return rows.map(() => true)
    const sql = judgeRowsSql(facts, relation)
    if (sql === undefined) return rows.map(() => false)
    const logged = new Set(relation.columns.map((column) => column.name))
    const literals = rows.map((row) => literalOf(facts, logged, row))
    const complete = literals.filter((literal) => literal !== undefined)
    const answers = complete.length === 0 ? [] : await this.line.run(() => this.ask(viewer, sql, complete))
    let next = 0
    return literals.map((literal) => (literal === undefined ? this.deny() : answers[next++]))
  }

  private async ask(viewer: Viewer, text: string, literals: readonly string[]): Promise<(boolean | undefined)[]> {
    this.statements++
    try {
      const result = await this.database.run(
        { role: viewer.role, claimsJson: viewer.claimsJson, readOnly: true, timeoutMs: this.timeoutMs },
        { text, values: [arrayLiteral(literals)] },
      )
      if (result.rows.length !== literals.length) throw new Error('the number of judged rows differs')
      return result.rows.map((row) => row[0] === 't')
    } catch (error) {
      const sqlstate = (error as { sqlstate?: string }).sqlstate
      if (sqlstate === undefined || isTransient(sqlstate)) throw new JudgementUnavailable('rows could not be judged', { cause: error })
      // Class 42 (rights, names): the policy itself cannot run for this role, as it could not in a query of its own.
      if (sqlstate.startsWith('42') || literals.length === 1) return literals.map(() => this.deny())
      const middle = literals.length >>> 1
      return [...(await this.ask(viewer, text, literals.slice(0, middle))), ...(await this.ask(viewer, text, literals.slice(middle)))]
    }
  }

  private deny(): undefined {
    this.unjudgeable++
    return undefined
  }
}

/** Connection failures, shutdowns, time limits, too many connections, serialisation: says nothing about the row. */
function isTransient(sqlstate: string): boolean {
  return /^(08|53|57|40|55)/.test(sqlstate)
}

function literalOf(facts: TableFacts, logged: ReadonlySet<string>, row: RowText): string | undefined {
  const values: (string | null)[] = []
  for (const column of facts.columns) {
    const value = logged.has(column.name) ? row[column.name] : null
    if (value === undefined) return undefined
    values.push(value)
  }
  return recordLiteral(values)
}
