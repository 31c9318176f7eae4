// Schemas, tables, columns and functions as the editor's completion takes them.
import type { SchemaOverview } from '#admin-api'
import type { SQLNamespace } from '@codemirror/lang-sql'

export function completionNamespace(overview: SchemaOverview | undefined): SQLNamespace {
  const schemas: Record<string, Record<string, SQLNamespace>> = {}
  for (const table of overview?.tables ?? []) {
    const tables = (schemas[table.schema] ??= {})
    tables[table.name] = {
      self: { label: table.name, type: 'table', detail: table.kind === 'table' ? undefined : table.kind.replace('_', ' ') },
      children: table.columns.map((column) => ({ label: column.name, type: 'property', detail: column.type })),
    }
  }
  return schemas
}
