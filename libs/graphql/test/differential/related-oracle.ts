// What an update with `_related` does, by the steps of docs/decisions/0014: literal values, rows chosen by lists of keys.
import type { JsonObject } from '../../../query/test/property/exact-json.ts'
import { quoteName } from '../../../query/test/property/sql-text.ts'
import type { Evaluation } from './evaluate.ts'
import { type Facts, keyText, type RelationFacts } from './facts.ts'
import {
  columnOf,
  type Caller,
  type Change,
  type Link,
  type RelatedChange,
  type Relation,
  type Row,
  type Selected,
  type UpdateOf,
} from './model.ts'
import { isOneOf, literal, setOf } from './plain-statements.ts'
import { Refused, unmatched } from './sql-session.ts'

/** `keys` takes those of the rows, the outermost ones last; without it nothing is read of them. */
type Insert = (target: Relation, rows: readonly Row[], keys?: string[]) => Promise<number>

export interface Updated {
  /** Keys of the updated rows. */
  readonly rows: readonly string[]
  readonly affected: number
}

export class RelatedUpdates {
  constructor(
    private readonly facts: Facts,
    private readonly caller: Caller,
    private readonly evaluationOf: () => Evaluation,
    private readonly insert: Insert,
  ) {}

  /** `among`: keys of the rows that may be meant. */
  async run(relation: Relation, update: UpdateOf, among?: readonly string[]): Promise<Updated> {
    const chosen = await this.chosen(relation, update, among)
    const before = await this.facts.relation(relation)
    const belonging = new Map<RelatedChange, readonly string[]>()
    for (const change of update.related)
      if (!isLookedUpLate(update, change)) belonging.set(change, await this.belonging(change.link, before, chosen))
    let affected = 0
    const set = [setOf(update.changes)].filter((each) => each !== '')
    for (const { link, insert } of update.related) {
      if (!link.forward || insert === undefined || chosen.length === 0) continue
      const { count, values } = await this.pointedTo(link, insert)
      affected += count
      set.push(...values)
    }
    let rows = chosen
    if (set.length > 0) {
      rows = await this.changed(relation, `update ${quoteName(relation.name)} set ${set.join(', ')} where ${isOneOf(relation, chosen)}`)
      affected += rows.length
    }
    for (const change of update.related) {
      const own = belonging.get(change) ?? (await this.belonging(change.link, before, chosen))
      affected += await this.over(change, own, rows)
    }
    return { rows, affected }
  }

  /** Rows of these keys that the caller sees in the end. */
  async objects(relation: Relation, keys: readonly string[], selected: readonly Selected[]): Promise<JsonObject[]> {
    const { numbers } = await this.facts.relation(relation)
    const seen = await this.facts.visible(this.caller, relation)
    if (seen instanceof Refused) throw seen
    const rows = keys.map((key) => numbers.get(key)).filter((row) => row !== undefined && seen.has(row)) as number[]
    const evaluation = this.evaluationOf()
    evaluation.relation(relation)
    return evaluation.objects(relation, rows, selected, await this.facts.relation(relation))
  }

  /** Those that the caller may update, too. */
  private async chosen(relation: Relation, { filter }: UpdateOf, among: readonly string[] | undefined): Promise<string[]> {
    const rows = await this.evaluationOf().matching(relation, filter ?? { kind: 'and', items: [] })
    const { keys } = await this.facts.relation(relation)
    const meant = rows.map((row) => keys[row]!).filter((key) => among === undefined || among.includes(key))
    const order = relation.key.map((name) => `t.${quoteName(name)}`).join(', ')
    const locked = await this.facts.session.rowsAs(
      this.caller,
      `select ${keyText(relation)} from ${quoteName(relation.name)} t where ${isOneOf(relation, meant)} order by ${order} for update`,
    )
    return locked.map(([key]) => key!)
  }

  /** Rows that the caller sees and that hang on these now. */
  private async belonging(link: Link, near: RelationFacts, keys: readonly string[]): Promise<string[]> {
    const far = await this.facts.relation(link.target)
    const seen = await this.facts.visible(this.caller, link.target)
    if (seen instanceof Refused) throw seen
    const reached = this.facts.related(link, near, far)
    const rows = new Set(keys.flatMap((key) => reached[near.numbers.get(key)!]!))
    return [...rows].filter((row) => seen.has(row)).map((row) => far.keys[row]!)
  }

  private async pointedTo(link: Link, insert: readonly Row[]): Promise<{ count: number; values: string[] }> {
    const keys: string[] = []
    const count = await this.insert(link.target, insert, keys)
    if (keys.length === 0) throw new Refused(unmatched, 'a row to point to is left out')
    const { columns, numbers } = await this.facts.relation(link.target)
    // The row itself is the last one: its own parents come first.
    const row = numbers.get(keys.at(-1)!)!
    const values = link.pairs.map(([near, far]) => {
      return `${quoteName(near)} = ${literal(columns.get(far)!.texts[row]!)}::${columnOf(link.source, near).type}`
    })
    return { count, values }
  }

  private async over(
    { link, delete: deleted, updates, insert }: RelatedChange,
    own: readonly string[],
    outer: readonly string[],
  ): Promise<number> {
    const { target } = link
    let affected = 0
    if (deleted !== undefined) {
      const rows = await this.evaluationOf().matching(target, deleted)
      const { keys } = await this.facts.relation(target)
      const meant = rows.map((row) => keys[row]!).filter((key) => own.includes(key))
      affected += (await this.changed(target, `delete from ${quoteName(target.name)} where ${isOneOf(target, meant)}`)).length
    }
    for (const update of updates) affected += (await this.run(target, update, own)).affected
    if (insert === undefined || link.forward) return affected
    const { columns, numbers } = await this.facts.relation(link.source)
    const rows = outer.flatMap((key) => {
      const near = numbers.get(key)!
      return insert.map((row): Row => {
        const given = link.pairs.map(([name, far]) => [far, columns.get(name)!.texts[near]!] as const)
        return { ...row, values: new Map([...row.values, ...given]) }
      })
    })
    return affected + (rows.length === 0 ? 0 : await this.insert(target, rows))
  }

  private async changed(relation: Relation, statement: string): Promise<string[]> {
    const rows = await this.facts.session.rowsAs(this.caller, `${statement} returning ${keyText(relation)}`)
    this.facts.changed(relation)
    return rows.map(([key]) => key!)
  }
}

/** One change over one relationship looks its rows up as it comes to them, where nothing can move them before. */
function isLookedUpLate({ related, changes }: UpdateOf, { link, delete: deleted, updates, insert }: RelatedChange): boolean {
  const asked = (deleted === undefined ? 0 : 1) + updates.length
  const keepsPlace = !changes.some(({ column }: Change) => link.pairs.some(([near]) => near === column.name))
  return asked === 1 && related.length === 1 && (insert === undefined || !link.forward) && keepsPlace
}
