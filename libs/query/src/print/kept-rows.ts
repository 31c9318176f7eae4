// Changed rows that are kept as JSON in a setting of the transaction, for the statements that follow.
import { baseType } from '../base-type.ts'
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { DataType, Relation } from '#libs/catalog'
import { rowName, type Needs } from './needs.ts'
import { relationName, typeName } from './statement.ts'

/** `select …` of what is needed of the rows under `alias`, as text: so a value survives the way there and back whatever its type is. */
export function keptList(relation: Relation, needs: Needs, alias: string): string {
  return keptColumns(relation, needs)
    .map(({ name, type }) => (keepsItself(type) ? `${alias}.${name}` : `${alias}.${name}::text`))
    .join(', ')
}

/** The kept rows as a select: they look as they did in the RETURNING. */
export function keptRows(relation: Relation, needs: Needs, setting: string): string {
  const columns = keptColumns(relation, needs).map(({ name, type }) => `${name} ${typeof type === 'string' ? type : typeName(type)}`)
  return `select * from json_to_recordset(current_setting(${quoteLiteral(setting)})::json) as (${columns.join(', ')})`
}

function keptColumns(relation: Relation, needs: Needs): { readonly name: string; readonly type: DataType | string }[] {
  const columns = [...needs.columns].map((name): { name: string; type: DataType | string } => {
    const column = relation.columnsByName.get(name)
    if (column === undefined) throw new TypeError(`the relation has no column "${name}"`)
    return { name: quoteIdentifier(name), type: column.type }
  })
  return needs.row ? [...columns, { name: rowName(relation), type: relationName(relation) }] : columns
}

/** JSON stays JSON: as text it would become a string in it. The cast of char(n) to text cuts its blanks off. */
function keepsItself(type: DataType | string): boolean {
  return typeof type !== 'string' && ['json', 'jsonb', 'bpchar'].includes(baseType(type).name)
}
