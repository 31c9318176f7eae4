// Rows of a relation as JSON. Every level has the same shape, which measured as fast as any other and keeps one text
// for all: `select row_to_json(r.*) from (select …fields… from …) r`. The fields themselves are printed in level.ts.
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { ReadNode } from '../tree.ts'
import { distinctOf, type RowSource } from './clauses.ts'
import { levelOf, type Output, type RowSelect } from './level.ts'
import { relationName, type Statement } from './statement.ts'

/** Postgres cuts identifiers here and has no empty ones; such a key cannot be an output column's name. */
const IDENTIFIER_BYTES_MAX = 63
/** Postgres' limit of output columns is 1,664; a row with more fields than this is built as an object too. */
const OUTPUT_COLUMNS_MAX = 1_600
const WIDE = 'json'

type Rows = Omit<ReadNode, 'kind' | 'relation'>

/** The relation itself as a source. */
export function relationSource(statement: Statement, node: Pick<ReadNode, 'relation'>): RowSource {
  const alias = statement.alias()
  return { from: `${relationName(node.relation)} ${alias}`, alias }
}

/** `select <fields> from <source> where … order by … limit … offset …`, one row of it as one JSON object. */
export function selectRows(statement: Statement, node: Rows, source: RowSource): RowSelect {
  const level = levelOf(statement, node, source, selectRows)
  const keys = level.outputs.map(({ key }) => key)
  if (keys.length <= OUTPUT_COLUMNS_MAX && keys.every((key) => key !== '' && Buffer.byteLength(key) <= IDENTIFIER_BYTES_MAX)) {
    return {
      text: selectOf(node, source, listOf(level.outputs), level.tail),
      keys,
      json: (alias) => `row_to_json(${alias}.*)`,
      array: (alias) => `json_agg(${alias}.*)`,
      one: level.one,
    }
  }
  return {
    text: level.grouped
      ? wideGroups(statement, level.outputs, level.tail)
      : selectOf(node, source, `${wideObject(level.outputs)} as ${WIDE}`, level.tail),
    keys,
    json: (alias) => `${alias}.${WIDE}`,
    array: (alias) => `json_agg(${alias}.${WIDE})`,
  }
}

/** `(select row_to_json(r.*) from (select …fields…) r)`: a row that the statement around has under that alias. */
export function oneRow(statement: Statement, fields: ReadNode['fields'], alias: string): string {
  const rows = statement.alias('r')
  const select = selectRows(statement, { fields, order: [] }, { from: '', alias })
  return `(select ${select.json(rows)} from (${select.text}) ${rows})`
}

/** The same rows as plain columns, however long their names are: for formats that do not read the names. */
export function selectRecords(
  statement: Statement,
  node: Rows,
  source: RowSource,
): { readonly text: string; readonly keys: readonly string[] } {
  const level = levelOf(statement, node, source, selectRows)
  return { text: selectOf(node, source, listOf(level.outputs), level.tail), keys: level.outputs.map(({ key }) => key) }
}

function selectOf(node: Rows, source: RowSource, list: string, tail: string): string {
  return `select ${distinctOf(node.distinctOn, source.alias)}${list}${tail === '' ? '' : ` ${tail}`}`
}

function listOf(outputs: readonly Output[]): string {
  return outputs.map(({ expression, key, plain }) => (plain === true ? expression : `${expression} as ${quoteIdentifier(key)}`)).join(', ')
}

function wideObject(outputs: readonly Output[]): string {
  if (outputs.length === 0) return `'{}'::json`
  const pairs = outputs.map(({ key, expression }) => `(${quoteLiteral(key)}, to_json(${expression}))`)
  return `(select json_object_agg(e.k, e.v) from (values ${pairs.join(', ')}) e(k, v))`
}

/** Groups cannot be built inside the sub-select of an object: they are made first, under short names. */
function wideGroups(statement: Statement, outputs: readonly Output[], tail: string): string {
  const groups = statement.alias('g')
  const list = outputs.map(({ expression }, i) => `${expression} as c${i}`).join(', ')
  const wide = wideObject(outputs.map(({ key }, i) => ({ key, expression: `${groups}.c${i}` })))
  return `select ${wide} as ${WIDE} from (select ${list} ${tail}) ${groups}`
}
