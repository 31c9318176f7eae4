// A request of the model as a URL and headers.
import { callableNames } from './make-schema.ts'
import type { CallArguments, Condition, Embed, Field, Level, Operand, ReadRequest } from './model.ts'
import { keyOfEmbed } from './model.ts'

export interface RequestText {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What goes over the wire. */
export function textOf(request: ReadRequest): RequestText {
  const { level } = request
  const parameters: [string, string][] = [['select', selectText(level)]]
  addParameters(parameters, level, '')
  const headers: Record<string, string> = {}
  if (request.count) headers.prefer = 'count=exact'
  if (request.rangeHeader) {
    const first = level.offset ?? 0
    headers.range = `${first}-${level.limit === undefined ? '' : first + level.limit - 1}`
    const kept = parameters.filter(([name]) => name !== 'limit' && name !== 'offset')
    parameters.splice(0, parameters.length, ...kept)
  }
  if (request.walk !== undefined) {
    headers.prefer = 'cursor'
    parameters.push(['limit', String(request.walk)])
  }
  const { call, arguments: given } = request
  let body: string | undefined
  if (call === 'GET') parameters.unshift(...argumentParameters(given))
  else if (call === 'POST' && given !== undefined) {
    body = JSON.stringify(given.values)
    headers['content-type'] = 'application/json'
  }
  const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  const { name } = level.relation
  const path = call === undefined ? encodeURIComponent(name) : `rpc/${encodeURIComponent(given?.function ?? callableNames(name).all)}`
  return { method: request.head ? 'HEAD' : (call ?? 'GET'), path: `/${path}?${query}`, headers, body }
}

function argumentParameters(given: CallArguments | undefined): [string, string][] {
  return Object.entries(given?.values ?? {}).map(([name, value]) => [
    name,
    typeof value === 'number' ? String(value) : `{${value.join(',')}}`,
  ])
}

/** Quoted unless it is a plain word. */
export function nameText(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoted(name)
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

export function selectText(level: Level): string {
  return level.fields.map(fieldText).join(',')
}

function fieldText(field: Field): string {
  if (field.kind === 'star') return '*'
  if (field.kind === 'embed') return embedText(field.embed)
  const alias = field.alias === undefined ? '' : `${nameText(field.alias)}:`
  const cast = field.cast === undefined ? '' : `::${field.cast}`
  if (field.kind === 'aggregate')
    return `${alias}${field.column === undefined ? '' : `${nameText(field.column.name)}.`}${field.call}()${cast}`
  return `${alias}${operandText(field.operand)}${cast}`
}

function embedText(embed: Embed): string {
  const alias = embed.spread ? '...' : embed.alias === undefined ? '' : `${nameText(embed.alias)}:`
  const hint = embed.hint === undefined ? '' : `!${nameText(embed.hint)}`
  const join = embed.join === undefined ? '' : `!${embed.join}`
  return `${alias}${nameText(embed.name)}${hint}${join}(${selectText(embed.level)})`
}

function operandText({ column, path, asText }: Operand): string {
  const steps = path.map((step, i) => `${i === path.length - 1 && asText ? '->>' : '->'}${step}`)
  return `${nameText(column.name)}${steps.join('')}`
}

/** What the embeds of a level ask for. */
export function addEmbedParameters(parameters: [string, string][], level: Level, prefix: string): void {
  for (const field of level.fields) {
    if (field.kind === 'embed') addParameters(parameters, field.embed.level, `${prefix}${nameText(keyOfEmbed(field.embed))}.`)
  }
}

/** The conditions on the rows themselves. */
export function filterParameters(level: Level): [string, string][] {
  return level.filters.map((condition) => filterParameter(condition, ''))
}

function addParameters(parameters: [string, string][], level: Level, prefix: string): void {
  for (const condition of level.filters) parameters.push(filterParameter(condition, prefix))
  parameters.push(...sliceParameters(level, prefix))
  addEmbedParameters(parameters, level, prefix)
}

/** Order, limit and offset. */
export function sliceParameters(level: Level, prefix = ''): [string, string][] {
  const parameters: [string, string][] = []
  if (level.order.length > 0) {
    const terms = level.order.map(({ embed, operand, direction, nulls }) => {
      const inner = operandText(operand)
      const target = embed === undefined ? inner : `${nameText(keyOfEmbed(embed))}(${inner})`
      return `${target}${direction === undefined ? '' : `.${direction}`}${nulls === undefined ? '' : `.nulls${nulls}`}`
    })
    parameters.push([`${prefix}order`, terms.join(',')])
  }
  if (level.limit !== undefined) parameters.push([`${prefix}limit`, String(level.limit)])
  if (level.offset !== undefined) parameters.push([`${prefix}offset`, String(level.offset)])
  return parameters
}

function filterParameter(condition: Condition, prefix: string): [string, string] {
  const not = condition.not ? 'not.' : ''
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [`${prefix}${not}${condition.kind}`, `(${condition.items.map(conditionText).join(',')})`]
    case 'related':
      return [`${prefix}${nameText(keyOfEmbed(condition.embed))}`, `${not}is.null`]
    case 'is':
      return [`${prefix}${operandText(condition.operand)}`, `${not}is.${condition.what}`]
    case 'compare':
      return [`${prefix}${operandText(condition.operand)}`, `${not}${compareText(condition, false)}`]
  }
}

/** Inside of a logic tree. */
function conditionText(condition: Condition): string {
  const not = condition.not ? 'not.' : ''
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `${not}${condition.kind}(${condition.items.map(conditionText).join(',')})`
    case 'related':
      return `${nameText(keyOfEmbed(condition.embed))}.${not}is.null`
    case 'is':
      return `${operandText(condition.operand)}.${not}is.${condition.what}`
    case 'compare':
      return `${operandText(condition.operand)}.${not}${compareText(condition, true)}`
  }
}

function compareText(condition: Extract<Condition, { kind: 'compare' }>, inTree: boolean): string {
  const { operator, values, quantifier, config } = condition
  const modifier = quantifier ?? config
  const head = modifier === undefined ? `${operator}.` : `${operator}(${modifier}).`
  if (operator === 'in') return `${head}(${values.map(listItem).join(',')})`
  if (quantifier !== undefined) {
    const list = `{${values.map(quoted).join(',')}}`
    return `${head}${inTree ? quoted(list) : list}`
  }
  const value = values[0]!
  return `${head}${inTree && !/^[\w*%]+$/.test(value) ? quoted(value) : value}`
}

function listItem(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : quoted(value)
}
