// Updates of rows together with rows related to them: a sequence of statements for one transaction (docs/decisions/0014).
import { quoteIdentifier } from '#libs/postgres'
import type { Relation } from '#libs/catalog'
import type { InsertNode, RelatedChange, RelatedUpdate } from './mutation-tree.ts'
import { addLevel, insertStep, type KeptKeys, type Level, rowsInJson } from './nested-levels.ts'
import { countsAffected } from './nested-insert.ts'
import type { Plan } from './plan.ts'
import { filterOf } from './print/filters.ts'
import { answerOf, answeredFields, type MutationAnswer } from './print/mutation-answers.ts'
import { setList } from './print/mutations.ts'
import { needsList, needsOf } from './print/needs.ts'
import { addAffected, affectedRows, countWhen, insertedKeys, keepRows } from './print/nested-rows.ts'
import { columnOf, relationName, Statement } from './print/statement.ts'
import { primaryKeyColumns } from './relationships.ts'
import type { FilterNode, RelationshipLink } from './tree.ts'

/** A statement of the sequence and the node that it comes from; the last one answers and has none. */
export interface RelatedStep {
  readonly plan: Plan
  readonly of: RelatedUpdate | RelatedChange | InsertNode | undefined
}

/**
 * Compiles an update with changes of related rows to statements for ONE transaction. The last one's `body` is the answer, read from
 * the tables after all changes; its `affected_rows` counts the rows of every statement.
 */
export function compileRelatedUpdate(node: RelatedUpdate, answer: MutationAnswer): readonly RelatedStep[] {
  const sequence = new Sequence(countsAffected(answer))
  const changed = sequence.update(node, undefined)
  return [...sequence.steps, { plan: answerStep(node.relation, changed, answer), of: undefined }]
}

/** Rows are meant when these columns of theirs are those of a kept row. */
interface Among {
  readonly keys: KeptKeys
  readonly columns: readonly string[]
  readonly names: readonly string[]
}

class Sequence {
  readonly steps: RelatedStep[] = []

  constructor(private readonly isCounted: boolean) {}

  /** Adds an update and everything inside it; gives the keys of its rows as they are afterwards. */
  update(node: RelatedUpdate, within: Among | undefined): KeptKeys {
    const linked = node.related.flatMap(({ link }) => link.columns)
    const names = [...new Set([...primaryKeyColumns(node.relation), ...linked])]
    const chosen = this.choose(node, names, within)
    const belonging = node.related.map((change) => (isMovedAlong(node, change) ? undefined : this.belonging(node, change, chosen)))
    const pointed = node.related.flatMap((change) =>
      change.insert !== undefined && pointsAway(change.link) ? [this.point(change, chosen)] : [],
    )
    const changed = node.set.length === 0 && pointed.length === 0 ? chosen : this.change(node, names, chosen, pointed)
    node.related.forEach((change, i) => this.changeRelated(change, belonging[i] ?? this.belonging(node, change, changed), changed))
    return changed
  }

  /** The rows that are meant, locked: whatever changes from here on, these are they. */
  private choose(node: RelatedUpdate, names: readonly string[], within: Among | undefined): KeptKeys {
    const statement = new Statement()
    const alias = statement.alias()
    const key = primaryKeyColumns(node.relation)
    const conditions = within === undefined ? [] : [isAmong(within, alias)]
    if (node.filter !== undefined) conditions.push(filterOf(statement, node.filter, alias))
    const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
    const order = key.map((name) => columnOf(alias, name)).join(', ')
    const list = names.map((name) => columnOf(alias, name)).join(', ')
    const rows = `select ${list} from ${relationName(node.relation)} ${alias}${where} order by ${order} for update of ${alias}`
    const begun = this.isCounted && this.steps.length === 0 ? [addAffected(true, '0')] : []
    return this.keep(statement, node, node.relation, names, rows, begun)
  }

  /** The related rows as they are before anything changes; undefined when nobody asks for them. */
  private belonging(node: RelatedUpdate, change: RelatedChange, chosen: KeptKeys): Among | undefined {
    const { link } = change
    const related: Among = { keys: chosen, columns: link.targetColumns, names: link.columns }
    const asked = (change.delete === undefined ? 0 : 1) + change.updates.length
    if (asked === 0) return undefined
    // Nothing moves them before they are asked for: then only those that are meant are looked up.
    const isOnly = asked === 1 && node.related.length === 1 && (change.insert === undefined || !pointsAway(link))
    if (isOnly && !node.set.some(({ column }) => link.columns.includes(column.name))) return related
    const statement = new Statement()
    const alias = statement.alias()
    const names = primaryKeyColumns(link.target)
    const list = names.map((name) => columnOf(alias, name)).join(', ')
    const rows = `select ${list} from ${relationName(link.target)} ${alias} where ${isAmong(related, alias)}`
    return { keys: this.keep(statement, change, link.target, names, rows, []), columns: names, names }
  }

  /** Inserts the row that the chosen ones are to point to, if there are any. */
  private point(change: RelatedChange, chosen: KeptKeys): { readonly link: RelationshipLink; readonly keys: KeptKeys } {
    const { link, insert } = change
    const over = { keys: kept(chosen, 'k'), forEach: false }
    const level = this.insert(insert!, over, undefined, link.targetColumns)
    return { link, keys: { relation: link.target, step: level.step, names: level.keys } }
  }

  private change(
    node: RelatedUpdate,
    names: readonly string[],
    chosen: KeptKeys,
    pointed: readonly { readonly link: RelationshipLink; readonly keys: KeptKeys }[],
  ): KeptKeys {
    const statement = new Statement()
    const alias = statement.alias()
    const set = setList(statement, node.set, alias)
    let from = kept(chosen, 'k')
    pointed.forEach(({ link, keys }, i) => {
      from += `, ${kept(keys, `p${i}`)}`
      set.push(...link.columns.map((name, c) => `${quoteIdentifier(name)} = p${i}.c${keys.names.indexOf(link.targetColumns[c]!)}`))
    })
    const isChosen = samePlace(chosen, 'k', primaryKeyColumns(node.relation), alias)
    const list = names.map((name) => columnOf(alias, name)).join(', ')
    const rows = `update ${relationName(node.relation)} ${alias} set ${set.join(', ')} from ${from} where ${isChosen} returning ${list}`
    return this.keep(statement, node, node.relation, names, rows, this.counted())
  }

  private changeRelated(change: RelatedChange, belonging: Among | undefined, outer: KeptKeys): void {
    const { link, insert } = change
    if (change.delete !== undefined) this.delete(change, change.delete, belonging!)
    for (const update of change.updates) this.update(update, belonging)
    if (insert === undefined || pointsAway(link)) return
    this.insert(insert, { keys: kept(outer, 'k'), forEach: true }, { link, keys: outer }, [])
  }

  private delete(change: RelatedChange, filter: FilterNode, belonging: Among): void {
    const statement = new Statement()
    const alias = statement.alias()
    const where = `${isAmong(belonging, alias)} and ${filterOf(statement, filter, alias)}`
    const rows = `delete from ${relationName(change.link.target)} ${alias} where ${where} returning 1`
    const text = `with m as (${rows}) select ${countWhen(this.steps.length, false, this.counted())} as rows from m`
    this.steps.push({ plan: { text, parameters: statement.parameters, columns: ['rows'] }, of: change })
  }

  private insert(
    node: InsertNode,
    over: { readonly keys: string; readonly forEach: boolean },
    outer: Level['outer'],
    columns: readonly string[],
  ): Level {
    const levels: Level[] = []
    const top = addLevel(levels, node, { rows: rowsInJson(node), path: [], over }, outer, { columns }, this.steps.length)
    for (const level of levels) this.steps.push({ plan: insertStep(level, this.isCounted ? 'add' : undefined), of: level.node })
    return top
  }

  private counted(): readonly string[] {
    return this.isCounted ? [addAffected(false)] : []
  }

  /** Adds a statement that keeps its rows for those that follow. */
  private keep(
    statement: Statement,
    of: RelatedStep['of'],
    relation: Relation,
    names: readonly string[],
    rows: string,
    done: readonly string[],
  ): KeptKeys {
    const step = this.steps.length
    const text = `with m as (${rows}) select ${countWhen(step, false, [keepRows(step, 'm'), ...done])} as rows from m`
    this.steps.push({ plan: { text, parameters: statement.parameters, columns: ['rows'] }, of })
    return { relation, step, names }
  }
}

/** The rows of the outer table as they are at the end. */
function answerStep(relation: Relation, changed: KeptKeys, answer: MutationAnswer): Plan {
  const statement = new Statement()
  const alias = statement.alias()
  const needs = needsOf(answeredFields(answer))
  const list = needsList(needs, alias, relation).join(', ')
  const select = answerOf(statement, { relation, affected: affectedRows }, answer)
  const isSame = samePlace(changed, 'k', primaryKeyColumns(relation), alias)
  const rows = `select ${list} from ${relationName(relation)} ${alias} join ${kept(changed, 'k')} on ${isSame} order by k.n`
  return { text: `with m as materialized (${rows}) ${select}`, parameters: statement.parameters, columns: ['body'] }
}

function kept({ relation, step, names }: KeptKeys, alias: string): string {
  return insertedKeys(relation, step, names, alias)
}

/** Does the update, by a cascade, change the primary key of the related rows? Then they are the same, but found by the new key only. */
function isMovedAlong(node: RelatedUpdate, { link }: RelatedChange): boolean {
  if (pointsAway(link) || !node.set.some(({ column }) => link.columns.includes(column.name))) return false
  return primaryKeyColumns(link.target).some((name) => link.targetColumns.includes(name))
}

function isAmong({ keys, columns, names }: Among, alias: string): string {
  const same = columns.map((column, i) => `${columnOf(alias, column)} = k.c${keys.names.indexOf(names[i]!)}`)
  return `exists (select from ${kept(keys, 'k')} where ${same.join(' and ')})`
}

/** The kept row is that of `alias`. */
function samePlace(keys: KeptKeys, name: string, columns: readonly string[], alias: string): string {
  return columns.map((column) => `${columnOf(alias, column)} = ${name}.c${keys.names.indexOf(column)}`).join(' and ')
}

/** Do the outer rows point there? */
function pointsAway({ source, columns, foreignKey }: RelationshipLink): boolean {
  if (foreignKey === undefined) throw new TypeError('rows are changed over foreign keys only')
  // Of a table that points to itself only the columns tell the direction.
  return (
    foreignKey.source.oid === source.oid &&
    columns.length === foreignKey.columns.length &&
    columns.every((name, i) => name === foreignKey.columns[i])
  )
}
