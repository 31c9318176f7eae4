// The compiler's front door: a request tree becomes ONE statement whose one row holds the response's JSON text.
import { quoteLiteral } from '#libs/postgres'
import type { Plan, PlanColumn } from './plan.ts'
import type { MutationNode } from './mutation-tree.ts'
import type { AggregateReadNode, CallNode, ConnectionReadNode, FieldNode, GroupReadNode, OrderNode, ReadNode, ValueNode } from './tree.ts'
import { primaryKeyColumns } from './relationships.ts'
import { rowsBody, valuesBody, type BodyOptions } from './print/bodies.ts'
import { callSource } from './print/calls.ts'
import { sliceOf, type RowSource } from './print/clauses.ts'
import { countsOnly, countStatement, totalBeside, totalOf } from './print/totals.ts'
import { connectionObject } from './print/connections.ts'
import { groupsArray } from './print/groups.ts'
import { jsonObject } from './print/json-object.ts'
import { isGrouped, type RowSelect } from './print/level.ts'
import { mutatedSource, mutationOf, updatedCount } from './print/mutations.ts'
import { aggregateObject } from './print/aggregate-object.ts'
import { pageCursor, pageRows, type PageOptions } from './print/page-cursor.ts'
import { relationSource, selectRows } from './print/rows.ts'
import { rowName, takesRow } from './print/needs.ts'
import { rowCount, type RowGuard } from './print/row-guard.ts'
import { columnOf, relationName, Statement, type Printed } from './print/statement.ts'

/** Whatever one request may ask for. */
export type RequestNode = ReadNode | AggregateReadNode | MutationNode | CallNode

/** The body's format, and what the result row holds beside it. */
export interface CompileOptions extends BodyOptions {
  /** Adds `total`: how many rows there are without limit and offset; with `max` it stops counting at `max + 1`. */
  readonly total?: boolean | { readonly max: number }
  /** Adds `updated`: how many rows an upsert found and changed. */
  readonly updated?: boolean
  /** Adds `location`: the first row's primary key (a view's inherited one) as a JSON array. */
  readonly location?: boolean
  /** Reads: a page of the rows, and where the next one begins (`cursor`). */
  readonly page?: PageOptions
  /** Mutations: the order of the rows in the body. */
  readonly order?: readonly OrderNode[]
  /** Refuses, and so undoes, a statement whose `rows` are others; `guardedRows` reads how many they were from the error. */
  readonly guard?: RowGuard
}

/** One root field of a query document. */
export interface QueryRoot {
  readonly key: string
  readonly node:
    | ReadNode
    | AggregateReadNode
    | GroupReadNode
    | ConnectionReadNode
    | CallNode
    | { readonly kind: 'constant'; readonly value: string }
    /** JSON that the dialect made itself (GraphQL's introspection), in its place among the keys. */
    | { readonly kind: 'json'; readonly value: ValueNode }
}

/**
 * Compiles a request to one statement. Its result is one row: `body` (JSON text), `rows` (how many rows the body
 * holds), then what `options` ask for; `plan.columns` says in which order. Calls of scalar functions have the bare
 * JSON value as their body, calls of void functions NULL.
 */
export function compile(node: RequestNode, options: CompileOptions = {}): Plan {
  const statement = new Statement()
  switch (node.kind) {
    case 'read':
      return planOf(
        statement,
        readStatement(statement, node, relationSource(statement, node), options, () => relationSource(statement, node)),
      )
    case 'aggregate_read': {
      const source = relationSource(statement, node)
      return planOf(statement, {
        columns: ['body'],
        text: `select (${aggregateObject(statement, node, source, selectRows)})::text as body`,
      })
    }
    case 'call':
      return planOf(statement, callStatement(statement, node, options))
    default:
      return planOf(statement, mutationStatement(statement, node, options))
  }
}

/**
 * Compiles the root fields of one query document: `{"<key>": …, …}` with the keys in their order. Where one field alone is
 * read from the database, the body is its value only, and `plan.around` is the rest of the document: see {@link documentOf}.
 */
export function compileQueryDocument(roots: readonly QueryRoot[]): Plan {
  const statement = new Statement()
  const read = roots.filter(({ node }) => node.kind !== 'constant')
  const [only] = read
  if (read.length === 1 && only!.node.kind !== 'json' && only!.node.kind !== 'constant') {
    const { expression, from } = rootValue(statement, only!.node, true)
    const text = `select ${expression}::text as body${from === undefined ? '' : ` from ${from}`}`
    return { ...planOf(statement, { columns: ['body'], text }), around: textAround(roots, only!) }
  }
  const pairs = roots.map(({ key, node }) => {
    if (node.kind === 'constant') return [key, `${quoteLiteral(node.value)}::text`] as const
    if (node.kind === 'json') return [key, statement.value(node.value, 'json')] as const
    const { expression, from } = rootValue(statement, node, false)
    return [key, from === undefined ? expression : `(select ${expression} from ${from})`] as const
  })
  return planOf(statement, { columns: ['body'], text: `select ${jsonObject(pairs)}::text as body` })
}

/** The document's JSON text of the `body` that a plan of {@link compileQueryDocument} gave; no row, or NULL, is a null in it. */
export function documentOf({ around }: Plan, body: string | null | undefined): string {
  return around === undefined ? (body ?? 'null') : `${around[0]}${body ?? 'null'}${around[1]}`
}

function textAround(roots: readonly QueryRoot[], read: QueryRoot): readonly [before: string, after: string] {
  const at = roots.indexOf(read)
  const written = roots.map(({ key, node }) => `${JSON.stringify(key)}:${node.kind === 'constant' ? JSON.stringify(node.value) : ''}`)
  const after = written.slice(at + 1).map((pair) => `,${pair}`)
  return [`{${written.slice(0, at + 1).join(',')}`, `${after.join('')}}`]
}

function planOf(statement: Statement, printed: Printed): Plan {
  return { text: printed.text, parameters: statement.parameters, columns: printed.columns }
}

/** A value as a statement's output, or in parentheses as a part of another one. */
interface RootValue {
  readonly expression: string
  readonly from?: string
}

/** `coalesce(json_agg(…), '[]')` from `(…) r` */
function arrayOf(statement: Statement, select: RowSelect): RootValue {
  const rows = statement.alias('r')
  return { expression: `coalesce(${select.array(rows)}, '[]')`, from: `(${select.text}) ${rows}` }
}

function singleRow(statement: Statement, node: Omit<ReadNode, 'kind' | 'relation'>, source: RowSource): RootValue {
  const rows = statement.alias('r')
  const select = selectRows(statement, node, source)
  return { expression: select.json(rows), from: `(${select.text}) ${rows}` }
}

/** `alone`: it is all that the statement gives, so of several rows the first one counts. */
function rootValue(
  statement: Statement,
  node: ReadNode | AggregateReadNode | GroupReadNode | ConnectionReadNode | CallNode,
  alone: boolean,
): RootValue {
  if (node.kind === 'group_read') return { expression: groupsArray(statement, node, relationSource(statement, node), selectRows) }
  if (node.kind === 'connection_read')
    return { expression: connectionObject(statement, node, () => relationSource(statement, node), selectRows) }
  if (node.kind === 'aggregate_read')
    return { expression: `(${aggregateObject(statement, node, relationSource(statement, node), selectRows)})` }
  if (node.kind === 'read') {
    const source = relationSource(statement, node)
    if (node.single !== true) return arrayOf(statement, selectRows(statement, node, source))
    // A second row under a unique key cannot be, but a view, or tables that inherit, may have one: the first is the answer then.
    const isUnique = alone && node.relation.kind === 'table'
    return singleRow(statement, { ...node, limit: node.limit ?? (isUnique ? undefined : 1) }, source)
  }
  const source = callSource(statement, node)
  if (node.read === null) return { expression: scalarsOf(statement, node, source) }
  if (node.read.kind === 'aggregate_read') return { expression: `(${aggregateObject(statement, node.read, source, selectRows)})` }
  return node.function.returnsSet && node.read.single !== true
    ? arrayOf(statement, selectRows(statement, node.read, source))
    : singleRow(statement, { ...node.read, limit: node.read.limit ?? 1 }, source)
}

/** What a function without rows gives: one value, or an array of them. */
function scalarsOf(statement: Statement, node: CallNode, source: RowSource): string {
  if (!node.function.returnsSet) return `(select to_json(${source.alias}) from ${source.from})`
  const slice = sliceOf(statement, { limit: node.valuesMax, offset: node.valuesOffset })
  if (slice === '') return `(select coalesce(json_agg(${source.alias}), '[]') from ${source.from})`
  const values = statement.alias('v')
  return `(select coalesce(json_agg(${values}.v), '[]') from (select ${source.alias} as v from ${source.from}${slice}) ${values})`
}

type Rows = Omit<ReadNode, 'kind'>

function readStatement(statement: Statement, node: Rows, source: RowSource, options: CompileOptions, counted: () => RowSource): Printed {
  const { page, total } = options
  if (countsOnly(node, options)) return countStatement(statement, node, source)
  const rows = page === undefined ? node : pageRows(node, page)
  const { expression, from, one } = rowsBody(statement, rows, node.relation, () => source, options)
  const columns: PlanColumn[] = ['body', 'rows']
  let extra = ''
  if (total !== undefined && total !== false) {
    columns.push('total')
    const whole = totalOf(statement, node, counted(), total)
    extra += `, ${page === undefined && !isGrouped(node) ? totalBeside(statement, node, whole, total) : whole} as total`
  }
  if (page !== undefined) {
    columns.push('cursor')
    extra += `, ${pageCursor(statement, rows, counted(), page)} as cursor`
  }
  return {
    columns,
    text: `select ${expression} as body, ${rowCount(options.guard, one === true ? '1' : undefined)} as rows${extra} from ${from}`,
  }
}

function mutationStatement(statement: Statement, node: MutationNode, options: CompileOptions): Printed {
  const fields = node.returning ?? []
  const primaryKey = options.location === true ? primaryKeyColumns(node.relation) : []
  const order = options.order ?? []
  const takesRow = typeof options.body === 'object' && options.body.handler.relation !== null
  const read = [...fields, ...order.map(orderedBy)]
  const cte = mutationOf(statement, node, { fields: read, columns: primaryKey, row: takesRow, countUpdated: options.updated })
  const columns: PlanColumn[] = ['body', 'rows']
  const extra: string[] = []
  if (options.updated === true) {
    columns.push('updated')
    extra.push(`${updatedCount} as updated`)
  }
  if (options.location === true) {
    columns.push('location')
    extra.push(`(select json_build_array(${primaryKey.map((name) => columnOf('m', name)).join(', ')})::text from m limit 1) as location`)
  }
  const more = extra.map((item) => `, ${item}`).join('')
  if (options.body === 'none' || node.returning === null)
    return { columns, text: `with m as (${cte}) select null::text as body, ${rowCount(options.guard)} as rows${more} from m` }
  const { expression, from, one } = rowsBody(statement, { fields, order }, node.relation, () => mutatedSource(statement, node), options)
  return {
    columns,
    text: `with m as (${cte}) select ${expression} as body, ${rowCount(options.guard, one === true ? '1' : undefined)} as rows${more} from ${from}`,
  }
}

/** What an order reads, as a field. */
function orderedBy({ operand }: OrderNode): FieldNode {
  const { column, relatedBy } = operand
  const link = relatedBy === undefined || 'source' in relatedBy ? relatedBy : relatedBy[0]
  if (link === undefined) return { kind: 'column', key: column.name, column }
  return { kind: 'relation', key: '', link, required: false, read: { kind: 'read', relation: link.target, fields: [], order: [] } }
}

function callStatement(statement: Statement, node: CallNode, options: CompileOptions): Printed {
  const source = callSource(statement, node)
  if (node.read === null) return valuesStatement(statement, node, source, options)
  if (node.read.kind === 'aggregate_read')
    return { columns: ['body'], text: `select (${aggregateObject(statement, node.read, source, selectRows)})::text as body` }
  const { returnsSet } = node.function
  // One row is an object, whatever the client called it.
  const body = returnsSet || (options.body !== undefined && options.body !== 'array') ? options.body : 'object'
  if (options.total === undefined || options.total === false)
    return readStatement(statement, node.read, source, { ...options, body }, () => source)
  // Rows and total come from one result: a second call could do the function's work twice.
  const { relation } = node.read
  const isWhole = takesRow(node.read) || (typeof body === 'object' && body.handler.relation !== null)
  const result = (): RowSource => {
    const alias = statement.alias()
    statement.setRow(alias, `${alias}.${rowName(relation)}`)
    return { from: `f ${alias}`, alias }
  }
  const read = readStatement(statement, node.read, result(), { ...options, body }, result)
  const row = isWhole ? `, ${source.alias}.*::${relationName(relation)} as ${rowName(relation)}` : ''
  return { columns: read.columns, text: `with f as materialized (select ${source.alias}.*${row} from ${source.from}) ${read.text}` }
}

function valuesStatement(statement: Statement, node: CallNode, source: RowSource, options: CompileOptions): Printed {
  const columns: PlanColumn[] = ['body', 'rows']
  if (node.function.returnType.name === 'void')
    return { columns, text: `select null::text as body, ${rowCount(options.guard)} as rows from ${source.from}` }
  if (!node.function.returnsSet) {
    return {
      columns,
      text: `select ${valuesBody(source.alias, false, options)} as body, ${rowCount(options.guard)} as rows from ${source.from}`,
    }
  }
  const body = valuesBody('v.v', true, options)
  const values = `select ${source.alias} as v from ${source.from}`
  const slice = sliceOf(statement, { limit: node.valuesMax, offset: node.valuesOffset })
  if (options.total === undefined || options.total === false) {
    return { columns, text: `select ${body} as body, ${rowCount(options.guard)} as rows from (${values}${slice}) v` }
  }
  return {
    columns: [...columns, 'total'],
    text: `with f as materialized (${values}) select ${body} as body, ${rowCount(options.guard)} as rows, (select count(*) from f) as total from (select f.v from f${slice}) v`,
  }
}
