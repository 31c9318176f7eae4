// One text for answers that mean the same: keys sorted, and rows sorted wherever the request asks for no order.
import { type Json, type JsonObject, plainText } from '../../../query/test/property/exact-json.ts'
import type { Level } from './model.ts'
import { isToOne, keyOfEmbed, keyOfField } from './model.ts'

/** One text for all answers that are right. */
export function canonicalRows(rows: Json, level: Level, ordered: boolean): string {
  if (!Array.isArray(rows)) return plainText(rows)
  const texts = rows.map((row) => canonicalRow(row, level))
  return `[${(ordered ? texts : texts.toSorted()).join(',\n')}]`
}

function canonicalRow(row: Json, level: Level): string {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return plainText(row)
  const entries = new Map<string, string>()
  for (const field of level.fields) {
    if (field.kind !== 'embed') continue
    const { embed } = field
    const key = keyOfEmbed(embed)
    if (embed.spread) {
      if (!isToOne(embed.link) && embed.level.order.length === 0) zip(row, embed.level, entries)
    } else if (key in row)
      entries.set(
        key,
        isToOne(embed.link) ? canonicalRow(row[key]!, embed.level) : canonicalRows(row[key]!, embed.level, embed.level.order.length > 0),
      )
  }
  const keys = Object.keys(row).toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${entries.get(key) ?? plainText(row[key]!)}`).join(',')}}`
}

/** The columns of spread rows are arrays; in no order, their elements still belong together. */
function zip(row: JsonObject, level: Level, entries: Map<string, string>): void {
  const keys = level.fields.flatMap((field) => (field.kind === 'column' || field.kind === 'aggregate' ? [keyOfField(field)] : []))
  const columns = keys.map((key) => row[key])
  if (!columns.every((column): column is Json[] => Array.isArray(column) && column.length === (columns[0] as Json[]).length)) return
  const together = columns[0]!.map((_value, i) => plainText(columns.map((column) => column[i]!)))
  entries.set(keys[0]!, `(${together.toSorted().join(',')})`)
  for (const key of keys.slice(1)) entries.set(key, '(above)')
}
