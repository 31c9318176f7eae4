// Random reads over a schema, nearly all of them valid. What a request exercises is counted by coverage.ts.
import { columnTypes, jsonPaths, jsonTexts, jsonValues, patterns, quantifiable } from './column-types.ts'
import { namesOfLink } from './links.ts'
import { quoteText } from '../../../query/test/property/sql-text.ts'
import { callableNames, keyValue, listedCondition, someCondition } from './make-schema.ts'
import type {
  CallArguments,
  Column,
  Condition,
  Embed,
  Field,
  Level,
  Link,
  Operand,
  OrderTerm,
  ReadRequest,
  Relation,
  Schema,
} from './model.ts'
import { isToOne, keyOfEmbed, keyOfField, readableColumns } from './model.ts'
import type { Random } from '../../../query/test/property/random.ts'

/** A read of a random relation by a random caller. */
export function makeRead(random: Random, schema: Schema): ReadRequest {
  const maker = new RequestMaker(random, schema)
  const level = maker.level(random.pick(schema.relations), 0, {})
  const aggregates = hasAggregates(level)
  const head = random.chance(2)
  const isCall = level.relation.kind === 'table' && random.chance(7)
  const call = isCall ? (head || random.chance(60) ? 'GET' : 'POST') : undefined
  const isPageable = !head && !isCall && !aggregates && schema.rowsMax >= 100 && level.order.every(({ operand }) => isComparable(operand))
  if (isPageable && random.chance(8)) {
    const whole = { ...level, limit: undefined, offset: undefined }
    return { caller: random.pick(schema.callers), level: whole, count: false, rangeHeader: false, head, walk: random.between(1, 4) }
  }
  return {
    caller: random.pick(schema.callers),
    level,
    call,
    arguments: call !== undefined && random.chance(60) ? makeArguments(random, level.relation) : undefined,
    // The total of an aggregated read is the number of rows before they are grouped: another question.
    count: !aggregates && random.chance(25),
    rangeHeader:
      !head && call !== 'POST' && (level.limit !== undefined || level.offset !== undefined) && random.chance(20) && level.limit !== 0,
    head,
  }
}

function isComparable({ path, asText }: Operand): boolean {
  return path.length === 0 || asText
}

function makeArguments(random: Random, relation: Relation): CallArguments {
  const names = callableNames(relation.name)
  if (random.chance(50)) {
    const { type } = relation.columns.find(({ name }) => name === relation.key[0])!
    const keys = Array.from({ length: random.below(6) }, () => keyValue(type, random.below(20)))
    return {
      function: names.listed,
      values: { keys },
      condition: listedCondition(relation, `array[${keys.map(quoteText).join(', ')}]::text[]`),
    }
  }
  const parts = random.between(1, 3)
  const part = random.chance(60) ? random.below(parts) : undefined
  const values: CallArguments['values'] = part === undefined ? { parts } : { parts, part }
  return { function: names.some, values, condition: someCondition(relation, String(parts), String(part ?? 0)) }
}

/** What a write shows of its rows: no filters, and no way back to the written table, whose rows a statement sees as they were before it. */
export function makeReturning(random: Random, schema: Schema, relation: Relation): Level {
  const links = schema.links.filter(({ source, target, through }) => {
    return source.kind === 'table' && target !== relation && target.kind === 'table' && through?.relation !== relation
  })
  const level = new RequestMaker(random, schema, links).level(relation, 1, { whole: true, spread: random.chance(20) })
  return { ...level, filters: [], order: [], limit: undefined, offset: undefined, fields: level.fields.map(withoutInner) }
}

function withoutInner(field: Field): Field {
  return field.kind === 'embed' ? { kind: 'embed', embed: { ...field.embed, join: undefined } } : field
}

/** An order of rows by their own columns, down to the key. */
export function makeOrder(random: Random, schema: Schema, relation: Relation): OrderTerm[] {
  return new RequestMaker(random, schema).ordered(relation)
}

/** A condition on a row of its own columns. */
export function makeCondition(random: Random, schema: Schema, level: Level): Condition {
  return new RequestMaker(random, schema).condition(level)
}

export function hasAggregates(level: Level): boolean {
  return level.fields.some(
    (field) => field.kind === 'aggregate' || (field.kind === 'embed' && field.embed.spread && hasAggregates(field.embed.level)),
  )
}

interface LevelWishes {
  readonly toOne?: boolean
  readonly spread?: boolean
  readonly hidden?: boolean
  /** Rows whose order shows, because they are spread. */
  readonly ordered?: boolean
  /** Neither cut nor aggregated. */
  readonly whole?: boolean
}

class RequestMaker {
  constructor(
    private readonly random: Random,
    private readonly schema: Schema,
    private readonly links: readonly Link[] = schema.links,
  ) {}

  level(relation: Relation, depth: number, wishes: LevelWishes): Level {
    const { random } = this
    const level: Level = { relation, fields: [], filters: [], order: [], limit: undefined, offset: undefined }
    if (!wishes.spread && !wishes.hidden && !wishes.whole && random.chance(7)) return this.aggregated(level, wishes)
    this.addFields(level, depth, wishes)
    this.addFilters(level)
    if (wishes.toOne) return level
    const slices = !wishes.whole && random.chance(35)
    if (slices || random.chance(35) || wishes.ordered || this.schema.rowsMax < 100) this.addOrder(level)
    if (slices && random.chance(85)) level.limit = random.chance(5) ? 0 : random.between(1, 6)
    if (slices && random.chance(40)) level.offset = random.between(0, 4)
    return level
  }

  private addFields(level: Level, depth: number, wishes: LevelWishes): void {
    const { random } = this
    const taken = new Set<string>()
    const star = random.chance(12) && !wishes.spread && !wishes.hidden
    if (star) {
      level.fields.push({ kind: 'star' })
      for (const { name } of level.relation.columns) taken.add(name)
    }
    const wanted = star ? 0 : random.between(1, 4)
    for (let i = 0; i < wanted; i++) {
      const field: Field = this.columnField(level.relation, wishes)
      if (taken.has(keyOfField(field))) continue
      taken.add(keyOfField(field))
      level.fields.push(field)
    }
    const embeds = depth >= 3 || wishes.hidden ? 0 : random.chance(depth === 0 ? 55 : 30) ? random.between(1, 2) : 0
    for (let i = 0; i < embeds; i++) this.addEmbed(level, depth, taken, wishes)
  }

  private columnField(relation: Relation, wishes: LevelWishes): Extract<Field, { kind: 'column' }> {
    const { random } = this
    const operand = this.operand(relation)
    // Spread fields land between those of the parent: an alias of their own keeps the keys apart.
    const alias = wishes.spread || random.chance(15) ? `a${random.below(100_000)}${random.pick(['', ' x', '"q', 'É'])}` : undefined
    const { casts } = columnTypes[operand.column.type]
    const cast = operand.path.length === 0 && random.chance(12) ? random.pick(casts) : undefined
    return { kind: 'column', operand, alias, cast }
  }

  private operand(relation: Relation, wants: (column: Column) => boolean = () => true): Operand {
    const { random } = this
    const all = readableColumns(relation)
    const columns = all.filter(wants)
    const column = random.pick(columns.length === 0 ? all : columns)
    const isJson = column.type === 'jsonb' || column.type === 'json'
    const path = isJson && random.chance(60) ? random.pick(jsonPaths) : []
    return { column, path, asText: path.length > 0 && random.chance(60) }
  }

  private addEmbed(level: Level, depth: number, taken: Set<string>, wishes: LevelWishes): void {
    const { random } = this
    const links = this.links.filter(({ source }) => source === level.relation)
    if (links.length === 0) return
    const link = random.pick(links)
    const names = namesOfLink(this.schema.links, link)
    if (names.length === 0) return
    const named = random.pick(names)
    const toOne = isToOne(link)
    const spread = random.chance(20) && !names.some(({ name }) => taken.has(name))
    const alias = !spread && (wishes.spread || taken.has(named.name) || random.chance(25)) ? `e${random.below(100_000)}` : undefined
    const join = random.chance(25) ? (random.chance(70) ? 'inner' : 'left') : undefined
    const hidden = !spread && random.chance(6)
    const tested = join === 'inner' || hidden || random.chance(20)
    const ordered = spread || wishes.ordered
    const inner = this.level(link.target, depth + 1, { toOne, spread, hidden, ordered, whole: wishes.whole })
    if (hidden) inner.fields = []
    const embed: Embed = { ...named, alias, join, spread, link, level: inner }
    if (level.fields.some((field) => field.kind === 'embed' && keyOfEmbed(field.embed) === keyOfEmbed(embed))) return
    taken.add(keyOfEmbed(embed))
    level.fields.push({ kind: 'embed', embed })
    if (tested && !spread && random.chance(50)) {
      const related: Condition = { kind: 'related', embed, not: random.chance(60) }
      const mixed = random.chance(30)
      level.filters.push(mixed ? { kind: 'or', not: false, items: [related, this.condition(level)] } : related)
    }
  }

  private addFilters(level: Level): void {
    const { random } = this
    const wanted = random.chance(45) ? random.between(1, 2) : 0
    for (let i = 0; i < wanted; i++) level.filters.push(random.chance(25) ? this.logic(level, 0) : this.condition(level))
  }

  private logic(level: Level, depth: number): Condition {
    const { random } = this
    const items = Array.from({ length: random.between(1, 3) }, () =>
      depth < 2 && random.chance(30) ? this.logic(level, depth + 1) : this.condition(level),
    )
    return { kind: random.pick(['and', 'or'] as const), not: random.chance(25), items }
  }

  condition(level: Level): Condition {
    const { random } = this
    // A filter on a name that is also an embed's is one on the embed.
    const embeds = new Set(level.fields.flatMap((field) => (field.kind === 'embed' ? [keyOfEmbed(field.embed)] : [])))
    const operand = this.operand(level.relation, ({ name }) => !embeds.has(name))
    const not = random.chance(20)
    const { type } = operand.column
    const operators =
      operand.path.length > 0
        ? operand.asText
          ? columnTypes.text.operators
          : type === 'jsonb'
            ? ['eq', 'cs']
            : []
        : columnTypes[type].operators
    if (operators.length === 0 || random.chance(12)) {
      const what =
        type === 'bool' && random.chance(70) ? random.pick(['true', 'false', 'unknown', 'TRUE']) : random.pick(['null', 'not_null', 'NULL'])
      return { kind: 'is', operand, not, what }
    }
    const operator = random.pick(operators)
    const value = (): string => this.value(operand, operator)
    if (operator === 'in') return { kind: 'compare', operand, operator, not, values: Array.from({ length: random.between(1, 4) }, value) }
    if (quantifiable.has(operator) && random.chance(20) && !isComposite(operand)) {
      const values = Array.from({ length: random.between(1, 3) }, value)
      return { kind: 'compare', operand, operator, not, values, quantifier: random.pick(['any', 'all'] as const) }
    }
    const config = operator.endsWith('fts') && random.chance(40) ? random.pick(['english', 'simple']) : undefined
    return { kind: 'compare', operand, operator, not, values: [value()], config }
  }

  private value({ column, path, asText }: Operand, operator: string): string {
    const { random } = this
    const known = patterns[operator]
    if (known !== undefined) return random.pick(known)
    if (path.length > 0) return random.pick(asText ? jsonTexts : jsonValues)
    if (!column.plain)
      return column.type === 'uuid'
        ? 'aaaaaaaa-0000-0000-0000-000000000002'
        : column.type === 'text'
          ? `k${random.below(9)}`
          : String(random.below(9))
    if (operator === 'cs' && /range/.test(column.type) && random.chance(30))
      return column.type === 'int4range' ? '[2,3)' : '[2026-01-05,2026-01-06)'
    return random.pick(columnTypes[column.type].values)
  }

  ordered(relation: Relation): OrderTerm[] {
    const level: Level = { relation, fields: [], filters: [], order: [] }
    this.addOrder(level)
    return level.order
  }

  /** Always down to the key, so that one order is right and no other. */
  private addOrder(level: Level): void {
    const { random } = this
    const isSortable = (column: Column): boolean => columnTypes[column.type].sortable
    const term = (operand: Operand, embed?: Embed): OrderTerm => ({
      embed,
      operand,
      direction: random.pick([undefined, 'asc', 'desc'] as const),
      nulls: random.pick([undefined, undefined, 'first', 'last'] as const),
    })
    if (random.chance(70)) {
      const operand = this.operand(level.relation, isSortable)
      if (isSortable(operand.column)) level.order.push(term(operand))
    }
    const toOnes = level.fields.filter((field) => field.kind === 'embed' && isToOne(field.embed.link) && !hasAggregates(field.embed.level))
    if (toOnes.length > 0 && random.chance(40)) {
      const { embed } = random.pick(toOnes) as { embed: Embed }
      const operand = this.operand(embed.link.target, isSortable)
      if (isSortable(operand.column)) level.order.unshift(term({ ...operand, path: [], asText: false }, embed))
    }
    for (const name of level.relation.key) {
      const column = level.relation.columns.find((item) => item.name === name)!
      level.order.push(term({ column, path: [], asText: false }))
    }
  }

  private aggregated(level: Level, wishes: LevelWishes): Level {
    const { random } = this
    this.addFilters(level)
    if (wishes.toOne) level.filters = []
    for (const column of random.some(level.relation.columns, random.below(3)).filter(({ type }) => columnTypes[type].sortable)) {
      level.fields.push({ kind: 'column', operand: { column, path: [], asText: false } })
    }
    const alias = (): string | undefined => (random.chance(50) ? `g${random.below(100_000)}` : undefined)
    const used = new Set<string>()
    for (let i = random.between(1, 3); i > 0; i--) {
      const column = random.pick(level.relation.columns)
      const call = random.chance(25) ? 'count' : random.pick(columnTypes[column.type].aggregates)
      const field: Field = {
        kind: 'aggregate',
        call,
        column: call === 'count' && random.chance(40) ? undefined : column,
        alias: alias(),
        cast: random.chance(15) ? 'text' : undefined,
      }
      if (used.has(keyOfField(field)) || level.relation.columns.some(({ name }) => name === keyOfField(field))) continue
      used.add(keyOfField(field))
      level.fields.push(field)
    }
    if (used.size === 0) level.fields.push({ kind: 'aggregate', call: 'count', alias: 'howmany' })
    const grouped = level.fields.filter((field) => field.kind === 'column')
    if (grouped.length > 0 && !wishes.toOne && (wishes.ordered || this.schema.rowsMax < 100 || random.chance(40))) {
      level.order = grouped.map(({ operand }) => ({ operand, direction: random.pick(['asc', 'desc'] as const) }))
      if (random.chance(50)) level.limit = random.between(1, 4)
    }
    return level
  }
}

function isComposite({ column }: Operand): boolean {
  return column.type.endsWith('[]') || column.type.startsWith('json') || column.type.endsWith('range')
}
