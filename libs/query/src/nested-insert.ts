// Inserts of rows with rows inside them: a sequence of statements, one for each level (docs/decisions says why).
import type { CompileOptions } from './compile.ts'
import { rowsBody } from './print/bodies.ts'
import { addLevel, insertStep, keptKeys, type Level, rowsInJson } from './nested-levels.ts'
import { keptRows } from './print/kept-rows.ts'
import { answerOf, answeredFields, type MutationAnswer } from './print/mutation-answers.ts'
import { needsOf, type Needs } from './print/needs.ts'
import { affectedRows, countOfKeys, insertedKeys, keysSetting } from './print/nested-rows.ts'
import { rowCount } from './print/row-guard.ts'
import { columnOf, relationName, Statement } from './print/statement.ts'
import { primaryKeyColumns } from './relationships.ts'
import type { NestedPlan, Plan, PlanColumn } from './plan.ts'
import type { InsertNode } from './mutation-tree.ts'

/** What of {@link CompileOptions} a nested insert has. */
export type NestedOptions = Pick<CompileOptions, 'body' | 'stripNulls' | 'geoJsonSchema' | 'location' | 'order' | 'guard'> & {
  /** GraphQL's answer instead of all these: `affected_rows` counts the rows of all levels. No primary key is needed. */
  readonly answer?: MutationAnswer
}

/**
 * Compiles an insert with nested rows. `node.returning` and `location` are read from the outer rows when all are inserted;
 * that needs a primary key. Rows of one level go in the order of the request. Fails for levels deeper than
 * {@link NESTED_DEPTH_MAX} and for links without a foreign key: dialects refuse those first.
 */
export function compileNestedInsert(node: InsertNode, options: NestedOptions = {}): NestedPlan {
  const levels: Level[] = []
  const { answer } = options
  const isRead = answer === undefined && (node.returning !== null || options.location === true)
  const top = addLevel(levels, node, { rows: rowsInJson(node), path: [] }, undefined, {
    columns: isRead ? primaryKeyOf(node) : [],
    isCounted: answer === undefined,
    answered: answer === undefined ? undefined : needsOf(answeredFields(answer)),
  })
  const last = answer === undefined ? answerStep(node, top, options) : answerOfRows(top, answer)
  const isCounted = answer !== undefined && countsAffected(answer)
  return {
    steps: [...levels.map((level, i) => insertStep(level, isCounted ? (i === 0 ? 'begin' : 'add') : undefined)), last],
    nodes: levels.map((level) => level.node),
    relations: levels.map((level) => level.node.relation),
  }
}

function primaryKeyOf(node: InsertNode): readonly string[] {
  const key = primaryKeyColumns(node.relation)
  if (key.length === 0) throw new TypeError('rows without a primary key cannot be read again')
  return key
}

/** Reads the outer rows by their keys: what the others inserted is there now. */
function answerStep(node: InsertNode, level: Level, options: NestedOptions): Plan {
  const { step, keys } = level
  const statement = new Statement()
  const keysOf = (names: readonly string[]) => names.map((name) => `k.c${keys.indexOf(name)}`)
  const rows = insertedKeys(node.relation, step, keys, 'k', keptKeys(level).number)
  const columns: PlanColumn[] = ['body', 'rows']
  let extra = ''
  if (options.location === true) {
    columns.push('location')
    extra = `, (select json_build_array(${keysOf(primaryKeyOf(node)).join(', ')})::text from ${rows} where k.n = 1) as location`
  }
  if (node.returning === null || options.body === 'none')
    return { text: `select null::text as body, ${rowCount(options.guard, countOfKeys(step))} as rows${extra}`, parameters: [], columns }
  const primaryKey = primaryKeyOf(node)
  const alias = statement.alias()
  const values = keysOf(primaryKey)
  const isKey = primaryKey.map((name, i) => `${columnOf(alias, name)} = ${values[i]!}`).join(' and ')
  const source = { from: `${relationName(node.relation)} ${alias} join ${rows} on ${isKey}`, alias, order: 'k.n' }
  const read = { fields: node.returning, order: options.order ?? [] }
  const { expression, from } = rowsBody(statement, read, node.relation, () => source, options)
  return {
    text: `select ${expression} as body, ${rowCount(options.guard)} as rows${extra} from ${from}`,
    parameters: statement.parameters,
    columns,
  }
}

/** GraphQL's answer over the outermost rows as they were inserted; what it reads of other tables is there now. */
function answerOfRows({ node, step, keys, answered }: Level, answer: MutationAnswer): Plan {
  const statement = new Statement()
  const select = answerOf(statement, { relation: node.relation, affected: affectedRows }, answer)
  const needs: Needs = { columns: new Set([...keys, ...(answered?.columns ?? [])]), row: answered?.row === true }
  const isKept = needs.row || needs.columns.size > 0
  const rows = isKept ? `with m as materialized (${keptRows(node.relation, needs, keysSetting(step))}) ` : ''
  return { text: `${rows}${select}`, parameters: statement.parameters, columns: ['body'] }
}

/** Does the answer say how many rows were affected? */
export function countsAffected(answer: MutationAnswer): boolean {
  return !('row' in answer) && answer.some((part) => part.kind === 'affected_rows')
}
