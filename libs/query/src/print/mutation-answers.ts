// What a mutation answers beside rows alone: GraphQL's `{affected_rows returning {…}}`, or one row. Both are read from the
// changed rows under the name `m`, which is the CTE of the mutation or rows that an earlier statement has kept.
import { quoteLiteral } from '#libs/postgres'
import type { Relation } from '#libs/catalog'
import type { MutationPart } from '../mutation-tree.ts'
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

/** What is kept of a mutation, beside its changed rows under `m`. */
export interface AnsweredRows {
  readonly relation: Relation
  /** How many rows were affected, where that is not how many there are under `m`. */
  readonly affected?: string
}

/** `select … as body …`: the answer as text in one row, or for one row that is not there none. The rows are read once. */
export function answerOf(statement: Statement, rows: AnsweredRows, answer: MutationAnswer): string {
  if ('row' in answer) {
    const { json, from } = changedRows(statement, rows, answer.row, 1)
    return `select ${json}::text as body from ${from}`
  }
  const returning = answer.filter(({ kind }) => kind === 'returning').length
  const counted = rows.affected ?? 'count(*)'
  const isCounted = rows.affected === undefined && answer.some(({ kind }) => kind === 'affected_rows')
  let from = returning === 0 && isCounted ? ' from m' : ''
  const pairs = answer.map((part) => {
    if (part.kind === 'constant') return [part.key, `${quoteLiteral(part.value)}::text`] as const
    if (part.kind === 'affected_rows') return [part.key, returning > 1 && isCounted ? '(select count(*) from m)' : counted] as const
    const changed = changedRows(statement, rows, part.fields)
    if (returning > 1) return [part.key, `(select ${changed.array} from ${changed.from})`] as const
    from = ` from ${changed.from}`
    return [part.key, changed.array] as const
  })
  return `select ${jsonObject(pairs)}::text as body${from}`
}

function changedRows(statement: Statement, { relation }: AnsweredRows, fields: readonly FieldNode[], limit?: number) {
  const rows = statement.alias('r')
  const select = selectRows(statement, { fields, order: [], limit }, mutatedSource(statement, { relation }))
  return { from: `(${select.text}) ${rows}`, json: select.json(rows), array: `coalesce(${select.array(rows)}, '[]')` }
}
