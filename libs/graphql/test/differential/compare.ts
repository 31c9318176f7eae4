// Runs an operation, asks what is due, and says where they differ.
import { parseExact, type Json, type JsonObject } from '../../../query/test/property/exact-json.ts'
import { canonicalQuery } from './canonical-answer.ts'
import { textOf } from './document-text.ts'
import { Evaluation } from './evaluate.ts'
import type { Operation, Query } from './model.ts'
import { shrink } from './shrink.ts'
import { Refused } from './sql-session.ts'
import type { Outcome, StartedWorld } from './started-world.ts'

export interface Result {
  readonly operation: Operation
  /** Was it answered with data? */
  readonly rows: boolean
  readonly difference?: { readonly due: string; readonly got: string }
}

/** The dialect's code for a refusal of Postgres. */
export function codeOf(sqlstate: string): string {
  if (['23001', '23502', '23503', '23505', '23P01'].includes(sqlstate)) return 'constraint-violation'
  if (sqlstate === '42501' || sqlstate === '23514') return 'permission-error'
  if (sqlstate.startsWith('22')) return 'data-exception'
  if (sqlstate === '21000') return 'constraint-violation'
  return `unknown ${sqlstate}`
}

export class Comparison {
  constructor(private readonly started: StartedWorld) {}

  async query(query: Query): Promise<Result> {
    const [due, outcome] = await Promise.all([this.dueOf(query), this.started.run(query)])
    const got = writtenOutcome(outcome, (data) => canonicalQuery(query.fields, data))
    return { operation: query, rows: outcome.text !== undefined, ...(due === got ? {} : { difference: { due, got } }) }
  }

  private async dueOf(query: Query): Promise<string> {
    try {
      return canonicalQuery(query.fields, await new Evaluation(this.started.facts, query.caller).query(query.fields))
    } catch (error) {
      if (error instanceof Refused) return `refused: ${codeOf(error.sqlstate)}`
      throw error
    }
  }

  async describe(operation: Operation): Promise<string> {
    const smallest = await shrink(operation, async (candidate) => (await this.query(candidate as Query)).difference !== undefined)
    const { difference } = await this.query(smallest as Query)
    const { query, variables } = textOf(smallest)
    return [
      `${query}\nas ${operation.caller.name} ${JSON.stringify(variables)}`,
      ...firstDifference(difference?.due ?? '', difference?.got ?? ''),
    ].join('\n')
  }
}

function writtenOutcome({ text, refusal }: Outcome, write: (data: Json) => string): string {
  if (text === undefined)
    return `refused: ${refusal!.code}${refusal!.code === 'permission-error' ? '' : ` ${refusal!.message} ${refusal!.path}`}`
  return write((parseExact(text) as JsonObject)['data']!)
}

/** Where two texts part. */
function firstDifference(due: string, got: string): string[] {
  let at = 0
  while (at < due.length && due[at] === got[at]) at += 1
  const from = Math.max(0, at - 300)
  return [`due ${due.slice(from, at + 500)}`, `got ${got.slice(from, at + 500)}`]
}
