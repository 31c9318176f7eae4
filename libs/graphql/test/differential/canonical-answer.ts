// One text for all answers that are right: keys in the order they were asked for, rows sorted where no order was asked for,
// and floating-point aggregates without the digits that depend on the order of addition.
import { plainText, type Json } from '../../../query/test/property/exact-json.ts'
import type { AggregateField, Answered, GroupPart, Groups, MutationField, QueryField, Relation, Selected } from './model.ts'
import { globalIdParts, keyOfCursor, type Page } from './relay-model.ts'

export function canonicalQuery(fields: readonly QueryField[], data: Json): string {
  return object(new Map(fields.map((field): [string, Writer] => [field.key, root(field)])))(data)
}

function root(field: QueryField): Writer {
  switch (field.kind) {
    case 'group_by':
      return groups(field)
    case 'aggregate':
      return aggregate(field.parts, field.slice.order.length > 0)
    case 'scalar':
      return plainText
    case 'by_pk':
    case 'one':
    case 'node':
      return row(field.selected)
    case 'connection':
      return connection(field.relation, field.page)
    case 'rows':
      return rows(field.selected, field.slice.order.length > 0)
  }
}

export function canonicalMutation(fields: readonly MutationField[], data: Json): string {
  const writers = new Map(
    fields.map((field): [string, Writer] => {
      if (field.kind === 'call') return [field.key, rows(field.selected, field.slice.order.length > 0)]
      if (!('answer' in field)) return [field.key, row(field.selected)]
      const one = answer(field.answer)
      return [field.key, field.kind === 'update_many' ? list(one, true) : one]
    }),
  )
  return object(writers)(data)
}

type Writer = (value: Json) => string

function answer({ parts }: Answered): Writer {
  return object(
    new Map(parts.map((part): [string, Writer] => [part.key, part.kind === 'returning' ? rows(part.selected, false) : plainText])),
  )
}

function object(writers: ReadonlyMap<string, Writer>): Writer {
  return (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return plainText(value)
    const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${(writers.get(key) ?? plainText)(item)}`)
    return `{${pairs.join(',')}}`
  }
}

function list(item: Writer, ordered: boolean): Writer {
  return (value) => {
    if (!Array.isArray(value)) return plainText(value)
    const texts = value.map(item)
    return `[${(ordered ? texts : texts.toSorted()).join(',\n')}]`
  }
}

function row(selected: readonly Selected[]): Writer {
  return object(
    new Map(
      selected.flatMap((each): [string, Writer][] => {
        if (each.kind === 'row') return [[each.key, row(each.selected)]]
        if (each.kind === 'connection') return [[each.key, connection(each.link.target, each.page)]]
        if (each.kind === 'global_id') return [[each.key, idText]]
        if (each.kind === 'group_by') return [[each.key, groups(each)]]
        if (each.kind === 'rows') return [[each.key, rows(each.selected, each.slice.order.length > 0)]]
        return each.kind === 'aggregate' ? [[each.key, aggregate(each.parts, each.slice.order.length > 0)]] : []
      }),
    ),
  )
}

function rows(selected: readonly Selected[], ordered: boolean): Writer {
  return list(row(selected), ordered)
}

function aggregate(parts: readonly GroupPart[], ordered: boolean): Writer {
  const writer = (part: GroupPart): Writer => {
    if (part.kind === 'nodes') return rows(part.selected, ordered)
    return part.kind === 'typename' || part.kind === 'key'
      ? plainInOrder
      : object(new Map(part.fields.map((field) => [field.key, aggregateField(field)])))
  }
  return object(new Map(parts.map((part) => [part.key, writer(part)])))
}

const groups = ({ parts, order }: Groups): Writer => list(aggregate(parts, false), order.length > 0)

function connection(relation: Relation, { parts }: Page): Writer {
  const cursor: Writer = (value) => keyOfCursor(relation, value as string)
  return object(
    new Map(
      parts.map((part): [string, Writer] => {
        if (part.kind === 'typename') return [part.key, plainText]
        if (part.kind === 'page_info')
          return [part.key, object(new Map(part.parts.map(({ kind, key }) => [key, kind.endsWith('Cursor') ? cursor : plainText])))]
        const edge = part.parts.map((each): [string, Writer] => {
          return [each.key, each.kind === 'cursor' ? cursor : each.kind === 'node' ? row(each.selected) : plainText]
        })
        return [part.key, list(object(new Map(edge)), true)]
      }),
    ),
  )
}

const idText: Writer = (value) => JSON.stringify(globalIdParts(value as string))

/** The keys of an object as they come. */
const plainInOrder: Writer = (value) => object(new Map())(value)

function aggregateField(field: AggregateField): Writer {
  if (field.kind !== 'call') return plainText
  return object(new Map(field.columns.flatMap(({ key, column }): [string, Writer][] => (column.type === 'float8' ? [[key, rounded]] : []))))
}

const rounded: Writer = (value) => (typeof value === 'string' ? Number(value.replace('\u0001', '')).toPrecision(9) : plainText(value))
