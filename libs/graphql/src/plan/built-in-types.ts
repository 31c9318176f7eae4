// Types that results of aggregates and casts have, whatever the catalog holds.
import type { DataType } from '#libs/catalog'

function builtIn(oid: number, name: string, formatted: string, category: string): DataType {
  return { oid, schema: 'pg_catalog', name, formatted, kind: 'base', category }
}

export const textType = builtIn(25, 'text', 'text', 'S')
export const booleanType = builtIn(16, 'bool', 'boolean', 'B')
export const bigintType = builtIn(20, 'int8', 'bigint', 'N')
export const doubleType = builtIn(701, 'float8', 'double precision', 'N')
export const numericType = builtIn(1700, 'numeric', 'numeric', 'N')
