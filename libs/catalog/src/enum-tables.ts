// Tables whose rows are the values of an enum in GraphQL's schema: those with `@graphql({"enum": true})` in their comment.
import { createHash } from 'node:crypto'
import { DatabaseError, type PlatformDatabase, quoteIdentifier } from '#libs/postgres'
import { readDirective } from './comment-directive.ts'
import { ENUM_TABLES } from './enum-tables.sql.ts'

/** Values with their comments, in order. */
export type EnumValues = ReadonlyMap<string, string | null>

/** More values than these make no enum that anybody reads. */
const VALUES_MAX = 1_000

/** A table that somebody has locked is looked at again later. */
const LOCK_WAIT_MS = 50

interface EnumTable {
  readonly schema: string
  readonly name: string
  readonly key: string
  readonly comment: string | null
  /** The table's own comment. */
  readonly remark: string
}

/** What the enum tables hold. */
export interface EnumTables {
  /** By `schema.name`; tables without rows or with too many are tables like others. */
  readonly values: ReadonlyMap<string, EnumValues>
  /** Gives the rows' `state` now; undefined when there are no such tables. */
  readonly look: string | undefined
  readonly state: string
}

/**
 * The rows of all enum tables. A table that cannot be read is left out: it is then a table like others. One that is locked is as
 * it was `before`.
 */
export async function readEnumTables(database: PlatformDatabase, schemas: readonly string[], before: EnumTables): Promise<EnumTables> {
  const values = new Map<string, EnumValues>()
  const looks: string[] = []
  const states: string[] = []
  for (const table of await database.query<EnumTable>(ENUM_TABLES, [schemas])) {
    if (readDirective(table.remark, 'relation').options.enum !== true) continue
    const name = `${table.schema}.${table.name}`
    const answer = await askSoon(database, `select ${rowsOf(table)} as answer`).catch((error: unknown) =>
      isLocked(error) ? LOCKED : undefined,
    )
    if (answer === undefined) continue
    const read = answer === LOCKED ? before.values.get(name) : new Map(JSON.parse(answer) as [value: string, comment: string | null][])
    if (read !== undefined && read.size > 0 && read.size <= VALUES_MAX) values.set(name, read)
    looks.push(`md5(${rowsOf(table)})`)
    states.push(createHash('md5').update(answer).digest('hex'))
  }
  const look = looks.length === 0 ? undefined : `select concat_ws(',', ${looks.join(', ')}) as answer`
  return { values, look, state: states.join(',') }
}

/** Has a row of an enum table changed since it was read? Undefined when nobody can say: a table is locked, or gone. */
export async function enumRowsMoved(database: PlatformDatabase, { look, state }: EnumTables): Promise<boolean | undefined> {
  if (look === undefined) return false
  const now = await askSoon(database, look).catch(() => undefined)
  return now === undefined ? undefined : now !== state
}

/** No row's JSON. */
const LOCKED = 'locked'

function askSoon(database: PlatformDatabase, query: string): Promise<string> {
  return database.transaction(async (tx) => {
    await tx.query(`set local lock_timeout = ${LOCK_WAIT_MS}`)
    return (await tx.query<{ answer: string }>(query))[0]!.answer
  })
}

function isLocked(error: unknown): boolean {
  return error instanceof DatabaseError && error.sqlstate === '55P03'
}

/** JSON text `[[value, comment], …]` in order: few rows, by the primary key. */
function rowsOf({ schema, name, key, comment }: EnumTable): string {
  const comments = comment === null ? 'null::text' : `${quoteIdentifier(comment)}::text`
  const rows = `select ${quoteIdentifier(key)}::text as v, ${comments} as c from ${quoteIdentifier(schema)}.${quoteIdentifier(name)} order by 1 limit ${VALUES_MAX + 1}`
  return `(select coalesce(json_agg(json_build_array(v, c)), '[]')::text from (${rows}) r)`
}
