// The databases of the golden cases, by the name in a case's first line.
import { createTestDatabase } from '#test/postgres'
import { functions, functionsRows } from './functions.sql.ts'
import { kinds } from './kinds.sql.ts'
import { maps, rasters } from './maps.sql.ts'
import { Music } from './music.ts'
import { names, namesRows } from './names.sql.ts'
import { writes, writesRows } from './writes.sql.ts'

/** What a database is made of: its extensions (made by the superuser) and its tables. */
interface GoldenDatabase {
  readonly extensions: readonly string[]
  readonly script: string
  /** Makes its rows what they are at the start of every case. */
  readonly rows?: string
}

const databases: Readonly<Record<string, GoldenDatabase>> = {
  /** Columns of every kind, functions, enum tables, groups. */
  kinds: { extensions: ['ltree', 'citext'], script: kinds },
  /** Functions: what they take and what they give. */
  functions: { extensions: [], script: functions, rows: functionsRows },
  /** Names and keys by comments. */
  names: { extensions: [], script: names, rows: namesRows },
  /** PostGIS. */
  maps: { extensions: ['postgis'], script: maps },
  rasters: { extensions: ['postgis', 'postgis_raster'], script: rasters },
  /** Writing: nested rows, keys, policies that look at the parent, functions that change rows. */
  writes: { extensions: [], script: writes, rows: writesRows },
}

/** Starts one; a text says why this Postgres cannot have it. */
export async function openDatabase(name: string): Promise<Music | string> {
  if (name === 'music') return Music.start()
  const wanted = databases[name]
  if (wanted === undefined) throw new Error(`there is no golden database called ${name}`)
  const missing = await missingExtension(wanted.extensions)
  if (missing !== undefined) return `this Postgres has no ${missing}; PLINTH_TEST_DATABASE_URL names one that has`
  return Music.start({}, async (database) => {
    await database.superuserSql(
      [
        'create schema extensions; grant usage on schema extensions to public',
        ...wanted.extensions.map((each) => `create extension ${each} schema extensions`),
        // Operators of extensions are found by the search path.
        `do $$ begin execute format('alter database %I set search_path = public, extensions', current_database()); end $$`,
      ].join(';\n'),
    )
    await database.sql(`set search_path = public, extensions; ${wanted.script}; reset search_path`)
  })
}

/** What runs before every case on that database. */
export function rowsOf(name: string): string | undefined {
  return databases[name]?.rows
}

async function missingExtension(extensions: readonly string[]): Promise<string | undefined> {
  await using database = await createTestDatabase({ migrate: false })
  const rows = await database.sql<{ name: string }>('select name from pg_available_extensions where name = any($1)', [extensions])
  const available = new Set(rows.map(({ name }) => name))
  return extensions.find((each) => !available.has(each))
}
