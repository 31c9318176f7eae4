// Which conditions a column offers, in words, and how they travel (PostgREST's operators).
import type { ColumnInfo } from '#admin-api'
import { type ColumnKind, kindOf } from './column-kind.ts'

export interface FilterOperator {
  readonly id: string
  /** As it reads in a chip: "title contains whale". */
  readonly label: string
  /** False for conditions without a value. */
  readonly takesValue: boolean
  /** Operator and operand on the wire. */
  readonly wire: (value: string) => readonly [operator: string, operand: unknown]
}

const plain = (id: string, label: string, operator: string): FilterOperator => ({
  id,
  label,
  takesValue: true,
  wire: (value) => [operator, value],
})
const bare = (id: string, label: string, operator: string, operand: unknown): FilterOperator => ({
  id,
  label,
  takesValue: false,
  wire: () => [operator, operand],
})
/** `%` and `_` in what was typed mean themselves. */
const literal = (value: string) => value.replace(/[\\%_]/g, '\\$&')

const all = {
  contains: { id: 'contains', label: 'contains', takesValue: true, wire: (value: string) => ['ilike', `%${literal(value)}%`] as const },
  starts: { id: 'starts', label: 'starts with', takesValue: true, wire: (value: string) => ['ilike', `${literal(value)}%`] as const },
  eq: plain('eq', 'is', 'eq'),
  neq: plain('neq', 'is not', 'neq'),
  lt: plain('lt', '<', 'lt'),
  lte: plain('lte', '≤', 'lte'),
  gt: plain('gt', '>', 'gt'),
  gte: plain('gte', '≥', 'gte'),
  before: plain('lt', 'before', 'lt'),
  since: plain('gte', 'on or after', 'gte'),
  oneOf: {
    id: 'in',
    label: 'is one of',
    takesValue: true,
    wire: (value: string) => ['in', value.split(',').map((item) => item.trim())] as const,
  },
  holds: plain('cs', 'contains', 'cs'),
  yes: bare('yes', 'is true', 'is', true),
  no: bare('no', 'is false', 'is', false),
  empty: bare('null', 'is null', 'is', null),
  filled: bare('notnull', 'is not null', 'not.is', null),
} satisfies Record<string, FilterOperator>

const numbers = [all.eq, all.neq, all.lt, all.lte, all.gt, all.gte, all.oneOf]
const times = [all.since, all.before, all.eq]
const byKind: Record<ColumnKind, FilterOperator[]> = {
  text: [all.contains, all.eq, all.neq, all.starts, all.oneOf],
  integer: numbers,
  number: numbers,
  boolean: [all.yes, all.no],
  timestamp: times,
  date: times,
  time: times,
  json: [all.holds],
  enum: [all.eq, all.neq, all.oneOf],
  uuid: [all.eq, all.neq, all.oneOf],
  array: [all.holds],
  bytes: [],
  other: [all.eq, all.neq],
}

export function operatorsFor(column: ColumnInfo): FilterOperator[] {
  return [...byKind[kindOf(column)], ...(column.nullable ? [all.empty, all.filled] : [])]
}

export function findOperator(column: ColumnInfo, id: string): FilterOperator | undefined {
  return operatorsFor(column).find((operator) => operator.id === id)
}
