// Tables whose rows are the values of an enum in GraphQL's schema: those with `@graphql({"enum": true})` in their comment.
import { quoteIdentifier, type PlatformQueries } from '#libs/postgres'
import { readDirective } from './comment-directive.ts'
import { ENUM_TABLES } from './enum-tables.sql.ts'

/** Values with their comments, in order. */
export type EnumValues = ReadonlyMap<string, string | null>

/** More values than these make no enum that anybody reads. */
const VALUES_MAX = 1_000

interface EnumTable {
  readonly schema: string
  readonly name: string
  readonly key: string
  readonly comment: string | null
  /** The table's own comment. */
  readonly remark: string
}

/** The rows of all enum tables by `schema.name`. A table that cannot be read is left out: it is then a table like others. */
export async function readEnumTables(database: PlatformQueries, schemas: readonly string[]): Promise<Map<string, EnumValues>> {
  const found = new Map<string, EnumValues>()
  for (const table of await database.query<EnumTable>(ENUM_TABLES, [schemas])) {
    if (readDirective(table.remark, 'relation').options.enum !== true) continue
    const values = await valuesOf(database, table).catch(() => undefined)
    if (values !== undefined && values.size > 0 && values.size <= VALUES_MAX) found.set(`${table.schema}.${table.name}`, values)
  }
  return found
}

async function valuesOf(database: PlatformQueries, { schema, name, key, comment }: EnumTable): Promise<EnumValues> {
  const comments = comment === null ? 'null::text' : `${quoteIdentifier(comment)}::text`
  const rows = await database.query<{ value: string; comment: string | null }>(
    `select ${quoteIdentifier(key)}::text as value, ${comments} as comment from ${quoteIdentifier(schema)}.${quoteIdentifier(name)} order by 1 limit ${VALUES_MAX + 1}`,
  )
  return new Map(rows.map((row) => [row.value, row.comment]))
}
