// Mutations whose answer looks at other rows than the changed ones. All parts of one statement see the tables as they were
// before it; so the change keeps its rows in a setting of the transaction, and a second statement answers.
import { keptList, keptRows } from './print/kept-rows.ts'
import { answerBody, answeredFields, type MutationAnswer } from './print/mutation-answers.ts'
import { mutationOf } from './print/mutations.ts'
import { needsOf, type Needs } from './print/needs.ts'
import { Statement } from './print/statement.ts'
import type { MutationNode } from './mutation-tree.ts'
import type { Plan } from './plan.ts'
import type { FieldNode } from './tree.ts'

const CHANGED = 'plinth.changed'

/**
 * Compiles a mutation with its answer to statements that run one after another in ONE transaction; the last one's `body` is the
 * answer, every one has `rows`. It is one statement when the answer reads nothing but columns of the changed rows. Otherwise the
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
  const cte = mutationOf(statement, node, { fields })
  const body = answerBody(statement, node, answer)
  const text = `with m as (${cte}) select ${body} as body, (select count(*) from m) as rows`
  return { text, parameters: statement.parameters, columns: ['body', 'rows'] }
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
  const body = answerBody(statement, node, answer)
  const text = `with m as materialized (${kept}) select ${body} as body, (select count(*) from m) as rows`
  return { text, parameters: statement.parameters, columns: ['body', 'rows'] }
}
