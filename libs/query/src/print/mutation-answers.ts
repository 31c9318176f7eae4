// What a mutation answers beside rows alone: GraphQL's `{affected_rows returning {…}}`, or one row. Both are read from the
// changed rows under the name `m`, which is the CTE of the mutation or rows that an earlier statement has kept.
import { quoteLiteral } from '#libs/postgres'
import type { MutationNode, MutationPart } from '../mutation-tree.ts'
import type { FieldNode } from '../tree.ts'
import { jsonObject } from './json-object.ts'
import { mutatedSource } from './mutations.ts'
import { selectRows } from './rows.ts'
import type { Statement } from './statement.ts'

/** The answer key by key, or with `row` the first changed row as an object (null when there is none). */
export type MutationAnswer = readonly MutationPart[] | { readonly row: readonly FieldNode[] }

/** What the answer reads of the changed rows. */
export function answeredFields(answer: MutationAnswer): readonly FieldNode[] {
  if ('row' in answer) return answer.row
  return answer.flatMap((part) => (part.kind === 'returning' ? part.fields : []))
}

/** The answer as a text expression over `m`; `count` is how many rows were affected. */
export function answerBody(
  statement: Statement,
  node: Pick<MutationNode, 'relation'>,
  answer: MutationAnswer,
  count = '(select count(*) from m)',
): string {
  if ('row' in answer) {
    const rows = statement.alias('r')
    const select = selectRows(statement, { fields: answer.row, order: [], limit: 1 }, mutatedSource(statement, node))
    return `coalesce((select ${select.json(rows)} from (${select.text}) ${rows})::text, 'null')`
  }
  const pairs = answer.map((part) => {
    if (part.kind === 'affected_rows') return [part.key, count] as const
    if (part.kind === 'constant') return [part.key, `${quoteLiteral(part.value)}::text`] as const
    const rows = statement.alias('r')
    const select = selectRows(statement, { fields: part.fields, order: [] }, mutatedSource(statement, node))
    return [part.key, `(select coalesce(${select.array(rows)}, '[]') from (${select.text}) ${rows})`] as const
  })
  return `${jsonObject(pairs)}::text`
}
