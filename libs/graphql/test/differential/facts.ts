// What single columns, comparisons and rows are worth, asked of Postgres in trivial statements and remembered: no join, no
// sub-select, and for the rows that a caller sees one plain select under its role. Rows are known by their number in the
// order of their key.
import { parseExact, type Json } from '../../../query/test/property/exact-json.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import { columnTypes, sqlType } from './column-types.ts'
import { type Call, type Caller, type Column, factOf, type Link, type Relation, type Value } from './model.ts'
import { Refused, type SqlSession } from './sql-session.ts'

/** One column over all rows of its relation. */
export interface ColumnFacts {
  readonly jsons: readonly Json[]
  readonly texts: readonly (string | null)[]
  /** Equal values have equal ranks. Null stands for null. */
  readonly ranks: readonly (number | null)[]
}

/** All rows of a relation, whoever may see them. */
export interface RelationFacts {
  readonly count: number
  /** By the key's text. */
  readonly numbers: ReadonlyMap<string, number>
  readonly keys: readonly string[]
  /** By {@link factOf}. */
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** Of the marks: they cut rows into parts. */
  readonly hashes: readonly number[]
}

/** A condition over all rows. */
export type Truths = readonly (boolean | null)[]

const symbols: Readonly<Record<string, string>> = {
  _eq: '=',
  _neq: '<>',
  _gt: '>',
  _gte: '>=',
  _lt: '<',
  _lte: '<=',
  _like: 'like',
  _nlike: 'not like',
  _ilike: 'ilike',
  _nilike: 'not ilike',
  _similar: 'similar to',
  _nsimilar: 'not similar to',
  _regex: '~',
  _nregex: '!~',
  _iregex: '~*',
  _niregex: '!~*',
  _contains: '@>',
  _contained_in: '<@',
}

export const keyText = (relation: Relation, alias?: string): string =>
  `jsonb_build_array(${relation.key.map((name) => `${alias === undefined ? '' : `${alias}.`}${quoteName(name)}::text`).join(', ')})::text`
/** The same text for values that are known. */
export const keyOf = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
/** With the table's name: an output column may be called like a key. */
const keyOrder = (relation: Relation): string => relation.key.map((name) => `t.${quoteName(name)}`).join(', ')

export class Facts {
  private relations = new Map<Relation, Promise<RelationFacts>>()
  private seen = new Map<string, Promise<ReadonlySet<number> | Refused>>()
  private truths = new Map<string, { readonly of: Relation; readonly truths: Promise<Truths> }>()
  private reached = new Map<Link, Map<RelationFacts, readonly (readonly number[])[]>>()

  constructor(readonly session: SqlSession) {}

  /** The same facts, to be changed on their own. */
  fork(): Facts {
    const fork = new Facts(this.session)
    fork.relations = new Map(this.relations)
    fork.seen = new Map(this.seen)
    fork.truths = new Map(this.truths)
    return fork
  }

  /** Rows of this table have changed: forgets it, views, and who sees what. */
  changed(relation: Relation): void {
    const isOld = ({ name, kind }: Pick<Relation, 'name' | 'kind'>) => name === relation.name || name === relation.base || kind === 'view'
    for (const each of this.relations.keys()) if (isOld(each)) this.relations.delete(each)
    for (const [key, { of }] of this.truths) if (isOld(of)) this.truths.delete(key)
    this.seen = new Map()
    this.reached = new Map()
  }

  relation(relation: Relation): Promise<RelationFacts> {
    return once(this.relations, relation, async () => {
      const all = [...relation.columns, ...relation.computed]
      const fields = all.flatMap((each) => {
        const column = columnSql(each)
        return [
          `to_json(${column})::text`,
          `${column}::text`,
          columnTypes[each.type].sortable ? `dense_rank() over (order by ${column})` : '0',
        ]
      })
      const rows = await this.session.rows(
        `select ${[keyText(relation), 'abs(hashtext(mark))', ...fields].join(', ')} from ${quoteName(relation.name)} t order by ${keyOrder(relation)}`,
      )
      const columns = all.map((each, i): [string, ColumnFacts] => {
        const at = 2 + i * 3
        return [
          factOf(each),
          {
            jsons: rows.map((row) => (row[at] === null ? null : parseExact(row[at]!))),
            texts: rows.map((row) => row[at + 1]!),
            ranks: rows.map((row) => (row[at + 1] === null ? null : Number(row[at + 2]))),
          },
        ]
      })
      const keys = rows.map((row) => row[0]!)
      const numbers = new Map(keys.map((key, number) => [key, number]))
      return { count: rows.length, keys, numbers, columns: new Map(columns), hashes: rows.map((row) => Number(row[1])) }
    })
  }

  /** Numbers of the rows that a plain select under the caller's role gives, or its refusal. */
  visible(caller: Caller, relation: Relation): Promise<ReadonlySet<number> | Refused> {
    return once(this.seen, `${caller.name} ${relation.name}`, async () => {
      const { numbers } = await this.relation(relation)
      // The key may be out of the caller's sight; what the caller sees has a number then by its place and mark.
      const mayReadKey = relation.key.every((name) => relation.rights[caller.role].select.has(name))
      if (!mayReadKey) throw new TypeError(`${relation.name}: keys are always readable where anything is`)
      try {
        const rows = await this.session.rowsAs(caller, `select ${keyText(relation)} from ${quoteName(relation.name)}`)
        return new Set(rows.map(([key]) => numbers.get(key!)!))
      } catch (error) {
        if (error instanceof Refused) return error
        throw error
      }
    })
  }

  /** Is the comparison true, for each row? */
  compare(relation: Relation, column: Column, operator: string, value: Value): Promise<Truths> {
    const key = JSON.stringify([relation.name, column.name, operator, value])
    let found = this.truths.get(key)
    if (found === undefined) {
      found = { of: relation, truths: this.askTruths(relation, comparison(column, operator, value)) }
      this.truths.set(key, found)
    }
    return found.truths
  }

  /** One value as JSON, asked by the caller. */
  async scalar(caller: Caller, expression: string): Promise<Json> {
    const [row] = await this.session.rowsAs(caller, `select to_json(${expression})::text`)
    return row![0] === null ? null : parseExact(row![0]!)
  }

  /** Which rows the table's function returns. */
  called(relation: Relation, { parts, part = 0 }: Call): Promise<Truths> {
    return this.askTruths(relation, `abs(hashtext(mark)) % ${parts} = ${part}`)
  }

  private async askTruths(relation: Relation, text: string): Promise<Truths> {
    const rows = await this.session.rows(`select ${text} from ${quoteName(relation.name)} t order by ${keyOrder(relation)}`)
    return rows.map(([truth]) => (truth === null ? null : truth === 't'))
  }

  /** For every near row the far rows with equal keys. Both relations were loaded before. */
  related(link: Link, near: RelationFacts, far: RelationFacts): readonly (readonly number[])[] {
    const byNear = this.reached.get(link) ?? new Map<RelationFacts, readonly (readonly number[])[]>()
    this.reached.set(link, byNear)
    let reached = byNear.get(near)
    if (reached === undefined) {
      const byKey = new Map<string, number[]>()
      const keyOf = (facts: RelationFacts, names: readonly string[], row: number): string | undefined => {
        const texts = names.map((name) => facts.columns.get(name)!.texts[row]!)
        return texts.includes(null as never) ? undefined : JSON.stringify(texts)
      }
      const [nears, fars] = [link.pairs.map(([name]) => name), link.pairs.map(([, name]) => name)]
      for (let row = 0; row < far.count; row++) {
        const key = keyOf(far, fars, row)
        const isIn = link.computed === undefined || far.hashes[row]! % link.computed.parts === link.computed.part
        if (key !== undefined && isIn) byKey.set(key, [...(byKey.get(key) ?? []), row])
      }
      reached = Array.from({ length: near.count }, (_, row) => byKey.get(keyOf(near, nears, row) ?? '') ?? [])
      byNear.set(near, reached)
    }
    return reached
  }

  /** Aggregates over several sets of rows at once: for each set a JSON list with the value of each expression. */
  async aggregates(relation: Relation, expressions: readonly string[], sets: readonly (readonly number[])[]): Promise<Json[][]> {
    const [groups, members] = [sets.flatMap((set, i) => set.map(() => i)), sets.flat()]
    const rows = await this.session.rows(
      `with numbered as (select row_number() over (order by ${keyOrder(relation)}) - 1 as "the number", * from ${quoteName(relation.name)} t)
       select json_build_array(${expressions.join(', ')})::text from generate_series(0, $3::int) s(i) left join unnest($1::int[], $2::int[]) g(i, n) using (i)
       left join numbered t on t."the number" = g.n group by s.i order by s.i`,
      [groups, members, sets.length - 1],
    )
    return rows.map(([text]) => parseExact(text!) as Json[])
  }
}

function once<K, T>(map: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> {
  let found = map.get(key)
  if (found === undefined) {
    found = make()
    map.set(key, found)
  }
  return found
}

/** An array of Postgres. */
export function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
}

export const valueText = (value: Value): string => (typeof value === 'string' ? value : arrayText(value))

/** A column, or what stands for it. */
function columnSql({ name, type, computed }: Pick<Column, 'name' | 'type' | 'computed'>): string {
  return computed === undefined ? quoteName(name) : `(${computed.sql})::${sqlType(type)}`
}

/** An aggregate of a group compared, as an expression over the rows `t`. */
export function aggregateComparison(call: string, { name, type }: Column, operator: string, value: Value): string {
  if (operator === '_is_null') return `${call}(t.${quoteName(name)}) is ${value === 'true' ? '' : 'not '}null`
  const isSelf = call === 'min' || call === 'max' || type === 'float8'
  const computed = { sql: `${call}(t.${quoteName(name)})`, args: [], isBare: true }
  return comparison({ name, type: isSelf ? type : 'numeric', computed }, operator, value)
}

function comparison(of: Pick<Column, 'name' | 'type' | 'computed'>, operator: string, value: Value): string {
  const { type } = of
  const column = columnSql(of)
  const texts = typeof value === 'string' ? [value] : value
  const list = `array[${texts.map(quoteText).join(', ')}]::text[]`
  if (operator === '_has_key') return `jsonb_exists(${column}, ${quoteText(texts[0]!)})`
  if (operator === '_has_keys_any') return `jsonb_exists_any(${column}, ${list})`
  if (operator === '_has_keys_all') return `jsonb_exists_all(${column}, ${list})`
  if (operator.startsWith('_cast')) return `${column}::text ${symbols[operator.slice('_cast'.length)]!} ${quoteText(texts[0]!)}`
  if (operator === '_in' || operator === '_nin') {
    const each: readonly Value[] = columnTypes[type].written === 'list' ? [value] : texts
    const parts = each.map((item) => comparison(of, operator === '_in' ? '_eq' : '_neq', item))
    return parts.length === 0 ? String(operator === '_nin') : `(${parts.join(operator === '_in' ? ' or ' : ' and ')})`
  }
  const isPattern = /like|similar|regex/.test(operator)
  return `${column} ${symbols[operator]!} ${quoteText(valueText(value))}${isPattern ? '' : `::${sqlType(type)}`}`
}
