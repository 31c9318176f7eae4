// What a mutation does, by the plainest SQL: literal values, rows chosen by a list of keys, one statement after the other
// under the caller's role. The answer is evaluated over the rows as they are after each step.
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import { Evaluation } from './evaluate.ts'
import { type Facts, keyOf, keyText, type RelationFacts, valueText } from './facts.ts'
import type {
  Answered,
  Caller,
  Change,
  Filter,
  Mutation,
  MutationField,
  NestedRows,
  OnConflict,
  Relation,
  Row,
  Selected,
  Value,
} from './model.ts'
import { Refused } from './sql-session.ts'

/** What is due. */
export interface DueMutation {
  readonly answer?: JsonObject
  /** Of the first step that is refused: the rules that it may break first. */
  readonly refused?: { readonly step: number; readonly sqlstates: ReadonlySet<string> }
  /** Rows of all tables afterwards. */
  readonly after?: string
}

/** A row that others hang on was left out by its on_conflict. */
export const unmatched = 'unmatched'

/**
 * Predicts a mutation; the session is left as it was. `isThorough` finds every rule that a refused update of several rows may
 * be refused for, which takes a statement for each two rows.
 */
export async function predictMutation(facts: Facts, mutation: Mutation, isThorough = false): Promise<DueMutation> {
  return facts.session.undone(() => new Prediction(facts.fork(), mutation.caller, isThorough).run(mutation.fields))
}

class Prediction {
  /** What a refused statement would have been refused for, had it come to its rows in another order. */
  private readonly either = new Set<string>()

  constructor(
    private readonly facts: Facts,
    private readonly caller: Caller,
    private readonly isThorough: boolean,
  ) {}

  async run(fields: readonly MutationField[]): Promise<DueMutation> {
    const answer: JsonObject = {}
    for (const [step, field] of fields.entries()) {
      try {
        answer[field.key] = await this.field(field)
      } catch (error) {
        if (error instanceof Refused) return { refused: { step, sqlstates: new Set([error.sqlstate, ...this.either]) } }
        throw error
      }
    }
    const [row] = await this.facts.session.rows('select probe.contents()')
    return { answer, after: row![0]! }
  }

  private async field(field: MutationField): Promise<Json> {
    const { relation } = field
    switch (field.kind) {
      case 'insert':
      case 'insert_one': {
        const selected = field.kind === 'insert' ? returned(field.answer) : field.selected
        const keys: string[] = []
        const affected = await this.insert(relation, field.rows.map(open), field.conflict, readsRows(selected), keys)
        if (field.kind === 'insert') return this.answer(relation, field.answer, affected, keys)
        return this.one(relation, keys, field.selected)
      }
      case 'update':
        return this.update(relation, field.filter, field.changes, field.answer)
      case 'update_many': {
        const answers: Json[] = []
        for (const { filter, changes } of field.updates) answers.push(await this.update(relation, filter, changes, field.answer))
        return answers
      }
      case 'update_by_pk': {
        const where = isOneOf(relation, [keyOf(field.values)])
        const keys = await this.change(
          `update ${quoteName(relation.name)} set ${setOf(field.changes)} where ${where}`,
          relation,
          field.selected,
        )
        return this.one(relation, keys, field.selected)
      }
      case 'delete': {
        const where = await this.where(relation, field.filter)
        const before = await this.facts.relation(relation)
        const keys = await this.change(`delete from ${quoteName(relation.name)}${where}`, relation, returned(field.answer))
        return this.answer(relation, field.answer, keys.length, keys, before)
      }
      case 'delete_by_pk': {
        const before = await this.facts.relation(relation)
        const where = isOneOf(relation, [keyOf(field.values)])
        const keys = await this.change(`delete from ${quoteName(relation.name)} where ${where}`, relation, field.selected)
        return this.one(relation, keys, field.selected, before)
      }
    }
  }

  private async update(relation: Relation, filter: Filter, changes: readonly Change[], answer: Answered): Promise<Json> {
    const where = await this.where(relation, filter)
    const statement = `update ${quoteName(relation.name)} set ${setOf(changes)}`
    try {
      const keys = await this.change(`${statement}${where}`, relation, returned(answer))
      return this.answer(relation, answer, keys.length, keys)
    } catch (error) {
      if (error instanceof Refused && this.isThorough) await this.otherRefusals(statement, where, relation)
      throw error
    }
  }

  /** Postgres names the rule that it meets first, in the order of its plan: every row is tried first, and after every other. */
  private async otherRefusals(statement: string, where: string, relation: Relation): Promise<void> {
    const { keys } = await this.facts.relation(relation)
    const one = (key: string) => `${statement}${where === '' ? ' where' : `${where} and`} ${isOneOf(relation, [key])}`
    for (const first of keys) {
      for (const second of keys) {
        const refusal = await this.facts.session.undone(() => this.refusalOf([one(first), one(second)]))
        if (refusal !== undefined) this.either.add(refusal)
      }
    }
  }

  private async refusalOf(statements: readonly string[]): Promise<string | undefined> {
    try {
      for (const statement of statements) await this.facts.session.rowsAs(this.caller, statement)
    } catch (error) {
      if (error instanceof Refused) return error.sqlstate
      throw error
    }
    return undefined
  }

  /** No condition at all reads no column, so that policies for reading do not count. */
  private async where(relation: Relation, filter: Filter): Promise<string> {
    const constant = constantOf(filter)
    if (constant !== undefined) return constant ? '' : ' where false'
    const rows = await new Evaluation(this.facts, this.caller).matching(relation, filter)
    const { keys } = await this.facts.relation(relation)
    return ` where ${isOneOf(
      relation,
      rows.map((row) => keys[row]!),
    )}`
  }

  /** Rows that one statement inserts, updates or deletes: their keys, or as many empty texts. */
  private async change(statement: string, relation: Relation, selected: readonly Selected[]): Promise<string[]> {
    const reads = readsRows(selected)
    const rows = await this.facts.session.rowsAs(this.caller, `${statement} returning ${reads ? keyText(relation) : `''`}`)
    this.facts.changed(relation)
    return rows.map(([key]) => key!)
  }

  /** The level's parents, the rows themselves, then what hangs on them; gives the number of all rows. */
  private async insert(
    relation: Relation,
    rows: readonly OpenRow[],
    conflict: OnConflict | undefined,
    reads: boolean,
    keys: string[],
  ): Promise<number> {
    if (rows.length === 0) return 0
    let affected = 0
    for (const level of levelsOf(rows, true)) {
      const parents: string[] = []
      const outer = level.rows.map(({ row }) => row)
      affected += await this.insert(level.link.target, outer, level.conflict, true, parents)
      if (outer.some((row) => !parents.includes(rowKey(level.link.target, row))))
        throw new Refused(unmatched, 'a row to point to is left out')
      for (const { row, outer: pointing } of level.rows)
        for (const [near, far] of level.link.pairs) pointing.values.set(near, row.values.get(far) ?? null)
    }
    const hasInner = levelsOf(rows, false).length > 0
    const inserted = await this.change(
      insertSql(relation, rows, conflict, await this.conflictWhere(relation, conflict)),
      relation,
      reads || hasInner ? wholeRow : [],
    )
    keys.push(...inserted)
    affected += inserted.length
    // Which rows are left out follows from their keys: nested rows come with conflicts of the primary key alone.
    const isLeftOut = (row: OpenRow) => !inserted.includes(rowKey(relation, row))
    const carries = (row: OpenRow) => row.nested.some((each) => !each.link.forward && each.rows.length > 0)
    if (hasInner && rows.some((row) => carries(row) && isLeftOut(row))) throw new Refused(unmatched, 'rows hang on a row that is left out')
    for (const level of levelsOf(rows, false)) {
      for (const { row, outer } of level.rows)
        for (const [near, far] of level.link.pairs) row.values.set(far, outer.values.get(near) ?? null)
      affected += await this.insert(
        level.link.target,
        level.rows.map(({ row }) => row),
        level.conflict,
        false,
        [],
      )
    }
    return affected
  }

  private async conflictWhere(relation: Relation, conflict: OnConflict | undefined): Promise<string> {
    if (conflict?.filter === undefined || constantOf(conflict.filter) === true) return ''
    // Postgres looks at it before it asks whether the caller may see the row.
    const rows = await new Evaluation(this.facts, this.caller).matching(relation, conflict.filter, true)
    const { keys } = await this.facts.relation(relation)
    return ` where ${isOneOf(
      relation,
      rows.map((row) => keys[row]!),
      relation.name,
    )}`
  }

  private async answer(
    relation: Relation,
    { parts }: Answered,
    affected: number,
    keys: readonly string[],
    before?: RelationFacts,
  ): Promise<Json> {
    const answer: JsonObject = {}
    for (const part of parts) {
      if (part.kind === 'typename') answer[part.key] = `${relation.name}_mutation_response`
      else if (part.kind === 'affected_rows') answer[part.key] = `\u0001${affected}`
      else if ('selected' in part) answer[part.key] = await this.objects(relation, keys, part.selected, before)
    }
    return answer
  }

  private async one(relation: Relation, keys: readonly string[], selected: readonly Selected[], before?: RelationFacts): Promise<Json> {
    return (await this.objects(relation, keys, selected, before))[0] ?? null
  }

  /** The changed rows: after the change, or before it when they are gone. */
  private async objects(
    relation: Relation,
    keys: readonly string[],
    selected: readonly Selected[],
    before?: RelationFacts,
  ): Promise<JsonObject[]> {
    if (keys.length > 0 && keys.every((key) => key === ''))
      return keys.map(() => Object.fromEntries(selected.map(({ key }) => [key, relation.name])))
    const own = before ?? (await this.facts.relation(relation))
    const rows = keys.map((key) => own.numbers.get(key)!)
    return new Evaluation(this.facts, this.caller).objects(relation, rows, selected, own)
  }
}

const rowKey = ({ key }: Relation, row: OpenRow): string => keyOf(key.map((name) => String(row.values.get(name))))

/** Something that reads the row. */
const wholeRow: readonly Selected[] = [{ kind: 'column', key: '', column: { name: '', type: 'text', use: 'key', nullable: false } }]

/** Does the answer mention columns? */
function readsRows(selected: readonly Selected[]): boolean {
  return selected.some(({ kind }) => kind !== 'typename')
}

function returned({ parts }: Answered): readonly Selected[] {
  return parts.flatMap((part) => ('selected' in part ? part.selected : []))
}

/** May it change rows without having read any column of theirs, or look at them before rights are looked at? */
export function changesUnread(field: MutationField): boolean {
  if (field.kind === 'update' || field.kind === 'delete') return constantOf(field.filter) === true
  if (field.kind === 'update_many') return field.updates.some(({ filter }) => constantOf(filter) === true)
  return 'rows' in field && (field.conflict?.filter !== undefined || field.rows.some(({ nested }) => nested.length > 0))
}

/** The truth of a condition that mentions no column. */
function constantOf(filter: Filter): boolean | undefined {
  if (filter.kind === 'not') {
    const inner = constantOf(filter.item)
    return inner === undefined ? undefined : !inner
  }
  if (filter.kind !== 'object' && filter.kind !== 'and' && filter.kind !== 'or') return undefined
  const items = filter.items.map(constantOf)
  if (items.includes(undefined)) return undefined
  return filter.kind === 'or' ? items.includes(true) : !items.includes(false)
}

function isOneOf(relation: Relation, keys: readonly string[], alias?: string): string {
  const key = alias === undefined ? keyText(relation) : keyText(relation, quoteName(alias))
  return `${key} = any(array[${keys.map(quoteText).join(', ')}]::text[])`
}

function literal(value: Value | null): string {
  return value === null ? 'null' : quoteText(valueText(value))
}

function setOf(changes: readonly Change[]): string {
  return changes
    .map(({ operator, column, value }) => {
      const name = quoteName(column.name)
      // What is added to a domain's value need not be of the domain.
      const given = `${literal(value)}::${column.type === 'rating' ? 'int4' : column.type}`
      const expression = {
        _set: given,
        _inc: `${name} + ${given}`,
        _append: `${name} || ${given}`,
        _prepend: `${given} || ${name}`,
        _delete_key: `${name} - ${literal(value)}::text`,
        _delete_elem: `${name} - ${literal(value)}::int`,
        _delete_at_path: `${name} #- ${literal(value)}::text[]`,
      }[operator]
      return `${name} = ${expression}`
    })
    .join(', ')
}

interface OpenRow {
  readonly values: Map<string, Value | null>
  readonly nested: readonly NestedRows[]
}

const open = ({ values, nested }: Row): OpenRow => ({ values: new Map(values), nested })

function insertSql(relation: Relation, rows: readonly OpenRow[], conflict: OnConflict | undefined, where: string): string {
  const names = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))]
  const lists = rows.map(({ values }) => `(${names.map((name) => (values.has(name) ? literal(values.get(name)!) : 'default')).join(', ')})`)
  const target = `insert into ${quoteName(relation.name)} (${names.map(quoteName).join(', ')}) values ${lists.join(', ')}`
  if (conflict === undefined) return target
  const { key, update } = conflict
  const columns = [...new Set(update)].map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`)
  const action = columns.length === 0 ? 'do nothing' : `do update set ${columns.join(', ')}${where}`
  return `${target} on conflict (${key.columns.map(quoteName).join(', ')}) ${action}`
}

/** Rows inside the rows, over one relationship at a time. */
function levelsOf(rows: readonly OpenRow[], forward: boolean) {
  const links = [...new Set(rows.flatMap(({ nested }) => nested.map(({ link }) => link)))].filter((link) => link.forward === forward)
  return links.flatMap((link) => {
    const inside = rows.flatMap((outer) => outer.nested.filter((each) => each.link === link).map((each) => ({ outer, each })))
    const inner = inside.flatMap(({ outer, each }) => each.rows.map((row) => ({ outer, row: open(row) })))
    return inner.length === 0 ? [] : [{ link, rows: inner, conflict: inside[0]!.each.conflict }]
  })
}
