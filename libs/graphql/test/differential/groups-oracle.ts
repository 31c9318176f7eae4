// What groups of rows have to be: which are kept, and in which order.
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import { isTrueOf } from './count-test.ts'
import type { Evaluation } from './evaluate.ts'
import { aggregateComparison } from './facts.ts'
import type { GroupPart, Groups, Having, Relation } from './model.ts'
import { compareKeys } from './sort-keys.ts'
import { junction } from './truth.ts'

type HavingCall = Extract<Having, { kind: 'call' }>
type Truth = boolean | null

/** The list is filled when what `having` compares is known. */
export function groupsOf(evaluation: Evaluation, relation: Relation, asked: Groups, candidates: readonly number[]): Json[] {
  const { filter, by, having } = asked
  const { columns } = evaluation.factsOf(relation)
  const groups = new Map<string, number[]>()
  for (const row of candidates) {
    if (filter !== undefined && evaluation.truth(relation, filter, row) !== true) continue
    const key = JSON.stringify(by.map(({ name }) => columns.get(name)!.ranks[row]))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const all = [...groups.values()]
  const list: Json[] = []
  const fill = (truthOf: (rows: readonly number[]) => Truth): void => {
    const kept = all.filter((rows) => truthOf(rows) === true)
    list.push(...ordered(evaluation, relation, asked, kept).map((rows) => groupOf(evaluation, relation, rows, asked.parts)))
  }
  const calls = having === undefined ? [] : callsOf(having)
  if (calls.length > 0)
    askCalls(evaluation, relation, calls, all, (truths) =>
      fill((rows) => holds(evaluation, relation, having!, rows, (call) => truths.get(rows)!.get(call)!)),
    )
  else fill((rows) => having === undefined || holds(evaluation, relation, having, rows, () => null))
  return list
}

type Truths = ReadonlyMap<readonly number[], ReadonlyMap<Having, Truth>>

/** Asks Postgres for the comparisons of all groups. */
function askCalls(
  evaluation: Evaluation,
  relation: Relation,
  calls: readonly HavingCall[],
  all: readonly (readonly number[])[],
  done: (truths: Truths) => void,
): void {
  const truths = new Map<readonly number[], ReadonlyMap<Having, Truth>>()
  const expressions = calls.map(({ call, column, operator, value }) => aggregateComparison(call, column, operator, value))
  for (const rows of all) {
    const fill = (values: Json[]): void => {
      truths.set(rows, new Map(calls.map((call, i) => [call, values[i] as Truth])))
      if (truths.size === all.length) done(truths)
    }
    evaluation.ask({ relation, expressions, rows, fill })
  }
}

function ordered(
  evaluation: Evaluation,
  relation: Relation,
  { first, order, limit, offset }: Groups,
  groups: readonly (readonly number[])[],
): (readonly number[])[] {
  const keys = new Map(
    groups.map((rows) => [
      rows,
      [
        ...(first === undefined ? [] : [evaluation.aggregateKey(relation, first, rows)]),
        ...order.map(({ column }) => evaluation.sortKey(relation, { path: [], column, direction: 'asc' }, rows[0]!)),
      ],
    ]),
  )
  const directions = [...(first === undefined ? [] : [first]), ...order].map(({ direction }) => direction)
  const sorted = groups.toSorted((a, b) => {
    for (const [i, direction] of directions.entries()) {
      const difference = compareKeys(keys.get(a)![i]!, keys.get(b)![i]!, direction)
      if (difference !== 0) return difference
    }
    return 0
  })
  return sorted.slice(offset ?? 0, limit === undefined ? undefined : (offset ?? 0) + limit)
}

function holds(
  evaluation: Evaluation,
  relation: Relation,
  having: Having,
  rows: readonly number[],
  truthOf: (call: HavingCall) => Truth,
): Truth {
  switch (having.kind) {
    case 'count':
      return isTrueOf(evaluation.countOf(relation, rows, having.count.columns, having.count.distinct), having.count)
    case 'call':
      return truthOf(having)
    case 'not': {
      const truth = holds(evaluation, relation, having.item, rows, truthOf)
      return truth === null ? null : !truth
    }
    default:
      return junction(
        having.kind,
        having.items.map((item) => holds(evaluation, relation, item, rows, truthOf)),
      )
  }
}

function groupOf(evaluation: Evaluation, relation: Relation, rows: readonly number[], parts: readonly GroupPart[]): JsonObject {
  const { columns } = evaluation.factsOf(relation)
  const group: JsonObject = {}
  for (const part of parts) {
    if (part.kind === 'typename') group[part.key] = `${relation.name}_group`
    else if (part.kind === 'key')
      group[part.key] = Object.fromEntries(part.columns.map(({ key, column }) => [key, columns.get(column.name)!.jsons[rows[0]!]!]))
    else Object.assign(group, evaluation.aggregated(relation, rows, [part]))
  }
  return group
}

function callsOf(having: Having): HavingCall[] {
  if (having.kind === 'call') return [having]
  if (having.kind === 'count') return []
  return having.kind === 'not' ? callsOf(having.item) : having.items.flatMap(callsOf)
}
