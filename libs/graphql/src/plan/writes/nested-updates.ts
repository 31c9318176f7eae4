// `_related`: an update that changes rows related to the updated ones, in the same transaction (docs/decisions/0014).
import { compileRelatedUpdate, type InsertNode, type MutationAnswer, type RelatedChange, type RelatedUpdate } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import { pointsAway, relatedChanges } from '../../model/nested-writes.ts'
import type { Relationship, TableModel } from '../../model/role-model.ts'
import { filterOf } from '../filters/filters.ts'
import { InsertedRows } from './inserted-rows.ts'
import type { Input } from '../inputs.ts'
import { nodeOf, relatedConflict } from './inserts.ts'
import type { MutationStatement } from './mutation-steps.ts'
import { insertPlaces } from './nested-inserts.ts'
import { rowsText } from './rows-text.ts'
import { parameter } from '../parameters.ts'
import type { Planning } from '../planning.ts'
import { requireOperator, setOf } from './updates.ts'

/** How deep `_related` may stand in `_related`. */
const RELATED_DEPTH_MAX = 5
/** Changes of one update, at all depths together; each is several statements. */
const RELATED_CHANGES_MAX = 50

/** Where a change is written, and of inserts what it means that a row was skipped on which others hang. */
interface Place {
  readonly path: string
  readonly unmatched?: string
}

/** Plans one update with `_related`, and remembers where each change is written. */
export class RelatedUpdates {
  private readonly places = new Map<RelatedUpdate | RelatedChange | InsertNode, Place>()
  private changes = 0

  constructor(private readonly planning: Planning) {}

  /** The statements of an update whose `_related` is `related`. */
  statements(
    table: TableModel,
    update: Omit<RelatedUpdate, 'related'>,
    related: Input,
    location: string,
    answer: MutationAnswer,
  ): readonly MutationStatement[] {
    const node: RelatedUpdate = { ...update, related: this.related(table, related, update.set, `${location}._related`, 1) }
    return compileRelatedUpdate(node, answer).map(({ plan, of }) => {
      const place = of === undefined ? undefined : this.places.get(of)
      return { plan, path: location, ...place, answers: of === undefined }
    })
  }

  /** `{relationship: {delete update insert}, …}` */
  private related(table: TableModel, input: Input, set: RelatedUpdate['set'], location: string, depth: number): RelatedChange[] {
    if (depth > RELATED_DEPTH_MAX) throw validationFailed(`_related may be nested ${RELATED_DEPTH_MAX} levels deep at most`, location)
    const typeName = `${table.name}_related_input`
    return this.given(input, typeName, location).map(([name, value]) => {
      const relationship = table.relationships.get(name)
      if (relationship === undefined || relatedChanges(table, relationship).length === 0)
        throw validationFailed(`field '${name}' not found in type: '${typeName}'`, location)
      this.spend(location)
      return this.change(table, relationship, value, set, `${location}.${name}`, depth)
    })
  }

  private change(
    table: TableModel,
    relationship: Relationship,
    input: Input,
    set: RelatedUpdate['set'],
    location: string,
    depth: number,
  ): RelatedChange {
    const { link, target } = relationship
    const given = new Map(this.given(input, `${table.name}_${relationship.name}_related_changes`, location))
    const deleted = given.get('delete')
    const updates = given.get('update')
    const inserted = given.get('insert')
    const change: RelatedChange = {
      link,
      ...(deleted === undefined ? {} : { delete: filterOf(this.planning, target, deleted, `${location}.delete`) }),
      updates: updates === undefined ? [] : this.updates(target, updates, `${location}.update`, depth),
      ...(inserted === undefined ? {} : { insert: this.insert(table, relationship, inserted, set, `${location}.insert`) }),
    }
    this.places.set(change, { path: location })
    return change
  }

  private updates(table: TableModel, input: Input, location: string, depth: number): RelatedUpdate[] {
    return this.planning.inputs.items(input).map((item, i) => {
      const at = `${location}[${i}]`
      this.spend(at)
      const given = new Map(this.given(item, `${table.name}_related_updates`, at))
      const set = setOf(this.planning, table, given, at)
      const related = given.get('_related')
      if (related === undefined) requireOperator(set, at)
      const where = given.get('where')
      const update: RelatedUpdate = {
        relation: table.relation,
        set,
        ...(where === undefined ? {} : { filter: filterOf(this.planning, table, where, `${at}.where`) }),
        related: related === undefined ? [] : this.related(table, related, set, `${at}._related`, depth + 1),
      }
      this.places.set(update, { path: at })
      return update
    })
  }

  /** Rows to insert: for each of the outer rows, or the one that they are to point to. */
  private insert(
    table: TableModel,
    relationship: Relationship,
    input: Input,
    set: RelatedUpdate['set'],
    location: string,
  ): InsertNode | undefined {
    const { link, name } = relationship
    const determined = pointsAway(link) ? set.filter(({ column }) => link.columns.includes(column.name)) : []
    if (determined.length > 0) {
      const names = determined.map(({ column }) => `"${table.nameOf(column)}"`).join(', ')
      throw validationFailed(`cannot insert object relationship "${name}" as ${names} column values are already determined`, location)
    }
    const level = new InsertedRows(this.planning).readRelated(relationship, input, location)
    if (level.rows === 0) return undefined
    const { inputs } = this.planning
    const data = new Map(inputs.entries(input, `${relationship.target.name}_rel_insert_input`, location)).get('data')!
    const template = inputs.template(data)
    const rows = parameter(template, rowsText(level, template.kind === 'path'), 'json', this.planning.variables)
    const node = { ...nodeOf(this.planning, level, rows), conflict: relatedConflict(this.planning, level) }
    for (const [inserted, place] of insertPlaces(node, level, `${location}.data`, pointsAway(link) ? name : undefined))
      this.places.set(inserted, place)
    return node
  }

  /** Entries that are given and not null. */
  private given(input: Input, typeName: string, location: string): (readonly [string, Input])[] {
    const { inputs } = this.planning
    return inputs.entries(input, typeName, location).filter(([, value]) => !inputs.isNull(value))
  }

  private spend(location: string): void {
    this.planning.spend(1, location)
    if (++this.changes > RELATED_CHANGES_MAX)
      throw validationFailed(`an update may have ${RELATED_CHANGES_MAX} changes of related rows at most`, location)
  }
}
