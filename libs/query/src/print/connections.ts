// Relay's connections: a page of rows by cursor, as one object. The page is cut one row longer than asked for, which tells
// whether more follow; whether rows lie on its other side is looked up only when that is asked for.
import type { ConnectionReadNode, ConnectionSide, OrderNode } from '../tree.ts'
import { literalText } from './aggregate-object.ts'
import { distinctOf, orderOf, type RowSource, whereOf } from './clauses.ts'
import { filterOf } from './filters.ts'
import { jsonObject } from './json-object.ts'
import type { PrintRows } from './level.ts'
import { operandOf } from './operands.ts'
import { columnOf, type Statement } from './statement.ts'

/** `(select json_build_object('edges', …, 'pageInfo', …) from (…) q)`. `sourceOf` gives the rows anew each time. */
export function connectionObject(statement: Statement, node: ConnectionReadNode, sourceOf: () => RowSource, printRows: PrintRows): string {
  const page = statement.alias('q')
  const rows = rowsOf(statement, node, sourceOf(), printRows)
  const within = rows.size === undefined ? '' : ` filter (where ${page}.i <= ${rows.size})`
  const pairs = node.parts.map((part): readonly [string, string] => {
    if (part.kind === 'constant') return [part.key, literalText(part.value)]
    if (part.kind === 'edges') {
      const edge = part.parts.map((each): readonly [string, string] => {
        if (each.kind === 'constant') return [each.key, literalText(each.value)]
        return [each.key, each.kind === 'cursor' ? `${page}.c` : `${page}.n${rows.nodes.indexOf(each)}`]
      })
      const order = `order by ${page}.i${node.fromEnd ? ' desc' : ''}`
      return [part.key, `coalesce(json_agg(${jsonObject(edge)} ${order})${within}, '[]')`]
    }
    const info = part.parts.map((each): readonly [string, string] => {
      switch (each.kind) {
        case 'constant':
          return [each.key, literalText(each.value)]
        case 'start_cursor':
        case 'end_cursor': {
          // The rows are counted from where the page begins, which for the last ones is its end.
          const isNearest = (each.kind === 'start_cursor') !== node.fromEnd
          const nearest = `(array_agg(${page}.c order by ${page}.i${isNearest ? '' : ' desc'})${within})[1]`
          return [each.key, `coalesce(${nearest}, '')`]
        }
        case 'has_next_page':
        case 'has_previous_page': {
          const isAhead = (each.kind === 'has_next_page') !== node.fromEnd
          const cut = isAhead && rows.size !== undefined ? [`count(${page}.i) > ${rows.size}`] : []
          const beyondCursor = outside(statement, node, each.kind === 'has_next_page' ? 'before' : 'after', sourceOf)
          const more = [...cut, ...(beyondCursor === undefined ? [] : [beyondCursor])]
          return [each.key, more.length === 0 ? 'false' : more.length === 1 ? more[0]! : `(${more.join(' or ')})`]
        }
      }
    })
    return [part.key, jsonObject(info)]
  })
  return `(select ${jsonObject(pairs)} from (${rows.text}) ${page}${isAggregated(node) ? '' : ' having true'})`
}

/** Does a part gather the rows of the page? Where none does, the page is one object all the same, and not one for each row. */
function isAggregated({ parts, size, fromEnd }: ConnectionReadNode): boolean {
  return parts.some((part) => {
    if (part.kind !== 'page_info') return part.kind === 'edges'
    return part.parts.some(({ kind }) => {
      if (kind === 'has_next_page' || kind === 'has_previous_page') return size !== undefined && (kind === 'has_next_page') !== fromEnd
      return kind !== 'constant'
    })
  })
}

type NodePart = Extract<Extract<ConnectionReadNode['parts'][number], { kind: 'edges' }>['parts'][number], { kind: 'node' }>

/** The rows of the page and one more: `i` counts them, `c` is the cursor, `n0` … the nodes. */
function rowsOf(
  statement: Statement,
  node: ConnectionReadNode,
  source: RowSource,
  printRows: PrintRows,
): { readonly text: string; readonly size: string | undefined; readonly nodes: readonly NodePart[] } {
  const { alias } = source
  const nodes = node.parts.flatMap((part) => (part.kind === 'edges' ? part.parts.filter((each) => each.kind === 'node') : []))
  const values = nodes.map(({ fields }, i) => {
    const [empty, object] = [statement.alias('r'), statement.alias('r')]
    const select = printRows(statement, { fields, order: [] }, { from: `(select) ${empty}`, alias })
    return `(select ${select.json(object)} from (${select.text}) ${object}) as n${i}`
  })
  // Which row stands for a group of DISTINCT ON follows from the order as it is asked for, from whichever end the page is cut.
  const isTurned = node.fromEnd && (node.distinctOn ?? []).length > 0
  const order = node.fromEnd && !isTurned ? node.order.map(reversed) : node.order
  const where = [whereOf(statement, node, source).replace(/^ where /, ''), ...sides(statement, node, alias)].filter((each) => each !== '')
  const size = node.size === undefined ? undefined : typeof node.size === 'number' ? String(node.size) : statement.value(node.size, 'int8')
  const limit = node.size === undefined ? '' : ` limit ${typeof node.size === 'number' ? node.size + 1 : `${size} + 1`}`
  const list = [`${cursorOf(statement, node, alias)} as c`, ...values].join(', ')
  const rows = statement.alias('p')
  const text = `select ${distinctOf(node.distinctOn, alias)}${list} from ${source.from}${where.length === 0 ? '' : ` where ${where.join(' and ')}`}${orderOf(statement, order, alias)}`
  const numbered = (sorted: string, name: string) => `select row_number() over () as ${name}, ${rows}.* from (${sorted}) ${rows}`
  if (!isTurned) return { text: numbered(`${text}${limit}`, 'i'), size, nodes }
  const turned = `select ${rows}.* from (${numbered(text, 'j')}) ${rows} order by ${rows}.j desc${limit}`
  return { text: numbered(turned, 'i'), size, nodes }
}

/** Base64 of a JSON object with the order's values as text: what `after` and `before` take. */
function cursorOf(statement: Statement, node: ConnectionReadNode, alias: string): string {
  const pairs = node.order.map((key) => [key.name, `(${operandOf(statement, key.operand, alias, filterOf)})::text`] as const)
  return base64Of(`${jsonObject(pairs)}::text`)
}

/** In one line: Postgres breaks its base64 every 76 characters. */
function base64Of(text: string): string {
  return `translate(encode(convert_to(${text}, 'UTF8'), 'base64'), chr(10), '')`
}

/** Relay's global id: base64 of `[1, schema, table, primary key…]`. */
export function globalIdOf(
  relation: { readonly schema: string; readonly name: string },
  columns: readonly string[],
  alias: string,
): string {
  const keys = columns.map((column) => columnOf(alias, column))
  return base64Of(`json_build_array(${['1', literalText(relation.schema), literalText(relation.name), ...keys].join(', ')})::text`)
}

/** Are there rows that this cursor cuts off, its own among them? */
function outside(statement: Statement, node: ConnectionReadNode, side: 'after' | 'before', sourceOf: () => RowSource): string | undefined {
  if (node[side] === undefined) return undefined
  const source = sourceOf()
  const where = whereOf(statement, node, source)
  const [within] = sides(statement, { ...node, after: undefined, before: undefined, [side]: node[side] }, source.alias)
  return `exists (select 1 from ${source.from}${where}${where === '' ? ' where' : ' and'} ${within} is not true)`
}

function sides(statement: Statement, node: ConnectionReadNode, alias: string): string[] {
  return [
    ...(node.after === undefined ? [] : [beyond(statement, node.order, node.after, alias)]),
    ...(node.before === undefined ? [] : [beyond(statement, node.order.map(reversed), node.before, alias)]),
  ]
}

/**
 * The rows behind the cursor in this order. Fewer values than the order has keys: with DISTINCT ON the rows of a group are
 * behind or before it together. An index over the keys has to find the first of them without a look at what lies before, so
 * keys of one direction are compared as a row, and others are bounded by the first key.
 */
function beyond(statement: Statement, order: readonly OrderNode[], side: ConnectionSide, alias: string): string {
  const keys = side.slice(0, order.length).map((value, i): CursorKey => keyOf(statement, order[i]!, value, alias))
  const [first] = keys
  if (first === undefined) return 'false'
  if (keys.length > 1 && !first.isNullable) {
    if (keys.every(({ isNullable, sign }) => !isNullable && sign === first.sign))
      return `((${keys.map(({ left }) => left).join(', ')}) ${first.sign} (${keys.map(({ right }) => right).join(', ')}))`
    return `(${first.left} ${first.sign}= ${first.right} and ${oneByOne(keys)})`
  }
  return oneByOne(keys)
}

/** One key of an order beside the cursor's value. */
interface CursorKey {
  readonly left: string
  readonly right: string
  /** What stands between them for rows that are behind the cursor. */
  readonly sign: '>' | '<'
  readonly nullsFirst: boolean
  readonly isNullable: boolean
}

function keyOf(statement: Statement, key: OrderNode, value: ConnectionSide[number], alias: string): CursorKey {
  const { column, relatedBy, aggregate } = key.operand
  return {
    left: operandOf(statement, key.operand, alias, filterOf),
    right: statement.value(value),
    sign: key.direction === 'asc' ? '>' : '<',
    nullsFirst: key.nulls === undefined ? key.direction === 'desc' : key.nulls === 'first',
    isNullable: relatedBy !== undefined || aggregate !== undefined || 'kind' in column || column.nullable,
  }
}

/** The first key is behind its value, or equal and the next one is. */
function oneByOne([key, ...rest]: readonly CursorKey[]): string {
  if (key === undefined) return 'false'
  const { left, right, sign, nullsFirst, isNullable } = key
  const nulls = nullsFirst ? `${right} is null and ${left} is not null` : `${left} is null and ${right} is not null`
  const further = isNullable ? `${left} ${sign} ${right} or (${nulls})` : `${left} ${sign} ${right}`
  if (rest.length === 0) return `(${further})`
  const same = isNullable ? `${left} is not distinct from ${right}` : `${left} = ${right}`
  return `(${further} or (${same} and ${oneByOne(rest)}))`
}

function reversed<N extends OrderNode>(key: N): N {
  const nulls = key.nulls === undefined ? undefined : key.nulls === 'first' ? ('last' as const) : ('first' as const)
  return { ...key, direction: key.direction === 'asc' ? 'desc' : 'asc', nulls }
}
