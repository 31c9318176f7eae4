// What a mutation does, by the plainest SQL: literal values, rows chosen by a list of keys, one statement after the other
// under the caller's role. The answer is evaluated over the rows as they are after each step.
import { touchSql } from './make-world.ts'
import type { Json, JsonObject } from '../../../query/test/property/exact-json.ts'
import { quoteName } from '../../../query/test/property/sql-text.ts'
import { Evaluation } from './evaluate.ts'
import { type Facts, keyOf, keyText, type RelationFacts } from './facts.ts'
import type { Answered, Caller, Filter, Mutation, MutationField, OnConflict, Relation, Row, Selected, UpdateOf } from './model.ts'
import { insertSql, isOneOf, type OpenRow, setOf } from './plain-statements.ts'
import { RelatedUpdates } from './related-oracle.ts'
import { Refused, unmatched } from './sql-session.ts'

/** What is due. */
export interface DueMutation {
  readonly answer?: JsonObject
  /** Of the first step that is refused: the rules that it may break first. */
  readonly refused?: { readonly step: number; readonly sqlstates: ReadonlySet<string> }
  /** Rows of all tables afterwards. */
  readonly after?: string
}

/** How to predict. */
export interface PredictionOptions {
  /** Finds every rule that a refused update of several rows may be refused for, which takes a statement for each two rows. */
  readonly isThorough?: boolean
  /** Relations that the caller may not read count as empty where nothing but their rows is wanted. */
  readonly isLenient?: boolean
}

/** Predicts a mutation; the session is left as it was. */
export async function predictMutation(facts: Facts, mutation: Mutation, options: PredictionOptions = {}): Promise<DueMutation> {
  return facts.session.undone(() => new Prediction(facts.fork(), mutation.caller, options).run(mutation.fields))
}

/**
 * Are there rows that the caller did not see before the mutation, and sees after it? A policy may look at what was changed;
 * then the answer holds them by right.
 */
export async function reveals(facts: Facts, mutation: Mutation, relations: readonly Relation[]): Promise<boolean> {
  const { caller } = mutation
  const readable = relations.filter((relation) => relation.rights[caller.role].select.size > 0)
  return facts.session.undone(async () => {
    const changed = facts.fork()
    const hidden = new Map<Relation, ReadonlySet<string>>()
    for (const relation of readable) hidden.set(relation, await hiddenKeys(changed, caller, relation))
    const { refused } = await new Prediction(changed, caller, {}).run(mutation.fields)
    if (refused !== undefined) return false
    for (const [relation, before] of hidden) {
      const [{ numbers }, seen] = [await changed.relation(relation), await changed.visible(caller, relation)]
      if (!(seen instanceof Refused) && [...before].some((key) => seen.has(numbers.get(key) ?? -1))) return true
    }
    return false
  })
}

async function hiddenKeys(facts: Facts, caller: Caller, relation: Relation): Promise<ReadonlySet<string>> {
  const [{ keys }, seen] = [await facts.relation(relation), await facts.visible(caller, relation)]
  return new Set(keys.filter((_key, number) => seen instanceof Refused || !seen.has(number)))
}

class Prediction {
  /** What a refused statement would have been refused for, had it come to its rows in another order. */
  private readonly either = new Set<string>()
  private readonly related: RelatedUpdates

  constructor(
    private readonly facts: Facts,
    private readonly caller: Caller,
    private readonly options: PredictionOptions,
  ) {
    this.related = new RelatedUpdates(
      facts,
      caller,
      () => this.evaluation(),
      (target, rows, keys) => this.insert(target, rows.map(open), undefined, keys !== undefined, keys ?? []),
    )
  }

  private evaluation(): Evaluation {
    return new Evaluation(this.facts, this.caller, this.options.isLenient)
  }

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
        const affected = await this.insert(relation, field.rows.map(open), field.conflict, readsRows(selected), keys, true)
        if (field.kind === 'insert') return this.answer(relation, field.answer, affected, keys)
        return this.one(relation, keys, field.selected)
      }
      case 'update':
        return this.update(relation, field, field.answer)
      case 'update_many': {
        const answers: Json[] = []
        for (const update of field.updates) answers.push(await this.update(relation, update, field.answer))
        return answers
      }
      case 'update_by_pk': {
        if (field.related.length > 0) {
          const { rows } = await this.related.run(relation, field, [keyOf(field.values)])
          return (await this.related.objects(relation, rows, field.selected))[0] ?? null
        }
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
      case 'call': {
        const { parts, part = 0 } = field.call
        const where = `where abs(hashtext(t.mark)) % ${parts} = ${part}`
        const keys = await this.change(`${touchSql(relation)} ${where}`, relation, wholeRow, 't')
        const { numbers } = await this.facts.relation(relation)
        const rows = keys.map((key) => numbers.get(key)!)
        return this.evaluation().given(relation, rows, field.slice, field.selected)
      }
      case 'delete_by_pk': {
        const before = await this.facts.relation(relation)
        const where = isOneOf(relation, [keyOf(field.values)])
        const keys = await this.change(`delete from ${quoteName(relation.name)} where ${where}`, relation, field.selected)
        return this.one(relation, keys, field.selected, before)
      }
    }
  }

  private async update(relation: Relation, update: UpdateOf & { readonly filter: Filter }, answer: Answered): Promise<Json> {
    if (update.related.length > 0) {
      const { rows, affected } = await this.related.run(relation, update)
      return this.answered(relation, answer, affected, (selected) => this.related.objects(relation, rows, selected))
    }
    const where = await this.where(relation, update.filter)
    const statement = `update ${quoteName(relation.name)} set ${setOf(update.changes)}`
    try {
      const keys = await this.change(`${statement}${where}`, relation, returned(answer))
      return this.answer(relation, answer, keys.length, keys)
    } catch (error) {
      if (error instanceof Refused && this.options.isThorough === true) await this.otherRefusals(statement, where, relation)
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
    const rows = await this.evaluation().matching(relation, filter)
    const { keys } = await this.facts.relation(relation)
    return ` where ${isOneOf(
      relation,
      rows.map((row) => keys[row]!),
    )}`
  }

  /** Rows that one statement inserts, updates or deletes: their keys, or as many empty texts. */
  private async change(statement: string, relation: Relation, selected: readonly Selected[], alias?: string): Promise<string[]> {
    const reads = readsRows(selected)
    const rows = await this.facts.session.rowsAs(this.caller, `${statement} returning ${reads ? keyText(relation, alias) : `''`}`)
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
    isOuter = false,
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
      // Inside other rows, those of one key go in once.
      insertSql(
        relation,
        isOuter || conflict === undefined ? rows : lastOfEach(relation, rows),
        conflict,
        await this.conflictWhere(relation, conflict),
      ),
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
    const rows = await this.evaluation().matching(relation, conflict.filter, true)
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
    return this.answered(relation, { parts }, affected, (selected) => this.objects(relation, keys, selected, before))
  }

  private async answered(
    relation: Relation,
    { parts }: Answered,
    affected: number,
    objects: (selected: readonly Selected[]) => Promise<JsonObject[]>,
  ): Promise<Json> {
    const answer: JsonObject = {}
    for (const part of parts) {
      if (part.kind === 'typename') answer[part.key] = `${relation.name}_mutation_response`
      else if (part.kind === 'affected_rows') answer[part.key] = `\u0001${affected}`
      else if ('selected' in part) answer[part.key] = await objects(part.selected)
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
    return this.evaluation().objects(relation, rows, selected, own)
  }
}

const rowKey = ({ key }: Relation, row: OpenRow): string => keyOf(key.map((name) => String(row.values.get(name))))

function lastOfEach(relation: Relation, rows: readonly OpenRow[]): OpenRow[] {
  return [...new Map(rows.map((row) => [rowKey(relation, row), row])).values()]
}

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

const open = ({ values, nested }: Row): OpenRow => ({ values: new Map(values), nested })

/** Rows inside the rows, over one relationship at a time. */
function levelsOf(rows: readonly OpenRow[], forward: boolean) {
  const links = [...new Set(rows.flatMap(({ nested }) => nested.map(({ link }) => link)))].filter((link) => link.forward === forward)
  return links.flatMap((link) => {
    const inside = rows.flatMap((outer) => outer.nested.filter((each) => each.link === link).map((each) => ({ outer, each })))
    const inner = inside.flatMap(({ outer, each }) => each.rows.map((row) => ({ outer, row: open(row) })))
    return inner.length === 0 ? [] : [{ link, rows: inner, conflict: inside[0]!.each.conflict }]
  })
}
