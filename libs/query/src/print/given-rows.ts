// A row that is inserted value by value: what Postgres reads from text is a parameter as it is, without a cast, for it takes
// the column's type. JSON has its own way to arrays and composite types, and the row goes that way for these columns alone.
import { baseType } from '../base-type.ts'
import { quoteIdentifier } from '#libs/postgres'
import type { Column, DataType } from '#libs/catalog'
import type { GivenRow } from '../mutation-tree.ts'
import { typeName, type Statement } from './statement.ts'

/**
 * Does Postgres read a value of the type from text, whether it stood in JSON or not? Otherwise (arrays, composite types,
 * domains over them) a JSON list or object has a meaning that its text has not.
 */
export function isReadFromText(type: DataType): boolean {
  const { kind, category } = baseType(type)
  return kind === 'enum' || kind === 'range' || kind === 'multirange' || (kind === 'base' && category !== 'A')
}

/** The values as a VALUES list's items. */
export function givenValues(statement: Statement, columns: readonly Column[], { values }: GivenRow): string[] {
  return columns.map(({ name, type }, i) => {
    const value = values[i]
    if (value === undefined) throw new TypeError('a row has a value for each column')
    if (isReadFromText(type)) return statement.value(value)
    const column = quoteIdentifier(name)
    return `(select b.${column} from json_to_record(${statement.value(value, 'json')}) b(${column} ${typeName(type)}))`
  })
}
