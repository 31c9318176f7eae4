// Names of a request -> objects of the catalog, or the dialect's error for an unknown name.
import type { Catalog, Column, DataType, Relation } from '#libs/catalog'
import type { ReadableColumn } from '#libs/query'
import { restError } from '../rest.errors.ts'
import { editDistance, SchemaNames } from './nearest-name.ts'

/** The relation that a path names. */
export function findRelation(catalog: Catalog, schema: string, name: string): Relation {
  const relation = catalog.findRelation(schema, name)
  if (relation !== undefined) return relation
  const nearest = tableNames.in(catalog, schema).nearest(name, 0.75)
  throw restError(
    'PGRST205',
    { table: `${schema}.${name}` },
    { hint: nearest === undefined ? undefined : `Perhaps you meant the table '${schema}.${nearest}'` },
  )
}

const tableNames = new SchemaNames(function* (catalog, schema) {
  for (const relation of catalog.relations.values()) if (relation.schema === schema) yield relation.name
})

/**
 * A column, or a computed one, that is read or filtered by. The error is Postgres' own, without asking it; `alias` is what
 * it calls the relation by.
 */
export function findReadable(relation: Relation, name: string, alias = relation.name): ReadableColumn {
  const column = relation.columnsByName.get(name) ?? relation.computedColumns.get(name)
  if (column === undefined) throw restError('undefined_column', { column: `${alias}.${name}` }, { hint: columnHint(relation, name, alias) })
  return column
}

/** A stored column that is meant by name. */
export function findColumn(relation: Relation, name: string): Column {
  const column = relation.columnsByName.get(name)
  if (column === undefined) throw restError('undefined_column', { column: `${relation.name}.${name}` })
  return column
}

/** Postgres' own hint: the columns at the least edit distance, unless that is far or there are more than two. */
function columnHint(relation: Relation, name: string, alias: string): string | undefined {
  let nearest: string[] = []
  let least = Math.min(3, Math.floor(name.length / 2))
  for (const column of relation.columns) {
    if (Math.abs(column.name.length - name.length) > least) continue
    const distance = editDistance(column.name, name)
    if (distance < least) [nearest, least] = [[column.name], distance]
    else if (distance === least) nearest.push(column.name)
  }
  if (nearest.length === 0 || nearest.length > 2) return undefined
  return `Perhaps you meant to reference the column ${nearest.map((column) => `"${alias}.${column}"`).join(' or the column ')}.`
}

/** A column that is written. */
export function findPayloadColumn(relation: Relation, name: string): Column {
  const column = relation.columnsByName.get(name)
  if (column === undefined) throw restError('PGRST204', { column: name, table: relation.name })
  return column
}

/** SQL's names of types that pg_type knows under another one. */
const typeAliases: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  smallint: 'int2',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  decimal: 'numeric',
  dec: 'numeric',
  boolean: 'bool',
  char: 'bpchar',
  character: 'bpchar',
  'character varying': 'varchar',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'time with time zone': 'timetz',
  'time without time zone': 'time',
  'bit varying': 'varbit',
}

const typesByName = new WeakMap<Catalog, Map<string, DataType>>()

/** The type that a cast names: `int`, `text[]`, `public.mood`; of equal names pg_catalog's wins, then the request's schema. */
export function findType(catalog: Catalog, schema: string, text: string): DataType {
  let byName = typesByName.get(catalog)
  if (byName === undefined) {
    byName = new Map([...catalog.types.values()].map((type) => [`${type.schema}.${type.name}`, type]))
    typesByName.set(catalog, byName)
  }
  const written = text.trim()
  const isArray = written.endsWith('[]')
  const element = isArray ? written.slice(0, -2).trim() : written
  const alias = typeAliases[element.toLowerCase()]
  const name = `${isArray ? '_' : ''}${alias ?? element}`
  // SQL folds names that are not quoted; a type that was made with capitals is found all the same.
  for (const spelled of new Set([name, name.toLowerCase()])) {
    for (const candidate of ['pg_catalog', schema, ...catalog.schemas].map((owner) => `${owner}.${spelled}`).concat(spelled)) {
      const type = byName.get(candidate)
      if (type !== undefined && type.kind !== 'pseudo') return type
    }
  }
  throw restError('undefined_type', { type: text })
}
