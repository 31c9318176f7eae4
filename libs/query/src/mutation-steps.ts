// Mutations with their answers. Some look at other rows than the changed ones: all parts of one statement see the tables as they were
// before it; so the change keeps its rows in a setting of the transaction, and a second statement answers.
import { keptList, keptRows } from './print/kept-rows.ts'
import { answerOf, answeredFields, type MutationAnswer } from './print/mutation-answers.ts'
import { insertReturning, mutationOf } from './print/mutations.ts'
import { needsOf, type Needs } from './print/needs.ts'
import { oneRow } from './print/rows.ts'
import { Statement } from './print/statement.ts'
import type { MutationNode } from './mutation-tree.ts'
import type { Plan } from './plan.ts'
import type { FieldNode } from './tree.ts'

const CHANGED = 'plinth.changed'

/**
 * Compiles a mutation with its answer to statements that run one after another in ONE transaction; the last one's `body` is the
 * answer (no row is the answer null). It is one statement when the answer reads nothing but columns of the changed rows. Otherwise the
 * first one changes and the second one answers, and relationships and computed fields show the tables after the change.
 */
export function compileMutationSteps(node: MutationNode, answer: MutationAnswer): readonly [Plan] | readonly [Plan, Plan] {
  const fields = answeredFields(answer)
  if (!fields.some(looksElsewhere)) return [changeAndAnswer(node, answer, fields)]
  const needs = needsOf(fields)
  return [change(node, fields, needs), answerOfKept(node, answer, needs)]
}

/** Does the field read other rows than its own, or call a function that may? */
export function looksElsewhere(field: FieldNode): boolean {
  if (field.kind === 'column') return 'kind' in field.column
  return field.kind !== 'constant' && field.kind !== 'aggregate'
}

function changeAndAnswer(node: MutationNode, answer: MutationAnswer, fields: readonly FieldNode[]): Plan {
  const statement = new Statement()
  if (node.kind === 'insert' && node.rows.kind === 'row' && 'row' in answer) {
    // Without a row that was inserted there is no answer either.
    const text = insertReturning(statement, node, (alias) => `${oneRow(statement, fields, alias)}::text as body`)
    return { text, parameters: statement.parameters, columns: ['body'] }
  }
  const cte = mutationOf(statement, node, { fields })
  const text = `with m as (${cte}) ${answerOf(statement, node, answer)}`
  return { text, parameters: statement.parameters, columns: ['body'] }
}

function change(node: MutationNode, fields: readonly FieldNode[], needs: Needs): Plan {
  const statement = new Statement()
  const cte = mutationOf(statement, node, { fields })
  const rows = `select ${keptList(node.relation, needs, 'm')} from m`
  const isKept = `set_config('${CHANGED}', coalesce(json_agg(k.*), '[]')::text, true) is not null`
  return {
    text: `with m as (${cte}) select case when ${isKept} then count(*) end as rows from (${rows}) k`,
    parameters: statement.parameters,
    columns: ['rows'],
  }
}

function answerOfKept(node: MutationNode, answer: MutationAnswer, needs: Needs): Plan {
  const statement = new Statement()
  const kept = keptRows(node.relation, needs, CHANGED)
  const text = `with m as materialized (${kept}) ${answerOf(statement, node, answer)}`
  return { text, parameters: statement.parameters, columns: ['body'] }
}
