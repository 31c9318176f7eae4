import type { TableInfo } from '#admin-api'
import { kindOf } from './column-kind.ts'

/** An insert with the table's own columns, for the empty state. */
export function insertSnippet(table: TableInfo): string {
  const values = table.columns
    .filter((column) => column.generated === 'no' && column.default === null && !column.nullable)
    .slice(0, 4)
    .map((column) => `  ${/^[a-z_]\w*$/i.test(column.name) ? column.name : JSON.stringify(column.name)}: ${exampleOf(kindOf(column))},`)
  return `await plinth.from('${table.name}').insert({\n${values.join('\n')}\n})`
}

function exampleOf(kind: ReturnType<typeof kindOf>): string {
  if (kind === 'integer' || kind === 'number') return '1'
  if (kind === 'boolean') return 'true'
  if (kind === 'json') return '{}'
  if (kind === 'array') return '[]'
  if (kind === 'timestamp' || kind === 'date') return 'new Date()'
  if (kind === 'uuid') return 'crypto.randomUUID()'
  return "'…'"
}
