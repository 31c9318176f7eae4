// What single columns and single comparisons are worth, asked of Postgres in one trivial statement each and remembered:
// no join, no policy but a plain select under the caller's role. Rows are known by their number in the order of their key.
import type { TestDatabase } from '#test/postgres'
import { columnTypes } from './column-types.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import type { Caller, Column, Condition, Link, Operand, Relation } from './model.ts'

/** One operand over all rows of its relation. */
export interface OperandValues {
  readonly texts: readonly (string | null)[]
  readonly jsons: readonly (string | null)[]
  /** Equal values have equal ranks; of no meaning where the text is null. */
  readonly ranks: readonly number[]
}

/** A condition over all rows: true, false or null. */
export type Truths = readonly (boolean | null)[]

/** What the statement itself answers when Postgres refuses it. */
export class Refused extends Error {
  constructor(
    readonly sqlstate: string,
    message: string,
  ) {
    super(message)
  }
}

const symbols: Readonly<Record<string, string>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxr: '&<',
  nxl: '&>',
  adj: '-|-',
}
const textSearch: Readonly<Record<string, string>> = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
}

export class RowOracle {
  private readonly answers = new Map<string, Promise<unknown>>()

  constructor(private readonly db: TestDatabase) {}

  /** Forgets everything: rows have changed. */
  clear(): void {
    this.answers.clear()
  }

  /** Numbers of the rows that the caller sees, and the columns that the caller may read; none when it may not read at all. */
  visible(caller: Caller, relation: Relation): Promise<{ readonly rows: ReadonlySet<number>; readonly columns: ReadonlySet<string> }> {
    return this.once(`visible ${caller.name} ${relation.name}`, async () => {
      const name = quoteText(`public.${quoteName(relation.name)}`)
      const granted = await this.db.sql<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = ${name}::regclass and attnum > 0
         and has_column_privilege(${quoteText(caller.role)}, attrelid, attname::text, 'select')`,
      )
      const numbers = await this.numbers(relation)
      const nothing = { rows: new Set<number>(), columns: new Set<string>() }
      if (granted.length === 0) return nothing
      try {
        const rows = await this.db.superuserSql<{ key: string }>(
          `begin; set local role ${caller.role}; select set_config('request.jwt.claims', ${quoteText(claimsJson(caller))}, true);
           select ${keyText(relation)} as key from ${quoteName(relation.name)}`,
        )
        return { rows: new Set(rows.map(({ key }) => numbers.get(key)!)), columns: new Set(granted.map((column) => column.name)) }
      } catch (error) {
        if ((error as { code?: string }).code === '42501') return nothing
        throw error
      }
    })
  }

  /** Numbers of the rows that the caller may update; undefined when it may update none at all, which the statement itself says. */
  async updatable(caller: Caller, relation: Relation): Promise<ReadonlySet<number> | undefined> {
    const numbers = await this.numbers(relation)
    try {
      const rows = await this.db.superuserSql<{ key: string }>(
        `begin; set local role ${caller.role}; select set_config('request.jwt.claims', ${quoteText(claimsJson(caller))}, true);
         select ${keyText(relation)} as key from ${quoteName(relation.name)} for update`,
      )
      return new Set(rows.map(({ key }) => numbers.get(key)!))
    } catch (error) {
      if ((error as { code?: string }).code === '42501') return undefined
      throw error
    }
  }

  /** The number of every row by its key. */
  async numbers(relation: Relation): Promise<ReadonlyMap<string, number>> {
    const keys = await this.db.sql<{ key: string }>(
      `select ${keyText(relation)} as key from ${quoteName(relation.name)} order by ${keyOrder(relation)}`,
    )
    return new Map(keys.map(({ key }, number) => [key, number]))
  }

  operand(relation: Relation, operand: Operand, cast?: string): Promise<OperandValues> {
    return this.once(operandKey(relation, operand, cast), async () => {
      const expression = cast === undefined ? sqlOf(relation, operand) : `cast(${sqlOf(relation, operand)} as ${cast})`
      const sortable = columnTypes[operand.column.type].sortable || (operand.path.length > 0 && operand.asText) || cast !== undefined
      const rank = sortable ? `dense_rank() over (order by ${expression})` : '0'
      const rows = await this.ask<{ t: string | null; j: string | null; r: string }>(
        `select (${expression})::text as t, to_json(${expression})::text as j, ${rank} as r from ${quoteName(relation.name)} order by ${keyOrder(relation)}`,
      )
      return { texts: rows.map(({ t }) => t), jsons: rows.map(({ j }) => j), ranks: rows.map(({ r }) => Number(r)) }
    })
  }

  condition(relation: Relation, condition: Extract<Condition, { kind: 'compare' }>): Promise<Truths> {
    return this.once(conditionKey(relation, condition), async () => {
      const values: unknown[] = []
      const text = comparison(relation, condition, values)
      const rows = await this.ask<{ b: boolean | null }>(
        `select ${text} as b from ${quoteName(relation.name)} order by ${keyOrder(relation)}`,
        values,
      )
      return rows.map(({ b }) => b)
    })
  }

  /** A condition in SQL. */
  holds(relation: Relation, condition: string): Promise<Truths> {
    return this.once(`holds ${relation.name} ${condition}`, async () => {
      const rows = await this.ask<{ b: boolean | null }>(
        `select (${condition}) as b from ${quoteName(relation.name)} order by ${keyOrder(relation)}`,
      )
      return rows.map(({ b }) => b)
    })
  }

  aggregate(
    relation: Relation,
    call: string,
    column: Column | undefined,
    cast: string | undefined,
    rows: readonly number[],
  ): Promise<string> {
    return this.once(aggregateKey(relation, call, column, cast, rows), async () => {
      const result = `${call}(${column === undefined ? '*' : quoteName(column.name)})`
      const found = await this.ask<{ j: string | null }>(
        `select to_json(${cast === undefined ? result : `cast(${result} as ${cast})`})::text as j
         from (select *, row_number() over (order by ${keyOrder(relation)}) - 1 as "the number" from ${quoteName(relation.name)}) t where "the number" = any($1::int[])`,
        [`{${rows.join(',')}}`],
      )
      return found[0]!.j ?? 'null'
    })
  }

  /** For every near row the far rows that the caller reaches: numbers, one for each way over a junction. */
  related(caller: Caller, link: Link): Promise<readonly (readonly number[])[]> {
    const key = `related ${caller.name} ${link.source.name} ${link.target.name} ${link.constraint} ${link.kind} ${link.through?.relation.name}/${JSON.stringify(link.pairs)}`
    return this.once(key, async () => {
      const { through } = link
      const middle = through?.relation ?? link.target
      const nears = await this.joinKeys(
        link.source,
        link.pairs.map(([near]) => near),
      )
      const middleNears = await this.joinKeys(
        middle,
        link.pairs.map(([, far]) => far),
      )
      const seen = (await this.visible(caller, middle)).rows
      const middles = nears.map((near) => (near === null ? [] : numbersOf(middleNears, near).filter((number) => seen.has(number))))
      if (through === undefined) return middles
      const middleFars = await this.joinKeys(
        middle,
        through.far.map(([near]) => near),
      )
      const fars = await this.joinKeys(
        link.target,
        through.far.map(([, far]) => far),
      )
      const seenFar = (await this.visible(caller, link.target)).rows
      return middles.map((rows) => rows.flatMap((row) => numbersOf(fars, middleFars[row]!).filter((number) => seenFar.has(number))))
    })
  }

  private async joinKeys(relation: Relation, names: readonly string[]): Promise<(string | null)[]> {
    const columns = names.map((name) => relation.columns.find((column) => column.name === name)!)
    const values = await Promise.all(columns.map((column) => this.operand(relation, { column, path: [], asText: false })))
    return values[0]!.texts.map((_text, row) => {
      const parts = values.map(({ texts }) => texts[row]!)
      return parts.includes(null as never) ? null : JSON.stringify(parts)
    })
  }

  private async ask<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    try {
      return await this.db.sql<R>(text, values)
    } catch (error) {
      const { code, sqlstate, message } = error as { code?: string; sqlstate?: string; message: string }
      const state = sqlstate ?? code
      if (state === undefined) throw error
      throw new Refused(state, `${message}: ${text}`)
    }
  }

  private once<T>(key: string, make: () => Promise<T>): Promise<T> {
    let answer = this.answers.get(key) as Promise<T> | undefined
    if (answer === undefined) {
      answer = make()
      this.answers.set(key, answer)
    }
    return answer
  }
}

function numbersOf(keys: readonly (string | null)[], wanted: string | null): number[] {
  return wanted === null ? [] : keys.flatMap((key, number) => (key === wanted ? [number] : []))
}

export function claimsJson({ role, claims }: Caller): string {
  return JSON.stringify({ role, ...claims })
}

export function keyText(relation: Relation): string {
  return `jsonb_build_array(${relation.key.map(quoteName).join(', ')})::text`
}

function keyOrder(relation: Relation): string {
  return relation.key.map(quoteName).join(', ')
}

function sqlOf(relation: Relation, { column, path, asText }: Operand): string {
  const steps = path.map(
    (step, i) => `${i === path.length - 1 && asText ? '->>' : '->'} ${typeof step === 'number' ? `(${step})` : quoteText(step)}`,
  )
  return `(${[column.computed ? `${quoteName(column.name)}(${quoteName(relation.name)})` : quoteName(column.name), ...steps].join(' ')})`
}

function operandKey(relation: Relation, { column, path, asText }: Operand, cast: string | undefined): string {
  return `operand ${relation.name} ${column.name} ${JSON.stringify(path)} ${asText} ${cast}`
}

function conditionKey(
  relation: Relation,
  { operand, operator, values, quantifier, config }: Extract<Condition, { kind: 'compare' }>,
): string {
  return `${operandKey(relation, operand, undefined)} ${operator} ${quantifier} ${config} ${JSON.stringify(values)}`
}

function aggregateKey(
  relation: Relation,
  call: string,
  column: Column | undefined,
  cast: string | undefined,
  rows: readonly number[],
): string {
  return `aggregate ${relation.name} ${call} ${column?.name} ${cast} ${rows.join(' ')}`
}

function comparison(
  relation: Relation,
  { operand, operator, values, quantifier, config }: Extract<Condition, { kind: 'compare' }>,
  parameters: unknown[],
): string {
  const left = sqlOf(relation, operand)
  const isPattern = operator === 'like' || operator === 'ilike'
  const value = (text: string): string => {
    parameters.push(isPattern ? text.replaceAll('*', '%') : text)
    return `$${parameters.length}`
  }
  // The dialect cannot tell a list of one empty text from an empty list.
  if (operator === 'in' && values.length === 1 && values[0] === '') return `${left} = any('{}')`
  if (operator === 'in') return `${left} in (${values.map(value).join(', ')})`
  if (operator === 'isdistinct') return `${left} is distinct from ${value(values[0]!)}`
  const query = textSearch[operator]
  if (query !== undefined) {
    const asVector = operand.column.type === 'tsvector' ? left : `to_tsvector(${config === undefined ? '' : `'${config}', `}${left})`
    return `${asVector} @@ ${query}(${config === undefined ? '' : `'${config}', `}${value(values[0]!)})`
  }
  const symbol = symbols[operator]!
  if (quantifier === undefined) return `${left} ${symbol} ${value(values[0]!)}`
  // x op any (array) is "or" over its elements, x op all (array) is "and".
  return `(${values.map((text) => `${left} ${symbol} ${value(text)}`).join(quantifier === 'any' ? ' or ' : ' and ')})`
}
