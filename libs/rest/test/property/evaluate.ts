// What the answer to a read has to be, by the plainest reading of the dialect: row by row, in JavaScript, over rows and
// comparisons that row-oracle.ts knows.
import { parseExact, type Json, type JsonObject } from '../../../query/test/property/exact-json.ts'
import { hasAggregates } from './make-request.ts'
import type { Caller, Condition, Embed, Field, Level, Link, OrderTerm, ReadRequest, Relation } from './model.ts'
import { isToOne, keyOfEmbed, keyOfField } from './model.ts'
import type { OperandValues, RowOracle } from './row-oracle.ts'
import { Refused } from './row-oracle.ts'

/** An answer with rows. */
export interface ExpectedRows {
  readonly rows: JsonObject[]
  readonly status: number
  readonly contentRange: string
}

/** The answer that is due: rows, or a refusal. */
export interface Expected {
  readonly code?: string
  /** Beside a refusal for want of a right: the answer without the rows in question. Postgres gives it when nothing would be read anyway. */
  readonly answer?: ExpectedRows
  /** In its place, where even that is a refusal: its code. */
  readonly unread?: string
}

/** Evaluates a read. */
export async function evaluate(oracle: RowOracle, request: ReadRequest, rowsMax: number): Promise<Expected> {
  const run = new Evaluation(oracle, request.caller, rowsMax)
  const { level } = request
  try {
    const granted =
      (await run.isGranted(level)) && (request.call === undefined || (await run.mayRead(level.relation, everyColumn(level.relation))))
    const code = granted ? undefined : '42501'
    const visible = await run.called(request)
    const rows = await run.rowsOf(level, visible, false)
    const offset = level.offset ?? 0
    if (!request.count) return { code, answer: { rows, status: 200, contentRange: rangeText(offset, rows.length, '*') } }
    const total = (await run.matching(level, visible)).length
    if (offset > total) return { code: code ?? 'PGRST103', unread: 'PGRST103' }
    return { code, answer: { rows, status: rows.length < total ? 206 : 200, contentRange: rangeText(offset, rows.length, total) } }
  } catch (error) {
    if (error instanceof Refused) return { code: error.sqlstate }
    throw error
  }
}

/** The rows with these numbers, as this level shows them. */
export async function evaluateRows(oracle: RowOracle, caller: Caller, level: Level, rows: readonly number[]): Promise<JsonObject[]> {
  return new Evaluation(oracle, caller, Number.MAX_SAFE_INTEGER).rowsOf(level, rows, false)
}

/** Which rows of a table a write with these filters is about. An update is about rows that may be updated, and its limit counts these. */
export async function evaluateFilters(oracle: RowOracle, caller: Caller, level: Level, isUpdate: boolean): Promise<number[]> {
  const rows = isUpdate ? await oracle.updatable(caller, level.relation) : undefined
  return new Evaluation(oracle, caller, Number.MAX_SAFE_INTEGER).chosen(level, rows)
}

export function rangeText(offset: number, count: number, total: number | '*'): string {
  return count === 0 ? `*/${total}` : `${offset}-${offset + count - 1}/${total}`
}

class Evaluation {
  constructor(
    private readonly oracle: RowOracle,
    private readonly caller: Caller,
    private readonly rowsMax: number,
  ) {}

  async candidates(relation: Relation): Promise<number[]> {
    return [...(await this.oracle.visible(this.caller, relation)).rows].toSorted((a, b) => a - b)
  }

  /** The rows that the request is about, before its filters. */
  async called({ level, arguments: given }: ReadRequest): Promise<number[]> {
    const rows = await this.candidates(level.relation)
    if (given === undefined) return rows
    const returned = await this.oracle.holds(level.relation, given.condition)
    return rows.filter((row) => returned[row] === true)
  }

  /** The level's rows among the candidates, as objects, in the level's order. */
  async rowsOf(level: Level, candidates: readonly number[], toOne: boolean): Promise<JsonObject[]> {
    if (!(await this.isReadable(level))) return []
    const matching = await this.matching(level, candidates)
    const objects = hasOwnAggregates(level) ? await this.groups(level, matching) : await this.inOrder(level, matching)
    if (toOne) return objects
    const offset = level.offset ?? 0
    return objects.slice(offset, offset + Math.min(level.limit ?? this.rowsMax, this.rowsMax))
  }

  /** The rows that an update or delete is about: a slice is one by the key, if by nothing else. */
  async chosen(level: Level, among?: ReadonlySet<number>): Promise<number[]> {
    const candidates = await this.candidates(level.relation)
    const matching = await this.matching(level, among === undefined ? candidates : candidates.filter((row) => among.has(row)))
    const { offset = 0, limit = matching.length } = level
    return (await this.sorted(level, matching)).slice(offset, offset + limit)
  }

  /** Rows that pass the filters and have what `!inner` asks for. */
  async matching(level: Level, candidates: readonly number[]): Promise<number[]> {
    let rows = [...candidates]
    for (const condition of level.filters) rows = await keep(rows, async (row) => (await this.truth(level, condition, row)) === true)
    for (const field of level.fields) {
      if (field.kind === 'embed' && field.embed.join === 'inner')
        rows = await keep(rows, async (row) => (await this.children(field.embed, row)).length > 0)
    }
    return rows
  }

  private async truth(level: Level, condition: Condition, row: number): Promise<boolean | null> {
    const plain = await this.plainTruth(level, condition, row)
    return condition.not && plain !== null ? !plain : plain
  }

  private async plainTruth(level: Level, condition: Condition, row: number): Promise<boolean | null> {
    switch (condition.kind) {
      case 'compare':
        return (await this.oracle.condition(level.relation, condition))[row]!
      case 'is': {
        const text = (await this.oracle.operand(level.relation, condition.operand)).texts[row]!
        return isTruth(condition.what.toLowerCase(), text)
      }
      case 'related':
        return (await this.children(embedOf(level, condition.embed), row)).length === 0
      case 'and':
      case 'or': {
        const truths: (boolean | null)[] = []
        for (const item of condition.items) truths.push(await this.truth(level, item, row))
        const decisive = condition.kind === 'or'
        return truths.includes(decisive) ? decisive : truths.includes(null) ? null : !decisive
      }
    }
  }

  private async children(embed: Embed, row: number): Promise<JsonObject[]> {
    if (!(await this.isReachable(embed.link))) return []
    const reached = await this.oracle.related(this.caller, embed.link)
    return this.rowsOf(embed.level, reached[row]!, isToOne(embed.link))
  }

  private async inOrder(level: Level, rows: readonly number[]): Promise<JsonObject[]> {
    const sorted = await this.sorted(level, rows)
    return Promise.all(sorted.map((row) => this.objectOf(level, row)))
  }

  private async sorted(level: Level, rows: readonly number[]): Promise<number[]> {
    const keys = await Promise.all(level.order.map((term) => this.sortKeys(level, term, rows)))
    return rows.toSorted((a, b) => {
      for (const [i, term] of level.order.entries()) {
        const difference = compareKeys(keys[i]!.get(a)!, keys[i]!.get(b)!, term)
        if (difference !== 0) return difference
      }
      return 0
    })
  }

  private async sortKeys(level: Level, term: OrderTerm, rows: readonly number[]): Promise<Map<number, number | null>> {
    if (term.embed === undefined) {
      const values = await this.oracle.operand(level.relation, term.operand)
      return new Map(rows.map((row) => [row, rankOf(values, row)]))
    }
    const embed = embedOf(level, term.embed)
    const values = await this.oracle.operand(embed.link.target, term.operand)
    const reached = await this.oracle.related(this.caller, embed.link)
    const keys = new Map<number, number | null>()
    for (const row of rows) {
      const related = await this.matching(embed.level, reached[row]!)
      keys.set(row, related.length === 0 ? null : rankOf(values, related[0]!))
    }
    return keys
  }

  private async objectOf(level: Level, row: number): Promise<JsonObject> {
    const object: JsonObject = {}
    for (const field of level.fields) {
      if (field.kind === 'star') {
        for (const column of level.relation.columns)
          object[column.name] = jsonAt(await this.oracle.operand(level.relation, { column, path: [], asText: false }), row)
      } else if (field.kind === 'column')
        object[keyOfField(field)] = jsonAt(await this.oracle.operand(level.relation, field.operand, field.cast), row)
      else if (field.kind === 'embed') await this.addEmbed(object, field.embed, row)
    }
    return object
  }

  private async addEmbed(object: JsonObject, embed: Embed, row: number): Promise<void> {
    const children = await this.children(embed, row)
    const toOne = isToOne(embed.link)
    if (embed.spread) {
      for (const key of keysOf(embed.level)) object[key] = toOne ? (children[0]?.[key] ?? null) : children.map((child) => child[key]!)
    } else if (!isHidden(embed.level)) object[keyOfEmbed(embed)] = toOne ? (children[0] ?? null) : children
  }

  private async groups(level: Level, rows: readonly number[]): Promise<JsonObject[]> {
    const grouped = level.fields.filter((field) => field.kind === 'column')
    const values = await Promise.all(grouped.map((field) => this.oracle.operand(level.relation, field.operand, field.cast)))
    const groups = new Map<string, number[]>()
    if (grouped.length === 0) groups.set('', [...rows])
    for (const row of grouped.length === 0 ? [] : await this.sorted(level, rows)) {
      const key = JSON.stringify(values.map((value) => rankOf(value, row)))
      groups.set(key, [...(groups.get(key) ?? []), row])
    }
    return Promise.all(
      [...groups.values()].map(async (members) => {
        const object: JsonObject = {}
        for (const [i, field] of grouped.entries()) object[keyOfField(field)] = jsonAt(values[i]!, members[0]!)
        for (const field of level.fields) {
          if (field.kind !== 'aggregate') continue
          const { call, column, cast } = field
          object[keyOfField(field)] = parseExact(
            await this.oracle.aggregate(
              level.relation,
              call,
              column,
              cast,
              members.toSorted((a, b) => a - b),
            ),
          )
        }
        return object
      }),
    )
  }

  /** Postgres refuses a statement that mentions a column which the role may not read. */
  async isGranted(level: Level): Promise<boolean> {
    const own = [this.isReadable(level), ...embedsOf(level).flatMap((embed) => [this.isReachable(embed.link), this.isGranted(embed.level)])]
    return (await Promise.all(own)).every(Boolean)
  }

  private async isReadable(level: Level): Promise<boolean> {
    const ofOrder = level.order.flatMap((term) =>
      term.embed === undefined ? [] : [this.mayRead(embedOf(level, term.embed).link.target, [term.operand.column.name])],
    )
    return (await Promise.all([this.mayRead(level.relation, usedColumns(level)), ...ofOrder])).every(Boolean)
  }

  private async isReachable({ source, target, pairs, through, computed }: Link): Promise<boolean> {
    const nears = pairs.map(([near]) => near)
    const fars = pairs.map(([, far]) => far)
    const all = [this.mayRead(source, nears), this.mayRead(through?.relation ?? target, fars)]
    if (computed !== undefined) all.push(this.mayRead(source, everyColumn(source)), this.mayRead(target, everyColumn(target)))
    if (through !== undefined) {
      all.push(
        this.mayRead(
          through.relation,
          through.far.map(([near]) => near),
        ),
      )
      all.push(
        this.mayRead(
          target,
          through.far.map(([, far]) => far),
        ),
      )
    }
    return (await Promise.all(all)).every(Boolean)
  }

  async mayRead(relation: Relation, names: readonly string[]): Promise<boolean> {
    const { columns } = await this.oracle.visible(this.caller, relation)
    // A computed column is a function over the whole row.
    const computed = new Set(relation.computed.map(({ name }) => name))
    if (names.some((name) => computed.has(name))) return relation.columns.every(({ name }) => columns.has(name))
    return columns.size > 0 && names.every((name) => columns.has(name))
  }
}

function embedsOf({ fields }: Level): Embed[] {
  return fields.flatMap((field) => (field.kind === 'embed' ? [field.embed] : []))
}

function hasOwnAggregates(level: Level): boolean {
  return level.fields.some((field) => field.kind === 'aggregate') && hasAggregates(level)
}

/** The embed as it stands in this level: shrinking replaces embeds by smaller ones of the same key. */
function embedOf(level: Level, embed: Embed): Embed {
  const key = keyOfEmbed(embed)
  const found = level.fields.find(
    (field): field is Extract<Field, { kind: 'embed' }> => field.kind === 'embed' && keyOfEmbed(field.embed) === key,
  )
  return found?.embed ?? embed
}

function keysOf(level: Level): string[] {
  return level.fields.flatMap((field) => {
    if (field.kind === 'star') return level.relation.columns.map(({ name }) => name)
    if (field.kind === 'embed') {
      const { spread, level: inner } = field.embed
      return spread ? keysOf(inner) : isHidden(inner) ? [] : [keyOfEmbed(field.embed)]
    }
    return [keyOfField(field)]
  })
}

/** Nothing in it is shown: it is there for its filters. */
function isHidden({ fields }: Level): boolean {
  return fields.every((field) => field.kind === 'embed' && !field.embed.spread && isHidden(field.embed.level))
}

function everyColumn(relation: Relation): string[] {
  return relation.columns.map(({ name }) => name)
}

function usedColumns(level: Level): string[] {
  const ofFields = level.fields.flatMap((field) => {
    if (field.kind === 'star') return level.relation.columns.map(({ name }) => name)
    if (field.kind === 'column') return [field.operand.column.name]
    return field.kind === 'aggregate' && field.column !== undefined ? [field.column.name] : []
  })
  const ofOrder = level.order.filter((term) => term.embed === undefined).map((term) => term.operand.column.name)
  return [...ofFields, ...ofOrder, ...level.filters.flatMap(columnsOf)]
}

function columnsOf(condition: Condition): string[] {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.items.flatMap(columnsOf)
  return 'operand' in condition ? [condition.operand.column.name] : []
}

function isTruth(what: string, text: string | null): boolean {
  if (what === 'null' || what === 'unknown') return text === null
  if (what === 'not_null') return text !== null
  return text === (what === 'true' ? 'true' : 'false')
}

function rankOf(values: OperandValues, row: number): number | null {
  return values.texts[row] === null ? null : values.ranks[row]!
}

function jsonAt(values: OperandValues, row: number): Json {
  const json = values.jsons[row]!
  return json === null ? null : parseExact(json)
}

function compareKeys(a: number | null, b: number | null, { direction, nulls }: OrderTerm): number {
  const descending = direction === 'desc'
  if (a === null || b === null) {
    const first = nulls === undefined ? descending : nulls === 'first'
    return a === b ? 0 : (a === null) === first ? -1 : 1
  }
  return descending ? b - a : a - b
}

async function keep(rows: readonly number[], test: (row: number) => Promise<boolean>): Promise<number[]> {
  const kept: number[] = []
  for (const row of rows) if (await test(row)) kept.push(row)
  return kept
}
