// A level of a nested insert whose on_conflict may leave rows out. As long as all rows go in, they are matched by their place like
// everywhere; when some are left out, the others are told by the key of the conflict, which is unique. A row that is not there may
// have nothing inside.
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { Relation } from '#libs/catalog'
import { keptList } from './kept-rows.ts'
import type { Needs } from './needs.ts'
import { MARK } from './nested-rows.ts'

/** The parts of such a level's statement. */
export interface SkippingInsert {
  readonly relation: Relation
  /** `select n, h, r, c0, c1, …`: the given rows, whether others hang on them, and which of them stands for those of its key. */
  readonly given: string
  /** `insert into …`, over `u` where `r = n`. */
  readonly insert: string
  /** The conflict's columns, each with its place among `c0`, `c1`, … */
  readonly key: readonly { readonly name: string; readonly place: number }[]
  /** What is kept of the rows. */
  readonly needs: Needs
}

/** The CTEs: `k` is what is kept, with the given row's number; `m` what was inserted or updated; `w` which is which. */
export function skippingCtes({ relation, given, insert, key, needs }: SkippingInsert): string {
  const number = numberColumn(relation)
  const keys = (alias: string) => key.map(({ name }) => `${alias}.${quoteIdentifier(name)}`).join(', ')
  const isWhole = '(select count(*) from g) = (select count(*) from m)'
  const names = key.map((_, i) => `x.k${i}`).join(', ')
  const told =
    `select g.n, null::int8 as i, ${key.map((_, i) => `g.k${i}`).join(', ')}, row_number() over (partition by ${key.map((_, i) => `g.k${i}`).join(', ')} order by g.n) as q from g` +
    ` union all select null, i.${number}, ${keys('i')}, row_number() over (partition by ${keys('i')} order by i.${number}) from i`
  return [
    `u as (${given})`,
    `m as (${insert})`,
    `i as (select m.*, row_number() over () as ${number} from m)`,
    `g as (select u.n, row_number() over (order by u.n) as i, ${key.map(({ place }, i) => `u.c${place} as k${i}`).join(', ')} from u where u.r = u.n)`,
    `w(n, i) as (select g.n, g.i from g where ${isWhole} union all select min(x.n), min(x.i) from (${told}) x where not (${isWhole}) group by ${names}, x.q)`,
    `k as (select ${keptList(relation, needs, 'i')}, u.n as ${number} from u join w on w.n = u.r join i on i.${number} = w.i order by u.n)`,
  ].join(', ')
}

/** `count` of `m` once all of `done` are; fails where a row is not there that others hang on, or one that nobody gave is. */
export function countUnlessHung(step: number, done: readonly string[]): string {
  const count = '(select count(*) from m)'
  const isLost = 'exists (select from w where w.n is null) or exists (select from u join w on w.n = u.r where w.i is null and u.h)'
  const refused = `('${MARK}${step},' || (select count(*) from g) || ',' || ${count})::int8`
  return `case when ${isLost} then ${refused} when ${done.join(' and ')} then ${count} end`
}

/** Do rows lie under one of the keys of `e.v`? */
export function hasRowsUnder(keys: readonly string[]): string {
  const under = keys.map((key) => {
    const value = `e.v -> ${quoteLiteral(key)}::text`
    return `case json_typeof(${value}) when 'array' then json_array_length(${value}) > 0 when 'object' then true else false end`
  })
  // Without the key it is neither.
  return under.length === 0 ? 'false' : `(${under.join(' or ')})`
}

/** The column that holds the number of the given row; no column of the relation has its name. */
export function numberColumn(relation: Relation): string {
  let name = 'row number'
  while (relation.columnsByName.has(name)) name += '_'
  return quoteIdentifier(name)
}
