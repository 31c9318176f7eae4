// Arguments of fields.
import { FilterWriter } from './filter-text.ts'
import {
  type Call,
  type Given,
  type Groups,
  type Column,
  columnOf,
  type Filter,
  type MutationField,
  type OnConflict,
  type RelatedChange,
  type Relation,
  rootName,
  type RootArgument,
  type Row,
  type UpdateOf,
  type Value,
} from './model.ts'
import type { Page } from './relay-model.ts'
import { constant, listOf, names, objectOf, type Written } from './written.ts'

export class ArgumentWriter extends FilterWriter {
  private readonly conflicts = new Map<OnConflict, Written>()

  page(relation: Relation, page: Page): string {
    const { size, fromEnd, cursor } = page
    const args: string[] = []
    if (size !== undefined) args.push(`${fromEnd ? 'last' : 'first'}: ${this.whole('Int', constant(String(size), size))}`)
    if (cursor?.found !== undefined)
      args.push(`${cursor.side}: ${this.whole('String', constant(JSON.stringify(cursor.found.text), cursor.found.text))}`)
    return this.slice(relation, page, args)
  }

  nodeId(id: string): string {
    return this.list([`id: ${this.whole('ID!', constant(JSON.stringify(id), id))}`])
  }

  groups(relation: Relation, { filter, by, having, first, order, limit, offset }: Groups): string {
    const args = [`by: ${this.whole(`[${relation.name}_select_column!]!`, names(by))}`]
    if (filter !== undefined) args.push(`where: ${this.whole(`${relation.name}_bool_exp`, this.filter(filter))}`)
    if (having !== undefined) args.push(`having: ${this.whole(`${relation.name}_having_exp`, this.having(having))}`)
    const directed = ({ column, direction }: Pick<NonNullable<typeof first>, 'column' | 'direction'>): Written => {
      const written = constant(direction, direction)
      return column === undefined ? written : objectOf([[column.name, written]])
    }
    const aggregate = first === undefined ? [] : [objectOf([['aggregate', objectOf([[first.call, directed(first)]])]])]
    const rest = order.map((each) => objectOf([['key', directed(each)]]))
    if (order.length > 0) args.push(`order_by: ${this.whole(`[${relation.name}_group_order_by!]`, listOf([...aggregate, ...rest]))}`)
    if (limit !== undefined) args.push(`limit: ${this.whole('Int', constant(String(limit), limit))}`)
    if (offset !== undefined) args.push(`offset: ${this.whole('Int', constant(String(offset), offset))}`)
    return this.list(args)
  }

  call(name: string, { parts, part }: Call): string {
    const given: [string, Written][] = [['parts', this.leaf('Int', constant(String(parts), parts))]]
    if (part !== undefined) given.push(['part', this.leaf('Int', constant(String(part), part))])
    return `args: ${this.whole(`${name}_args!`, objectOf(given))}`
  }

  rootArguments(name: string, args: readonly RootArgument[]): string {
    if (args.length === 0) return ''
    const values = args.map(({ name: key, column, value }): [string, Written] => [
      key,
      value === null ? constant('null', null) : this.column(column, value),
    ])
    return this.list([`args: ${this.whole(`${name}_args!`, objectOf(values))}`])
  }

  keyArguments(relation: Relation, values: readonly string[]): string {
    return this.list(relation.key.map((name, i) => `${name}: ${this.ofColumn(columnOf(relation, name), values[i]!, '!')}`))
  }

  /** Of a column or a computed value. */
  columnArguments(relation: Relation, { name, computed }: Column, path: readonly (string | number)[] | undefined): string {
    return this.list([...this.given(name, relation, computed?.args ?? []), ...this.jsonPath(path)])
  }

  /** `args` of a function over rows; without any it may be left out. */
  given(name: string, relation: Relation, args: readonly Given[]): string[] {
    if (args.length === 0) return []
    const values = args.map((each): [string, Written] => [
      each.name,
      this.leaf(each.scalar, constant(JSON.stringify(each.value), each.value)),
    ])
    return [`args: ${this.whole(`${name}_${relation.name}_args`, objectOf(values))}`]
  }

  private jsonPath(path: readonly (string | number)[] | undefined): string[] {
    if (path === undefined) return []
    const steps = path.map((step, i) =>
      typeof step === 'number' ? `[${step}]` : this.chance(20) ? `["${step}"]` : `${i === 0 ? '' : '.'}${step}`,
    )
    const text = `${this.chance(40) ? '$' : ''}${steps.join('')}`.replace(/^\$(?=[a-z])/, '$.')
    return [`path: ${this.whole('String', constant(JSON.stringify(text), text))}`]
  }

  count(relation: Relation, columns: readonly Column[], distinct: boolean): string {
    const args: string[] = []
    if (columns.length > 0) args.push(`columns: ${this.whole(`[${relation.name}_select_column!]`, names(columns))}`)
    if (distinct) args.push(`distinct: ${this.flag(true)}`)
    return this.list(args)
  }

  mutation(field: MutationField): string {
    const { relation } = field
    const type = relation.name
    const where = (filter: Filter) => `where: ${this.whole(`${type}_bool_exp!`, this.filter(filter))}`
    switch (field.kind) {
      case 'insert':
      case 'insert_one': {
        const rows = field.rows.map((row) => this.row(relation, row))
        const objects =
          field.kind === 'insert'
            ? `objects: ${this.whole(`[${type}_insert_input!]!`, listOf(rows))}`
            : `object: ${this.whole(`${type}_insert_input!`, rows[0]!)}`
        const conflict =
          field.conflict === undefined ? [] : [`on_conflict: ${this.whole(`${type}_on_conflict`, this.conflict(field.conflict))}`]
        return this.list([objects, ...conflict])
      }
      case 'update':
        return this.list([where(field.filter), ...this.changes(relation, field)])
      case 'update_by_pk': {
        const key = objectOf(relation.key.map((name, i) => [name, this.column(columnOf(relation, name), field.values[i]!, '!')]))
        return this.list([`pk_columns: ${this.whole(`${type}_pk_columns_input!`, key)}`, ...this.changes(relation, field)])
      }
      case 'update_many': {
        const updates = field.updates.map((update) => objectOf([['where', this.filter(update.filter)], ...this.changeObjects(update)]))
        return this.list([`updates: ${this.whole(`[${type}_updates!]!`, listOf(updates))}`])
      }
      case 'delete':
        return this.list([where(field.filter)])
      case 'call':
        return this.slice(relation, field.slice, [this.call(rootName(field), field.call)])
      case 'delete_by_pk':
        return this.keyArguments(relation, field.values)
    }
  }

  /** A boolean of the request itself. */
  flag(value: boolean): string {
    return this.whole('Boolean!', constant(String(value), value))
  }

  private changes(relation: Relation, update: UpdateOf): string[] {
    return this.changeObjects(update).map(([operator, object]) => `${operator}: ${this.whole(`${relation.name}${operator}_input`, object)}`)
  }

  private changeObjects({ changes, related }: UpdateOf): [string, Written][] {
    const operators = [...new Set(changes.map(({ operator }) => operator))]
    const objects = operators.map((operator): [string, Written] => {
      const own = changes.filter((change) => change.operator === operator)
      return [operator, objectOf(own.map(({ column, value }) => [column.name, this.changed(operator, column, value)]))]
    })
    if (related.length > 0) objects.push(['_related', objectOf(related.map((change) => [change.link.name, this.related(change)]))])
    return objects
  }

  private related({ link, delete: deleted, updates, insert }: RelatedChange): Written {
    const parts: [string, Written][] = []
    if (deleted !== undefined) parts.push(['delete', this.filter(deleted)])
    if (updates.length > 0) {
      const each = (update: UpdateOf): Written =>
        objectOf([
          ...(update.filter === undefined ? [] : [['where', this.filter(update.filter)] as [string, Written]]),
          ...this.changeObjects(update),
        ])
      parts.push(['update', listOf(updates.map(each))])
    }
    if (insert !== undefined) {
      const data = insert.map((row) => this.row(link.target, row))
      parts.push(['insert', objectOf([['data', link.toOne ? data[0]! : listOf(data)]])])
    }
    return objectOf(parts)
  }

  private changed(operator: string, column: Column, value: Value | null): Written {
    if (operator === '_delete_key') return this.leaf('String', constant(JSON.stringify(value), value))
    if (operator === '_delete_elem') return this.leaf('Int', constant(value as string, Number(value)))
    if (operator === '_delete_at_path')
      return this.leaf('[String!]', listOf((value as readonly string[]).map((each) => constant(JSON.stringify(each), each))))
    return value === null ? constant('null', null) : this.column(column, value)
  }

  private row(relation: Relation, { values, nested }: Row): Written {
    const columns = [...values].map(([name, value]): [string, Written] => {
      return [name, value === null ? constant('null', null) : this.column(columnOf(relation, name), value)]
    })
    const related = nested.map(({ link, rows, conflict }): [string, Written] => {
      const data = rows.map((each) => this.row(link.target, each))
      const rest: [string, Written][] = conflict === undefined ? [] : [['on_conflict', this.sameConflict(conflict)]]
      return [link.name, objectOf([['data', link.toOne ? data[0]! : listOf(data)], ...rest])]
    })
    return objectOf([...columns, ...related])
  }

  /** Written once: what is written differently counts as different. */
  private sameConflict(conflict: OnConflict): Written {
    let written = this.conflicts.get(conflict)
    if (written === undefined) {
      const once = this.conflict(conflict)
      const [json, text] = [once.json(), { literal: undefined as string | undefined }]
      written = { literal: () => (text.literal ??= once.literal()), json: () => json }
      this.conflicts.set(conflict, written)
    }
    return written
  }

  private conflict({ key, update, filter }: OnConflict): Written {
    return objectOf([
      ['constraint', constant(key.name, key.name)],
      ...(update.length > 0 || this.chance(50) ? [['update_columns', names(update)] as [string, Written]] : []),
      ...(filter === undefined ? [] : [['where', this.filter(filter)] as [string, Written]]),
    ])
  }
}
