import type { ValueType } from './json-values.ts'
import type { WireColumn } from './script-query.ts'

/** How the columns' types are looked up: any connection will do. */
type Query = (text: string, values: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>

/** Below this number types come with Postgres and never change, so they are remembered. */
const firstUserOid = 16_384
const builtIn = new Map<number, ValueType>()

/** The types of a result's columns, and their names with modifiers (`numeric(10,2)`) as Postgres prints them. */
export async function describeColumns(
  columns: readonly WireColumn[],
  query: Query,
): Promise<{ name: string; type: string; value: ValueType }[]> {
  const named = columns.filter((column) => column.typeModifier >= 0)
  const missing = columns.map((column) => column.typeOid).filter((oid) => !builtIn.has(oid))
  const found = new Map(builtIn)
  const withModifier = new Map<string, string>()
  if (missing.length > 0 || named.length > 0) {
    const { rows } = await query(
      // pg_type.typelem is also set for types that only look like arrays (point, name): category A tells.
      `select t.oid::int8::text as oid, format_type(t.oid, null) as name, nullif(w.modifier, -1) as modifier, format_type(t.oid, w.modifier) as full_name,
              e.oid::int8::text as element_oid, format_type(e.oid, null) as element_name, e.typdelim as delimiter
         from unnest($1::int8[], $2::int4[]) as w(oid, modifier)
         join pg_catalog.pg_type t on t.oid = w.oid::oid
         left join pg_catalog.pg_type e on t.typcategory = 'A' and e.oid = t.typelem`,
      [columns.map((column) => column.typeOid), columns.map((column) => column.typeModifier)],
    )
    for (const row of rows) {
      const type: ValueType = {
        oid: Number(row['oid']),
        name: String(row['name']),
        ...(row['element_oid'] === null
          ? {}
          : { element: { oid: Number(row['element_oid']), name: String(row['element_name']) }, delimiter: String(row['delimiter']) }),
      }
      found.set(type.oid, type)
      if (type.oid < firstUserOid) builtIn.set(type.oid, type)
      if (row['modifier'] !== null) withModifier.set(`${type.oid}:${String(row['modifier'])}`, String(row['full_name']))
    }
  }
  return columns.map((column) => {
    const value = found.get(column.typeOid) ?? { oid: column.typeOid, name: 'unknown' }
    return { name: column.name, type: withModifier.get(`${column.typeOid}:${column.typeModifier}`) ?? value.name, value }
  })
}
