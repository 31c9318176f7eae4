// Makes a failing request smaller while it fails.
import type { Field, Level, ReadRequest } from './model.ts'
import { keyOfEmbed } from './model.ts'

/** The smallest request found that still fails. */
export async function shrink(
  request: ReadRequest,
  keepOrder: boolean,
  fails: (candidate: ReadRequest) => Promise<boolean>,
): Promise<ReadRequest> {
  let best = request
  for (let tries = 0; tries < 200;) {
    let smaller: ReadRequest | undefined
    for (const candidate of smallerRequests(best, keepOrder)) {
      if (++tries > 200) break
      if (await fails(candidate).catch(() => false)) {
        smaller = candidate
        break
      }
    }
    if (smaller === undefined) return best
    best = smaller
  }
  return best
}

function* smallerRequests(request: ReadRequest, keepOrder: boolean): Generator<ReadRequest> {
  if (request.count) yield { ...request, count: false }
  if (request.rangeHeader) yield { ...request, rangeHeader: false }
  if (request.head) yield { ...request, head: false }
  for (const level of smallerLevels(request.level, keepOrder)) yield { ...request, level }
}

function* smallerLevels(level: Level, keepOrder: boolean): Generator<Level> {
  for (const i of level.filters.keys()) yield { ...level, filters: level.filters.toSpliced(i, 1) }
  for (const [i, filter] of level.filters.entries()) {
    if (filter.kind === 'and' || filter.kind === 'or')
      for (const item of filter.items) yield { ...level, filters: level.filters.with(i, item) }
    if (filter.not) yield { ...level, filters: level.filters.with(i, { ...filter, not: false }) }
  }
  if (level.limit !== undefined || level.offset !== undefined) yield { ...level, limit: undefined, offset: undefined }
  else if (level.order.length > 0 && !keepOrder) yield { ...level, order: [] }
  if (level.fields.length > 1) {
    for (const [i, field] of level.fields.entries()) {
      if (field.kind === 'embed' && isMentioned(level, keyOfEmbed(field.embed))) continue
      yield { ...level, fields: level.fields.toSpliced(i, 1) }
    }
  }
  for (const [i, field] of level.fields.entries()) {
    if (field.kind === 'star') yield { ...level, fields: level.fields.with(i, plainField(level)) }
    if (field.kind !== 'embed') continue
    const { embed } = field
    if (embed.join !== undefined) yield withField(level, i, { kind: 'embed', embed: { ...embed, join: undefined } })
    for (const inner of smallerLevels(embed.level, keepOrder))
      yield withField(level, i, { kind: 'embed', embed: { ...embed, level: inner } })
  }
}

function plainField(level: Level): Field {
  return { kind: 'column', operand: { column: level.relation.columns[0]!, path: [], asText: false } }
}

function withField(level: Level, i: number, field: Field): Level {
  return { ...level, fields: level.fields.with(i, field) }
}

function isMentioned(level: Level, key: string): boolean {
  const inOrder = level.order.some((term) => term.embed !== undefined && keyOfEmbed(term.embed) === key)
  return (
    inOrder ||
    JSON.stringify(level.filters, (name, value: unknown) => (name === 'embed' ? keyOfEmbed(value as never) : value)).includes(
      `"embed":${JSON.stringify(key)}`,
    )
  )
}
