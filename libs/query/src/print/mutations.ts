// INSERT, UPDATE and DELETE as a data-modifying CTE. RETURNING lists only the columns that the answer needs, because
// each of them costs the caller a SELECT privilege; the answer's rows are read from the CTE, never from the table.
import { baseType } from '../base-type.ts'
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { Column } from '#libs/catalog'
import type { DeleteNode, InsertNode, MutationNode, UpdateNode } from '../mutation-tree.ts'
import type { FieldNode } from '../tree.ts'
import { filterOf } from './filters.ts'
import type { RowSource } from './clauses.ts'
import { givenValues } from './given-rows.ts'
import { sliceOfRows } from './mutation-slices.ts'
import { needsList, needsOf, rowName } from './needs.ts'
import { columnOf, relationName, typeName, type Statement } from './statement.ts'

/** A transaction-local setting in which an upsert counts the rows that it updated. */
const UPDATED_SETTING = 'plinth.upsert_updated'

/** That count; reading it puts it back, since a transaction may hold another upsert. */
export const updatedCount = `nullif(current_setting('${UPDATED_SETTING}', true) || left(set_config('${UPDATED_SETTING}', '', true), 0), '')`

/** What the statement around the CTE wants from it. */
export interface MutationDemand {
  readonly fields: readonly FieldNode[]
  /** Further columns, for example the primary key for a Location header. */
  readonly columns?: readonly string[]
  /** The whole row. */
  readonly row?: boolean
  readonly countUpdated?: boolean
}

/** `insert into … returning …`, to stand inside `with m as (…)`. */
export function mutationOf(statement: Statement, node: MutationNode, demand: MutationDemand): string {
  const alias = statement.alias()
  const needs = needsOf(demand.fields, demand.columns)
  if (demand.row === true) needs.row = true
  const needed = needsList(needs, alias, node.relation)
  return `${changeOf(statement, node, alias, demand)} returning ${needed.length === 0 ? '1' : needed.join(', ')}`
}

/** `insert into … returning <answer>`: no more than one row, answered by the statement itself. `answer` gets the row's alias. */
export function insertReturning(statement: Statement, node: InsertNode, answer: (alias: string) => string): string {
  const alias = statement.alias()
  return `${insertOf(statement, node, alias, { fields: [] })} returning ${answer(alias)}`
}

/** The rows that `m` answers, as a source. */
export function mutatedSource(statement: Statement, node: Pick<MutationNode, 'relation'>): RowSource {
  const alias = statement.alias()
  statement.setRow(alias, `${alias}.${rowName(node.relation)}`)
  return { from: `m ${alias}`, alias }
}

function changeOf(statement: Statement, node: MutationNode, alias: string, demand: MutationDemand): string {
  switch (node.kind) {
    case 'insert':
      return insertOf(statement, node, alias, demand)
    case 'update':
      return updateOf(statement, node, alias)
    case 'delete':
      return deleteOf(statement, node, alias)
  }
}

function insertOf(statement: Statement, node: InsertNode, alias: string, demand: MutationDemand): string {
  const into = `insert into ${relationName(node.relation)} as ${alias}`
  const conflict = conflictOf(statement, node, alias, demand)
  const names = node.columns.map((column) => quoteIdentifier(column.name)).join(', ')
  if (node.rows.kind === 'row') {
    if (node.columns.length === 0) return `${into} default values${conflict}`
    return `${into} (${names}) values (${givenValues(statement, node.columns, node.rows).join(', ')})${conflict}`
  }
  const rows = statement.value(node.rows, 'json')
  const only = () => (node.only === undefined ? '' : ` where ${filterOf(statement, node.only, 'b')}`)
  if (node.columns.length === 0) {
    // Each element is a row of defaults.
    return `${into} select from json_array_elements(${rows}) e${conflict}`
  }
  if (node.missingAsDefault && node.columns.some((column) => hasOwnDefault(column))) {
    const list = node.columns.map((column) => givenOrDefault(column, 'e.value'))
    return `${into} (${names}) select ${list.join(', ')} from json_array_elements(${rows}) e, json_to_record(e.value) b(${givenColumns(node.columns)})${only()}${conflict}`
  }
  const list = node.columns.map((column) => columnOf('b', column)).join(', ')
  return `${into} (${names}) select ${list} from json_to_recordset(${rows}) b(${givenColumns(node.columns)})${only()}${conflict}`
}

function hasOwnDefault(column: Column): boolean {
  return column.generated !== 'stored' && (column.defaultExpression !== null || column.identitySequence != null)
}

/** The value that `json` has under the column's name (read into `b`), or the column's default when there is no such key. */
export function givenOrDefault(column: Column, json: string): string {
  const given = columnOf('b', column)
  if (!hasOwnDefault(column)) return given
  return `case when ${json} -> ${quoteLiteral(column.name)}::text is null then ${defaultOf(column)} else ${given} end`
}

/** The default as the catalog prints it: text of the database, with every name qualified. */
function defaultOf(column: Column): string {
  if (column.identitySequence != null) return `nextval(${quoteLiteral(column.identitySequence)}::regclass)`
  return column.defaultExpression ?? 'null'
}

/** `"a" "pg_catalog"."int4", …`: the record definition that json is read into. */
export function recordColumns(columns: readonly Pick<Column, 'name' | 'type'>[]): string {
  return columns.map((column) => `${quoteIdentifier(column.name)} ${typeName(column.type)}`).join(', ')
}

/**
 * The same for rows that go into a table. A key that is left out is null there, which a domain may refuse: so a value becomes one of
 * the domain only when it goes into its column.
 */
export function givenColumns(columns: readonly Pick<Column, 'name' | 'type'>[]): string {
  return recordColumns(columns.map(({ name, type }) => ({ name, type: baseType(type) })))
}

export function conflictOf(statement: Statement, node: InsertNode, alias: string, demand: Pick<MutationDemand, 'countUpdated'>): string {
  const conflict = node.conflict
  if (conflict === undefined) return ''
  const target = conflictTarget(conflict.target, conflict.constraint)
  if (conflict.action === 'ignore' || conflict.update.length === 0) return ` on conflict${target} do nothing`
  const set = conflict.update.map((column) => `${quoteIdentifier(column.name)} = excluded.${quoteIdentifier(column.name)}`).join(', ')
  const conditions: string[] = []
  if (conflict.filter !== undefined) conditions.push(filterOf(statement, conflict.filter, alias))
  if (demand.countUpdated === true) {
    const count = `coalesce(nullif(current_setting('${UPDATED_SETTING}', true), ''), '0')::int + 1`
    conditions.push(`set_config('${UPDATED_SETTING}', (${count})::text, true) <> ''`)
  }
  return ` on conflict${target} do update set ${set}${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}`
}

function conflictTarget(columns: readonly string[], constraint: string | undefined): string {
  if (constraint !== undefined) return ` on constraint ${quoteIdentifier(constraint)}`
  return columns.length === 0 ? '' : ` (${columns.map(quoteIdentifier).join(', ')})`
}

const changes: Readonly<
  Record<
    NonNullable<UpdateNode['set'][number]['operator']>,
    (statement: Statement, column: string, item: UpdateNode['set'][number]) => string
  >
> = {
  set: (statement, _column, item) => statement.value(item.value, item.value.type ?? item.column.type),
  // What is added to a domain's value need not be of the domain.
  inc: (statement, column, item) => `${column} + ${statement.value(item.value, item.value.type ?? baseType(item.column.type))}`,
  append: (statement, column, item) => `${column} || ${statement.value(item.value, 'jsonb')}`,
  prepend: (statement, column, item) => `${statement.value(item.value, 'jsonb')} || ${column}`,
  delete_key: (statement, column, item) => `${column} - ${statement.value(item.value, 'text')}`,
  delete_elem: (statement, column, item) => `${column} - ${statement.value(item.value, 'int4')}`,
  delete_at_path: (statement, column, item) => `${column} #- ${statement.value(item.value, 'text[]')}`,
}

/** `"column" = …` for each item. */
export function setList(statement: Statement, set: UpdateNode['set'], alias: string): string[] {
  return set.map(
    (item) => `${quoteIdentifier(item.column.name)} = ${changes[item.operator ?? 'set'](statement, columnOf(alias, item.column), item)}`,
  )
}

function updateOf(statement: Statement, node: UpdateNode, alias: string): string {
  const set = setList(statement, node.set, alias)
  const from: string[] = []
  if (node.setFrom !== undefined && node.setFrom.columns.length > 0) {
    const { columns, missingAsDefault } = node.setFrom
    const object = statement.value(node.setFrom.object, 'json')
    set.push(
      ...columns.map(
        (column) =>
          `${quoteIdentifier(column.name)} = ${missingAsDefault === true ? givenOrDefault(column, object) : columnOf('b', column)}`,
      ),
    )
    from.push(`json_to_record(${object}) b(${givenColumns(columns)})`)
  }
  if (set.length === 0) throw new TypeError('an update sets at least one column')
  const update = `update ${relationName(node.relation)} ${alias} set ${set.join(', ')}`
  const items = () => (from.length === 0 ? '' : ` from ${from.join(', ')}`)
  if (node.slice === undefined) return `${update}${items()}${mutationWhere(statement, node, alias)}`
  const { chosen, matches } = sliceOfRows(statement, node.relation, node.filter, node.slice, alias)
  from.push('c')
  // Locked as they are chosen: the limit counts the rows that this statement will change.
  return `with c as materialized (${chosen} for update) ${update}${items()} where ${matches}`
}

function deleteOf(statement: Statement, node: DeleteNode, alias: string): string {
  const from = `delete from ${relationName(node.relation)} ${alias}`
  if (node.slice === undefined) return `${from}${mutationWhere(statement, node, alias)}`
  const { chosen, matches } = sliceOfRows(statement, node.relation, node.filter, node.slice, alias)
  return `with c as materialized (${chosen}) ${from} using c where ${matches}`
}

function mutationWhere(statement: Statement, node: UpdateNode | DeleteNode, alias: string): string {
  return node.filter === undefined ? '' : ` where ${filterOf(statement, node.filter, alias)}`
}
