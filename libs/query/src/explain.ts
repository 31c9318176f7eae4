// Plans of statements instead of their results: EXPLAIN, and the planner's estimate of a count.
import { whereOf } from './print/clauses.ts'
import { relationSource } from './print/rows.ts'
import { Statement } from './print/statement.ts'
import type { Plan } from './plan.ts'
import type { ReadNode } from './tree.ts'

/** Options of EXPLAIN. `analyze` runs the statement. */
export interface ExplainOptions {
  readonly format: 'json' | 'text'
  readonly analyze?: boolean
  readonly verbose?: boolean
  readonly settings?: boolean
  readonly buffers?: boolean
  readonly wal?: boolean
}

const switches = ['analyze', 'verbose', 'settings', 'buffers', 'wal'] as const

/** `explain (format …, …) <statement>`: the result has the one column `plan`; JSON is one row, text one row a line. */
export function explainOf(plan: Plan, options: ExplainOptions): Plan {
  const chosen = [`format ${options.format === 'json' ? 'json' : 'text'}`, ...switches.filter((name) => options[name] === true)]
  return { text: `explain (${chosen.join(', ')}) ${plan.text}`, parameters: plan.parameters, columns: ['plan'] }
}

/**
 * `explain (format json) select 1 from … where …`: how many rows the planner expects of a read without its limit, in
 * `plan[0].Plan."Plan Rows"` of the one JSON text. Costs no scan.
 */
export function compilePlanCount(node: ReadNode): Plan {
  const statement = new Statement()
  const source = relationSource(statement, node)
  const text = `select 1 from ${source.from}${whereOf(statement, node, source)}`
  return explainOf({ text, parameters: statement.parameters, columns: [] }, { format: 'json' })
}
