// What the answer to a query has to be, by the plainest reading of the dialect: row by row in JavaScript, over facts that
// facts.ts asked of Postgres. First everything that the query mentions is loaded, then it is walked.
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import { quoteName } from '../../../query/test/property/sql-text.ts'
import { connectionOf } from './connections-oracle.ts'
import { isTrueOf, isTrueOfFloats } from './count-test.ts'
import { type ColumnFacts, type Facts, keyOf, type RelationFacts, type Truths } from './facts.ts'
import { groupsOf } from './groups-oracle.ts'
import { globalId } from './relay-model.ts'
import { compareKeys, fractionOf, sortKeyOfAggregate, type SortKey } from './sort-keys.ts'
import {
  type AggregateField,
  type AggregatePart,
  type Caller,
  type Column,
  factOf,
  type Filter,
  type Link,
  type OrderTerm,
  type QueryField,
  type Relation,
  type Selected,
  type Slice,
} from './model.ts'
import { scalarSql } from './root-functions.ts'
import { junction } from './truth.ts'
import { visitAggregateParts, visitFilter, visitGroups, visitPage, visitSelected, visitSlice, type Visitor } from './visit.ts'
import { Refused } from './sql-session.ts'

export interface Pending {
  readonly relation: Relation
  readonly expressions: readonly string[]
  readonly rows: readonly number[]
  readonly fill: (values: Json[]) => void
}

/** One caller's view of the rows, loaded for what an operation mentions. */
export class Evaluation implements Visitor {
  private readonly wanted: Promise<unknown>[] = []
  private readonly relations = new Map<Relation, RelationFacts>()
  private readonly seen = new Map<Relation, ReadonlySet<number>>()
  private readonly truths = new Map<Filter, Truths>()
  private readonly called = new Map<QueryField, Truths>()
  private readonly scalars = new Map<QueryField, Json>()
  private pending: Pending[] = []

  constructor(
    private readonly facts: Facts,
    private readonly caller: Caller,
    /** Relations that the caller may not read count as empty. */
    private readonly lenient = false,
  ) {}

  /** The root fields' values. Throws Refused for what plain selects refuse. */
  async query(fields: readonly QueryField[]): Promise<JsonObject> {
    for (const field of fields) this.want(field)
    await this.load()
    const answer: JsonObject = {}
    for (const field of fields) answer[field.key] = this.root(field)
    await this.settle()
    return answer
  }

  private want(field: QueryField): void {
    if (field.kind === 'scalar') {
      this.wanted.push(this.facts.scalar(this.caller, scalarSql(field)).then((value) => this.scalars.set(field, value)))
      return
    }
    const { relation } = field
    this.relation(relation)
    if (field.kind === 'group_by') return visitGroups(relation, field, this)
    if (field.kind === 'connection') return visitPage(relation, field.page, this)
    if ('slice' in field) visitSlice(relation, field.slice, this)
    if (field.kind === 'aggregate') visitAggregateParts(field.parts, this)
    else visitSelected(field.selected, this)
    if ('call' in field && field.call !== undefined)
      this.wanted.push(this.facts.called(relation, field.call).then((truths) => this.called.set(field, truths)))
  }

  private root(field: QueryField): Json {
    if (field.kind === 'scalar') return this.scalars.get(field)!
    const { relation } = field
    const seen = this.seen.get(relation)!
    if (field.kind === 'by_pk' || field.kind === 'node') {
      const row = this.relations.get(relation)!.numbers.get(keyOf(field.values))
      return row !== undefined && seen.has(row) ? this.object(relation, row, field.selected) : null
    }
    const called = this.called.get(field)
    const rows = [...seen].filter((row) => called === undefined || called[row] === true).toSorted((a, b) => a - b)
    if (field.kind === 'group_by') return groupsOf(this, relation, field, rows)
    if (field.kind === 'connection') return connectionOf(this, relation, field.page, rows)
    if (field.kind === 'one') return rows.length === 0 ? null : this.object(relation, rows[0]!, field.selected)
    const sliced = this.sliced(relation, field.slice, rows)
    return field.kind === 'rows'
      ? sliced.map((row) => this.object(relation, row, field.selected))
      : this.aggregated(relation, sliced, field.parts)
  }

  factsOf(relation: Relation): RelationFacts {
    return this.relations.get(relation)!
  }

  /** The values of its key, as text. */
  keyOfRow(relation: Relation, row: number): string[] {
    return JSON.parse(this.factsOf(relation).keys[row]!) as string[]
  }

  ask(pending: Pending): void {
    this.pending.push(pending)
  }

  /** Numbers of the visible rows, or of all, that pass. */
  async matching(relation: Relation, filter: Filter, all = false): Promise<number[]> {
    this.relation(relation)
    visitFilter(relation, filter, this)
    await this.load()
    const candidates = all ? this.relations.get(relation)!.numbers.values() : this.seen.get(relation)!
    return [...candidates].filter((row) => this.truth(relation, filter, row) === true)
  }

  /** A function's rows, cut to what is asked for. */
  async given(relation: Relation, rows: readonly number[], slice: Slice, selected: readonly Selected[]): Promise<JsonObject[]> {
    this.relation(relation)
    visitSlice(relation, slice, this)
    visitSelected(selected, this)
    await this.load()
    const objects = this.sliced(relation, slice, rows).map((row) => this.object(relation, row, selected))
    await this.settle()
    return objects
  }

  /** These rows of `own` as objects, whether they are visible (or there) or not. */
  async objects(relation: Relation, rows: readonly number[], selected: readonly Selected[], own: RelationFacts): Promise<JsonObject[]> {
    visitSelected(selected, this)
    await this.load()
    const objects = rows.map((row) => this.object(relation, row, selected, own))
    await this.settle()
    return objects
  }

  relation(relation: Relation): void {
    this.wanted.push(this.facts.relation(relation).then((facts) => this.relations.set(relation, facts)))
    this.wanted.push(
      this.facts.visible(this.caller, relation).then((rows) => {
        if (rows instanceof Refused && !this.lenient) throw rows
        this.seen.set(relation, rows instanceof Refused ? new Set() : rows)
      }),
    )
  }

  comparison(relation: Relation, filter: Extract<Filter, { kind: 'compare' }>): void {
    const { column, operator, value } = filter
    this.wanted.push(this.facts.compare(relation, column, operator, value).then((truths) => this.truths.set(filter, truths)))
  }

  private async load(): Promise<void> {
    const results = await Promise.allSettled(this.wanted)
    this.wanted.length = 0
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** Asks for all aggregates of the answer: one statement for each list of expressions. Groups that are kept ask for more. */
  private async settle(): Promise<void> {
    while (this.pending.length > 0) {
      const asked = new Map<string, Pending[]>()
      for (const each of this.pending) {
        const key = `${each.relation.name} ${each.expressions.join()}`
        asked.set(key, [...(asked.get(key) ?? []), each])
      }
      this.pending = []
      for (const alike of asked.values()) {
        const { relation, expressions } = alike[0]!
        const values = await this.facts.aggregates(
          relation,
          expressions,
          alike.map(({ rows }) => rows),
        )
        for (const [i, { fill }] of alike.entries()) fill(values[i]!)
      }
    }
  }

  private related(link: Link, row: number, own = this.relations.get(link.source)): number[] {
    const reached = this.facts.related(link, own!, this.relations.get(link.target)!)
    const seen = this.seen.get(link.target)!
    return reached[row]!.filter((far) => seen.has(far))
  }

  sliced(relation: Relation, { filter, order, distinct, limit, offset }: Slice, candidates: readonly number[]): number[] {
    let rows = candidates.filter((row) => filter === undefined || this.truth(relation, filter, row) === true)
    const keys = order.map((term) => new Map(rows.map((row) => [row, this.sortKey(relation, term, row)])))
    rows = rows.toSorted((a, b) => {
      for (const [i, { direction }] of order.entries()) {
        const difference = compareKeys(keys[i]!.get(a)!, keys[i]!.get(b)!, direction)
        if (difference !== 0) return difference
      }
      return a - b
    })
    if (distinct.length > 0) {
      const had = new Set<string>()
      const { columns } = this.relations.get(relation)!
      rows = rows.filter((row) => {
        const key = JSON.stringify(distinct.map(({ name }) => columns.get(name)!.ranks[row]))
        return had.has(key) ? false : (had.add(key), true)
      })
    }
    return rows.slice(offset ?? 0, limit === undefined ? undefined : (offset ?? 0) + limit)
  }

  sortKey(relation: Relation, { path, column, aggregate }: OrderTerm, row: number): SortKey {
    let at = row
    let where = relation
    for (const link of path) {
      const [next] = this.related(link, at)
      if (next === undefined) return null
      at = next
      where = link.target
    }
    if (aggregate === undefined) return rankKey(this.relations.get(where)!.columns.get(factOf(column!))!, at)
    return this.aggregateKey(aggregate.link.target, aggregate, this.related(aggregate.link, at))
  }

  aggregateKey(relation: Relation, { call, column }: { call: string; column?: Column }, rows: readonly number[]): SortKey {
    if (call === 'count') return { up: BigInt(rows.length), down: 1n }
    const facts = this.relations.get(relation)!.columns.get(column!.name)!
    const given = rows.filter((each) => facts.ranks[each] !== null)
    if (call === 'min' || call === 'max') {
      const ranks = given.map((each) => facts.ranks[each]!)
      return ranks.length === 0 ? null : { up: BigInt(call === 'min' ? Math.min(...ranks) : Math.max(...ranks)), down: 1n }
    }
    return sortKeyOfAggregate(
      call,
      given.map((each) => fractionOf(facts.texts[each]!)),
    )
  }

  truth(relation: Relation, filter: Filter, row: number): boolean | null {
    switch (filter.kind) {
      case 'compare':
        return this.truths.get(filter)![row]!
      case 'is_null':
        return (this.relations.get(relation)!.columns.get(factOf(filter.column))!.texts[row] === null) === filter.what
      case 'not': {
        const truth = this.truth(relation, filter.item, row)
        return truth === null ? null : !truth
      }
      case 'object':
      case 'and':
      case 'or':
        return junction(
          filter.kind === 'or' ? 'or' : 'and',
          filter.items.map((item) => this.truth(relation, item, row)),
        )
      case 'related':
        return this.related(filter.link, row).some((far) => this.truth(filter.link.target, filter.filter, far) === true)
      case 'related_count': {
        const rows = this.filtered(filter.link, row, filter.count.filter)
        return isTrueOf(this.countOf(filter.link.target, rows, filter.count.columns, filter.count.distinct), filter.count)
      }
      case 'related_float': {
        const { link, test } = filter
        const { columns } = this.relations.get(link.target)!
        const all = this.filtered(link, row, test.filter).map((far) => test.columns.map(({ name }) => columns.get(name)!.texts[far]!))
        return isTrueOfFloats(test, all)
      }
      case 'related_bool': {
        const { link, test } = filter
        const { texts } = this.relations.get(link.target)!.columns.get(test.column.name)!
        const values = this.filtered(link, row, test.filter).flatMap((far) => (texts[far] === null ? [] : [texts[far] === 'true']))
        if (values.length === 0) return false
        return (test.call === 'bool_and' ? values.every(Boolean) : values.some(Boolean)) === test.value
      }
    }
  }

  private filtered(link: Link, row: number, filter: Filter | undefined): number[] {
    return this.related(link, row).filter((far) => filter === undefined || this.truth(link.target, filter, far) === true)
  }

  countOf(relation: Relation, rows: readonly number[], columns: readonly Column[], distinct: boolean): number {
    const facts = columns.map(({ name }) => this.relations.get(relation)!.columns.get(name)!)
    // Several columns are one composite value, which is never null itself.
    const counted = rows.filter((row) => facts.length !== 1 || facts[0]!.texts[row] !== null)
    return distinct && facts.length > 0
      ? new Set(counted.map((row) => JSON.stringify(facts.map(({ ranks }) => ranks[row])))).size
      : counted.length
  }

  object(relation: Relation, row: number, selected: readonly Selected[], own = this.relations.get(relation)): JsonObject {
    const object: JsonObject = {}
    for (const each of selected) object[each.key] = this.value(relation, row, each, own!)
    return object
  }

  private value(relation: Relation, row: number, selected: Selected, own: RelationFacts): Json {
    switch (selected.kind) {
      case 'typename':
        return relation.name
      case 'column': {
        const value = own.columns.get(factOf(selected.column))!.jsons[row]!
        return selected.path === undefined ? value : stepInto(value, selected.path)
      }
      case 'row': {
        const [far] = this.related(selected.link, row, own)
        return far === undefined ? null : this.object(selected.link.target, far, selected.selected)
      }
      case 'rows': {
        const { link, slice } = selected
        return this.sliced(link.target, slice, this.related(link, row, own)).map((far) => this.object(link.target, far, selected.selected))
      }
      case 'group_by':
        return groupsOf(this, selected.link.target, selected, this.related(selected.link, row, own))
      case 'connection':
        return connectionOf(this, selected.link.target, selected.page, this.related(selected.link, row, own))
      case 'global_id':
        return globalId(relation, JSON.parse(own.keys[row]!) as string[])
      case 'aggregate': {
        const { link, slice } = selected
        return this.aggregated(link.target, this.sliced(link.target, slice, this.related(link, row, own)), selected.parts)
      }
    }
  }

  aggregated(relation: Relation, rows: readonly number[], parts: readonly AggregatePart[]): JsonObject {
    const answer: JsonObject = {}
    for (const part of parts) {
      if (part.kind === 'typename') answer[part.key] = `${relation.name}_aggregate`
      else if (part.kind === 'nodes') answer[part.key] = rows.map((row) => this.object(relation, row, part.selected))
      else {
        const fields: JsonObject = {}
        for (const field of part.fields) fields[field.key] = this.aggregate(relation, rows, field)
        answer[part.key] = fields
      }
    }
    return answer
  }

  private aggregate(relation: Relation, rows: readonly number[], field: AggregateField): Json {
    if (field.kind === 'typename') return `${relation.name}_aggregate_fields`
    if (field.kind === 'count') return `\u0001${this.countOf(relation, rows, field.columns, field.distinct)}`
    const values: JsonObject = {}
    for (const { key } of field.columns) values[key] = null
    const expressions = field.columns.map(({ column }) => `${field.call}(t.${quoteName(column.name)})`)
    const fill = (results: Json[]): void => {
      for (const [i, { key }] of field.columns.entries()) values[key] = results[i]!
    }
    this.pending.push({ relation, expressions, rows, fill })
    return values
  }
}

function rankKey(facts: ColumnFacts, row: number): SortKey {
  const rank = facts.ranks[row]!
  return rank === null ? null : { up: BigInt(rank), down: 1n }
}

function stepInto(value: Json, path: readonly (string | number)[]): Json {
  let at: Json | undefined = value
  for (const step of path) {
    if (at === null || at === undefined) return null
    // To Postgres a jsonb scalar is its own first element.
    if (typeof at !== 'object') {
      if (step !== 0) return null
      continue
    }
    at = Array.isArray(at) ? (typeof step === 'number' ? at[step] : undefined) : Object.hasOwn(at, step) ? at[step] : undefined
  }
  return at ?? null
}
