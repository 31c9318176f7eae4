// Random inserts, upserts, updates and deletes.
import { columnTypes } from './column-types.ts'
import { makeCondition, makeOrder, makeReturning } from './make-request.ts'
import { keyValue } from './make-schema.ts'
import { namesOfLink } from './links.ts'
import type { Column, Condition, Level, NestedRows, Relation, Schema, WriteRequest } from './model.ts'
import type { Random } from '../../../query/test/property/random.ts'
import { addEmbedParameters, selectText, sliceParameters, filterParameters, nameText, type RequestText } from './request-text.ts'

/** A write of a random table. */
export function makeWrite(random: Random, schema: Schema): WriteRequest {
  const relation = random.pick(schema.relations.filter(({ kind }) => kind === 'table'))
  const kind = random.pick(['insert', 'insert', 'update', 'update', 'delete', 'delete', 'put'] as const)
  const level = makeReturning(random, schema, relation)
  const isInsert = kind === 'insert' || kind === 'put'
  const conditions = isInsert ? [] : Array.from({ length: random.between(1, 2) }, () => makeCondition(random, schema, level))
  const named = isInsert ? insertColumns(random, relation) : updateColumns(random, relation)
  const count = kind === 'delete' ? 0 : kind === 'update' || kind === 'put' ? 1 : random.chance(50) ? 1 : random.between(2, 3)
  const rows = Array.from({ length: count }, () => rowOf(random, named))
  const nested = kind === 'insert' && random.chance(70) ? nestedRows(random, schema, relation, rows.length) : undefined
  const extra = relation.columns.filter((column) => column.plain && !named.includes(column))
  const withColumns = nested === undefined && kind !== 'delete' && kind !== 'put' && named.length > 0 && random.chance(20)
  return {
    caller: random.pick([...schema.callers, schema.callers.at(-1)!]),
    kind,
    level: {
      ...level,
      filters: kind === 'put' ? keyConditions(random, relation, rows[0]!) : conditions,
      ...(isInsert ? {} : slice(random, schema, relation)),
    },
    rows,
    nested,
    columns: withColumns ? [...named, ...random.some(extra, 1)].map(({ name }) => name) : undefined,
    missingAsDefault: kind !== 'put' && random.chance(25),
    // The values of a CSV body are texts: to a JSON column each would be a string.
    csv:
      nested === undefined &&
      kind !== 'delete' &&
      named.length > 0 &&
      named.every(({ type }) => !type.startsWith('json')) &&
      random.chance(25),
    resolution:
      kind === 'insert' && nested === undefined && random.chance(45)
        ? random.pick(['merge-duplicates', 'ignore-duplicates'] as const)
        : undefined,
    returns: random.chance(75) ? 'representation' : random.pick(['minimal', 'headers-only', undefined] as const),
    count: random.chance(20),
  }
}

/** Rows of a table that refers to this one. */
function nestedRows(random: Random, schema: Schema, relation: Relation, count: number): NestedRows | undefined {
  const links = schema.links.flatMap((link) => {
    const { kind, source, target, through, computed } = link
    const isNestable = kind === 'one-to-many' && through === undefined && computed === undefined && target.kind === 'table'
    if (source !== relation || target === relation || !isNestable) return []
    return namesOfLink(schema.links, link).map(({ name, hint }) => ({ link, key: hint === undefined ? name : `${name}!${hint}` }))
  })
  const named = links.filter(({ key }) => relation.columns.every(({ name }) => name !== key))
  if (named.length === 0) return undefined
  const { link, key } = random.pick(named)
  const columns = insertColumns(random, link.target).filter(({ name }) => link.pairs.every(([, far]) => far !== name))
  const rows = Array.from({ length: count }, () => Array.from({ length: random.below(3) }, () => rowOf(random, columns)))
  return { link, key, rows }
}

/** The row's key in the URL; now and then another row's. */
function keyConditions(random: Random, { columns, key }: Relation, row: ReadonlyMap<string, string | null>): Condition[] {
  const other = random.chance(6)
  return key.map((name) => {
    const column = columns.find((item) => item.name === name)!
    const value = other ? keyValue(column.type, 4_000_000) : row.get(name)!
    return { kind: 'compare', operand: { column, path: [], asText: false }, operator: 'eq', not: false, values: [value] }
  })
}

/** Only some of the rows, by an order or else by the key. */
function slice(random: Random, schema: Schema, relation: Relation): Partial<Level> {
  if (random.chance(65)) return {}
  return {
    order: random.chance(70) ? makeOrder(random, schema, relation) : [],
    limit: random.chance(85) ? random.below(5) : undefined,
    offset: random.chance(35) ? random.between(0, 3) : undefined,
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
  const parameters = [...filterParameters(level), ...sliceParameters(level)]
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
    method: { insert: 'POST', update: 'PATCH', delete: 'DELETE', put: 'PUT' }[kind],
    path: `/${encodeURIComponent(level.relation.name)}${query === '' ? '' : `?${query}`}`,
    headers: {
      ...(prefer.length === 0 ? {} : { prefer: prefer.join(', ') }),
      'content-type': request.csv ? 'text/csv' : 'application/json',
    },
    body: kind === 'delete' ? undefined : request.csv ? csvText(request) : bodyText(request),
  }
}

function bodyText({ kind, level, rows, nested }: WriteRequest): string {
  const objects = rows.map((row, i) => {
    const inside = nested?.rows[i]!.map((child) => objectText(nested.link.target, child))
    return objectText(level.relation, row, nested && `${JSON.stringify(nested.key)}:[${inside!.join(',')}]`)
  })
  return kind === 'update' || (rows.length === 1 && rows[0]!.size % 2 === 0) ? objects[0]! : `[${objects.join(',')}]`
}

function csvText({ rows }: WriteRequest): string {
  const cell = (value: string | null): string => {
    if (value === null) return 'NULL'
    return value === '' || value === 'NULL' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  }
  const lines = [[...rows[0]!.keys()], ...rows.map((row) => [...row.values()])]
  return lines.map((line) => line.map(cell).join(',')).join('\r\n')
}

function objectText(relation: Relation, row: ReadonlyMap<string, string | null>, more?: string): string {
  const members = [...row].map(([name, value]) => `${JSON.stringify(name)}:${jsonText(relation, name, value)}`)
  return `{${(more === undefined ? members : [...members, more]).join(',')}}`
}

/** Numbers, booleans and JSON as such, everything else as a string. */
function jsonText({ columns }: Relation, name: string, value: string | null): string {
  if (value === null) return 'null'
  const { type } = columns.find((column) => column.name === name)!
  return ['int4', 'int8', 'numeric', 'float8', 'bool', 'json', 'jsonb'].includes(type) ? value : JSON.stringify(value)
}
