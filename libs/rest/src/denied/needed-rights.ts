// Which rights a request needs on its own relation, and which of them are missing.
import type { Relation } from '#libs/catalog'
import { quoteIdentifier } from '#libs/postgres'
import type { FilterNode, Operand, ReadNode } from '#libs/query'
import type { Command, MissingGrant } from './denied-report.ts'

/** Columns by command; `delete` is a right on the whole table. */
export interface NeededRights {
  readonly select: ReadonlySet<string>
  readonly insert: ReadonlySet<string>
  readonly update: ReadonlySet<string>
  readonly delete: boolean
}

/** What the role holds, as Postgres says. */
export interface HeldRights {
  readonly usage: boolean
  readonly select: readonly string[]
  readonly insert: readonly string[]
  readonly update: readonly string[]
  readonly delete: boolean
}

/** Columns that a read looks at; `shown` false leaves out what it answers. */
export function columnsRead(read: ReadNode, shown: boolean): ReadonlySet<string> {
  const columns = new Set<string>()
  const addOperand = ({ column, relatedBy }: Operand) => {
    const links = relatedBy === undefined ? [] : [relatedBy].flat()
    if (links.length > 0) for (const name of links[0] !== undefined && 'columns' in links[0] ? links[0].columns : []) columns.add(name)
    else if (!('kind' in column)) columns.add(column.name)
  }
  const addFilter = (filter: FilterNode): void => {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return filter.items.forEach(addFilter)
      case 'not':
        return addFilter(filter.item)
      case 'exists':
      case 'related_aggregate':
        return filter.link.columns.forEach((name) => columns.add(name))
      default:
        addOperand(filter.operand)
    }
  }
  if (read.filter !== undefined) addFilter(read.filter)
  for (const { operand } of read.order) addOperand(operand)
  for (const field of shown ? read.fields : []) {
    if (field.kind === 'column' && !('kind' in field.column)) columns.add(field.column.name)
    else if (field.kind === 'relation') for (const name of field.link.columns) columns.add(name)
    else if (field.kind === 'aggregate') for (const column of field.call.columns) if (!('kind' in column)) columns.add(column.name)
  }
  return columns
}

/** The missing ones, with the statements that grant them. */
export function missingGrants(relation: Relation, role: string, needed: NeededRights, held: HeldRights): MissingGrant[] {
  const grantee = quoteIdentifier(role)
  const table = `${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.name)}`
  const missing: MissingGrant[] = []
  if (!held.usage) missing.push({ privilege: 'USAGE', grant: `grant usage on schema ${quoteIdentifier(relation.schema)} to ${grantee}` })
  const add = (privilege: Exclude<Command, 'DELETE'>, wanted: ReadonlySet<string>, has: readonly string[]): void => {
    const columns = [...wanted].filter((name) => !has.includes(name))
    if (columns.length === 0) return
    // Somebody chose columns: the table as a whole was not meant to be open.
    const list = has.length === 0 ? '' : ` (${columns.map(quoteIdentifier).join(', ')})`
    missing.push({ privilege, columns, grant: `grant ${privilege.toLowerCase()}${list} on ${table} to ${grantee}` })
  }
  add('SELECT', needed.select, held.select)
  add('INSERT', needed.insert, held.insert)
  add('UPDATE', needed.update, held.update)
  if (needed.delete && !held.delete) missing.push({ privilege: 'DELETE', grant: `grant delete on ${table} to ${grantee}` })
  return missing
}
