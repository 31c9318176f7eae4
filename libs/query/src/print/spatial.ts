// PostGIS' predicates. The function is called in the schema that the column's type is in: both come from the extension.
import { baseType } from '../base-type.ts'
import { quoteIdentifier } from '#libs/postgres'
import type { DataType } from '#libs/catalog'
import type { FilterNode } from '../tree.ts'
import type { Statement } from './statement.ts'

/** `"gis"."st_within"(t0."at", $1)` */
export function spatialOf(statement: Statement, filter: Extract<FilterNode, { kind: 'spatial' }>, operand: string): string {
  const { schema } = baseType(filter.operand.column.type)
  const values = filter.arguments.map((value) => statement.value(value))
  return `${quoteIdentifier(schema)}.${quoteIdentifier(filter.function)}(${[operand, ...values].join(', ')})`
}

/** `"gis"."st_asgeojson"(t0."at", 15, 4)::json`: 15 digits, with the reference system in its long form. */
export function geoJsonOf(expression: string, type: DataType): string {
  return `${quoteIdentifier(baseType(type).schema)}."st_asgeojson"(${expression}, 15, 4)::json`
}
