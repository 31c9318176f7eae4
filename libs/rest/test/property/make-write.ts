// Random inserts, upserts, updates and deletes.
import { columnTypes } from './column-types.ts'
import { makeCondition, makeReturning } from './make-request.ts'
import { keyValue } from './make-schema.ts'
import type { Column, Relation, Schema, WriteRequest } from './model.ts'
import type { Random } from './random.ts'
import { addEmbedParameters, selectText, filterParameters, nameText, type RequestText } from './request-text.ts'

/** A write of a random table. */
export function makeWrite(random: Random, schema: Schema): WriteRequest {
  const relation = random.pick(schema.relations.filter(({ kind }) => kind === 'table'))
  const kind = random.pick(['insert', 'insert', 'update', 'update', 'delete'] as const)
  const level = makeReturning(random, schema, relation)
  const filters = kind === 'insert' ? [] : Array.from({ length: random.between(1, 2) }, () => makeCondition(random, schema, level))
  const named = kind === 'insert' ? insertColumns(random, relation) : updateColumns(random, relation)
  const count = kind === 'delete' ? 0 : kind === 'update' ? 1 : random.chance(50) ? 1 : random.between(2, 3)
  const rows = Array.from({ length: count }, () => rowOf(random, named))
  const extra = relation.columns.filter((column) => column.plain && !named.includes(column))
  const withColumns = kind !== 'delete' && named.length > 0 && random.chance(20)
  return {
    caller: random.pick([...schema.callers, schema.callers.at(-1)!]),
    kind,
    level: { ...level, filters },
    rows,
    columns: withColumns ? [...named, ...random.some(extra, 1)].map(({ name }) => name) : undefined,
    missingAsDefault: random.chance(25),
    resolution: kind === 'insert' && random.chance(45) ? random.pick(['merge-duplicates', 'ignore-duplicates'] as const) : undefined,
    returns: random.chance(75) ? 'representation' : random.pick(['minimal', 'headers-only', undefined] as const),
    count: random.chance(20),
  }
}

function insertColumns(random: Random, { columns }: Relation): Column[] {
  return columns.filter((column) => ((column.plain && column.nullable) || column.fallback !== undefined ? random.chance(60) : true))
}

function updateColumns(random: Random, { columns, key }: Relation): Column[] {
  return random.chance(4)
    ? []
    : random.some(
        columns.filter(({ name }) => !key.includes(name)),
        3,
      )
}

function rowOf(random: Random, columns: readonly Column[]): Map<string, string | null> {
  // Columns of one key go together: they name one row.
  const numbers = new Map<string, number>()
  return new Map(
    columns.map(({ name, type, plain, nullable }) => {
      if (plain) return [name, nullable && random.chance(20) ? null : random.pick(columnTypes[type].values)]
      const group = name.includes('_') ? name.split('_')[0]! : ''
      if (!numbers.has(group))
        numbers.set(group, group === '' && random.chance(70) ? 1_000 + random.below(1_000_000) : random.below(random.chance(90) ? 3 : 40))
      return [name, nullable && numbers.get(group) === 0 ? null : keyValue(type, numbers.get(group)!)]
    }),
  )
}

/** What goes over the wire. */
export function writeText(request: WriteRequest): RequestText & { readonly body: string | undefined } {
  const { kind, level, columns, returns, resolution, missingAsDefault, count } = request
  const parameters = filterParameters(level)
  if (returns === 'representation') {
    parameters.push(['select', selectText(level)])
    addEmbedParameters(parameters, level, '')
  }
  if (columns !== undefined) parameters.push(['columns', columns.map(nameText).join(',')])
  const prefer = [
    ...(returns === undefined ? [] : [`return=${returns}`]),
    ...(resolution === undefined ? [] : [`resolution=${resolution}`]),
    ...(missingAsDefault ? ['missing=default'] : []),
    ...(count ? ['count=exact'] : []),
  ]
  const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  return {
    method: { insert: 'POST', update: 'PATCH', delete: 'DELETE' }[kind],
    path: `/${encodeURIComponent(level.relation.name)}${query === '' ? '' : `?${query}`}`,
    headers: prefer.length === 0 ? {} : { prefer: prefer.join(', ') },
    body: kind === 'delete' ? undefined : bodyText(request),
  }
}

function bodyText({ kind, level, rows }: WriteRequest): string {
  const objects = rows.map(
    (row) => `{${[...row].map(([name, value]) => `${JSON.stringify(name)}:${jsonText(level.relation, name, value)}`).join(',')}}`,
  )
  return kind === 'update' || (rows.length === 1 && rows[0]!.size % 2 === 0) ? objects[0]! : `[${objects.join(',')}]`
}

/** Numbers, booleans and JSON as such, everything else as a string. */
function jsonText({ columns }: Relation, name: string, value: string | null): string {
  if (value === null) return 'null'
  const { type } = columns.find((column) => column.name === name)!
  return ['int4', 'int8', 'numeric', 'float8', 'bool', 'json', 'jsonb'].includes(type) ? value : JSON.stringify(value)
}
