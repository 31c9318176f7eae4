// The one row of an insert, value by value: each is a parameter of its own, written the way in which JSON's own conversion of
// rows would have written it, so that one row and many rows have the same meaning.
import type { Column } from '#libs/catalog'
import { type GivenRow, isReadFromText } from '#libs/query'
import { isJson, type TableModel } from '../../model/role-model.ts'
import { type Input, jsonText, NumberText } from '../inputs.ts'
import { jsonValueFor, parameter, storable, type ToText } from '../parameters.ts'
import type { Planning } from '../planning.ts'

/** The row's values for the insert's columns; `objects` holds this row alone. */
export function givenRow(planning: Planning, table: TableModel, objects: Input, columns: readonly Column[], location: string): GivenRow {
  const { inputs, variables } = planning
  const [row = objects] = inputs.items(objects)
  const given = new Map(inputs.entries(row, `${table.name}_insert_input`, location))
  const values = columns.map((column) => {
    const input = given.get(table.nameOf(column))
    if (input === undefined) throw new TypeError(`the row has no "${column.name}"`)
    return parameter(inputs.template(input), textOf(column, location), undefined, variables)
  })
  return { kind: 'row', values }
}

function textOf(column: Column, location: string): ToText {
  if (!isReadFromText(column.type)) {
    const key = JSON.stringify(column.name)
    const written = jsonValueFor(column.type, location)
    return (value) => `{${key}:${jsonText(written === undefined ? value : written(value))}}`
  }
  if (isJson(column)) return (value) => (value === null || value === undefined ? null : jsonText(value))
  return (value) => {
    if (typeof value === 'string') return storable(value, location)
    if (value === null || value === undefined) return null
    // Postgres reads GeoJSON; other types refuse the text of an object.
    return value instanceof NumberText ? value.text : typeof value === 'object' ? jsonText(value) : String(value)
  }
}
