// What a write does, by the plainest SQL: literal values and a list of keys, run under the caller's role and undone.
import type { TestDatabase } from '#test/postgres'
import { evaluateFilters, evaluateRows, rangeText } from './evaluate.ts'
import type { JsonObject } from '../../../query/test/property/exact-json.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import type { Relation, WriteRequest } from './model.ts'
import { claimsJson, keyText, Refused, type RowOracle } from './row-oracle.ts'

/** What is due: a refusal, or an answer and the table's rows afterwards. */
export interface ExpectedWrite {
  readonly code?: string
  readonly status: number
  readonly contentRange: string
  /** Keys of the rows that the answer shows. */
  readonly keys: readonly string[]
  /** Rows as they were, of a delete. */
  readonly deleted?: JsonObject[]
  readonly after: string
}

/** All rows of a table, as one text. */
export async function contentsOf(db: TestDatabase, request: WriteRequest): Promise<string> {
  const [row] = await db.sql<{ t: string }>(`select ${writtenRows(request)} as t`)
  return row!.t
}

/** Runs the write in plain SQL, and undoes it. */
export async function predictWrite(db: TestDatabase, oracle: RowOracle, request: WriteRequest): Promise<ExpectedWrite> {
  const { caller, kind, level, returns, count } = request
  const { relation } = level
  const before = await contentsOf(db, request)
  const known = await oracle.numbers(relation)
  const refused = (code: string): ExpectedWrite => ({ code, status: 0, contentRange: '', keys: [], after: before })
  try {
    const chosen =
      kind === 'insert' || kind === 'put' ? [] : await evaluateFilters(oracle, caller, { ...level, fields: [] }, kind === 'update')
    const keys = [...known].filter(([, number]) => chosen.includes(number)).map(([key]) => key)
    const statement = statementOf(request, keys)
    if (kind === 'put' && !namesItsRow(request)) return refused('PGRST115')
    if (statement === undefined)
      return { status: answersRows(request) ? 200 : 204, contentRange: count ? '*/0' : '*/*', keys: [], after: before }
    const role = `begin; set local role ${caller.role}; select set_config('request.jwt.claims', ${quoteText(claimsJson(caller))}, true);`
    // Location is made of the key.
    const readsKey = returns === 'representation' || (returns === 'headers-only' && kind === 'insert')
    const returning = readsKey ? `${keyText(relation)} as key` : '1 as key'
    const affected = await db.superuserSql<{ key: string }>(`${role} with m as (${statement} returning ${returning}) select key from m`)
    const [after] = await db.superuserSql<{ t: string }>(
      `${role} ${[statement, ...nestedStatements(request)].join('; ')}; reset role; select ${writtenRows(request)} as t`,
    )
    const total = count ? affected.length : '*'
    return {
      status: statusOf(
        request,
        affected.map(({ key }) => key),
        known,
      ),
      contentRange: kind === 'put' ? 'undefined' : kind === 'update' ? rangeText(0, affected.length, total) : `*/${total}`,
      keys: affected.map(({ key }) => key),
      deleted:
        kind === 'delete'
          ? await evaluateRows(
              oracle,
              caller,
              { ...level, filters: [], order: [], limit: undefined, offset: undefined },
              chosen.filter((number) => affected.some(({ key }) => known.get(key) === number)),
            )
          : undefined,
      after: after!.t,
    }
  } catch (error) {
    if (error instanceof Refused) return refused(error.sqlstate)
    const { code } = error as { code?: string }
    if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) throw error
    return refused(code)
  }
}

function answersRows({ returns }: WriteRequest): boolean {
  return returns === 'representation'
}

/** A PUT's URL names the row of its body. */
function namesItsRow({ level, rows }: WriteRequest): boolean {
  return level.filters.every((condition) => {
    return condition.kind === 'compare' && condition.values[0] === rows[0]!.get(condition.operand.column.name)
  })
}

function statusOf(request: WriteRequest, keys: readonly string[], known: ReadonlyMap<string, number>): number {
  if (request.kind === 'put') return !answersRows(request) ? 204 : keys.every((key) => known.has(key)) ? 200 : 201
  if (request.kind !== 'insert') return answersRows(request) ? 200 : 204
  // Without the keys it is not known here which rows were there before: 0 stands for both.
  if (request.resolution !== 'merge-duplicates') return 201
  return answersRows(request) ? (keys.every((key) => known.has(key)) ? 200 : 201) : 0
}

/** Of all tables that the request writes. */
function writtenRows({ level, nested }: WriteRequest): string {
  const relations = nested === undefined ? [level.relation] : [level.relation, nested.link.target]
  return relations.map((relation) => `(${allRows(relation)})`).join(' || chr(10) || ')
}

function allRows(relation: Relation): string {
  return `select coalesce(string_agg(to_jsonb(t)::text, chr(10) order by to_jsonb(t)::text), '') from ${quoteName(relation.name)} t`
}

/** Nested rows have their outer row's key. */
function nestedStatements({ nested, rows }: WriteRequest): string[] {
  if (nested === undefined) return []
  const { link } = nested
  const inner = nested.rows.flatMap((list, i) =>
    list.map((row) => new Map([...row, ...link.pairs.map(([near, far]) => [far, rows[i]!.get(near) ?? null] as const)])),
  )
  if (inner.length === 0) return []
  const names = [...inner[0]!.keys()]
  const values = inner.map((row) => `(${names.map((name) => (row.get(name) == null ? 'null' : quoteText(row.get(name)!))).join(', ')})`)
  return [`insert into ${quoteName(link.target.name)} (${names.map(quoteName).join(', ')}) values ${values.join(', ')}`]
}

function statementOf(request: WriteRequest, keys: readonly string[]): string | undefined {
  const { kind, level } = request
  const { relation } = level
  const name = quoteName(relation.name)
  const chosen = `${keyText(relation)} = any(array[${keys.map(quoteText).join(', ')}]::text[])`
  if (kind === 'delete') return `delete from ${name} where ${chosen}`
  const names = request.columns ?? [...request.rows[0]!.keys()]
  const cell = (row: ReadonlyMap<string, string | null>, column: string): string => {
    const value = row.get(column)
    if (value === undefined) return request.missingAsDefault ? 'default' : 'null'
    return value === null ? 'null' : quoteText(value)
  }
  if (kind === 'update') {
    if (names.length === 0) return undefined
    return `update ${name} set ${names.map((column) => `${quoteName(column)} = ${cell(request.rows[0]!, column)}`).join(', ')} where ${chosen}`
  }
  const list = names.map(quoteName)
  const values = request.rows.map((row) => `(${names.map((column) => cell(row, column)).join(', ')})`)
  return `insert into ${name} (${list.join(', ')}) values ${values.join(', ')}${conflictOf(request, list)}`
}

function conflictOf({ kind, resolution, level }: WriteRequest, list: readonly string[]): string {
  if (resolution === undefined && kind !== 'put') return ''
  const target = `(${level.relation.key.map(quoteName).join(', ')})`
  if (resolution === 'ignore-duplicates') return ` on conflict ${target} do nothing`
  return ` on conflict ${target} do update set ${list.map((column) => `${column} = excluded.${column}`).join(', ')}`
}
