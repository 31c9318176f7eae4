// Which column of which relation each column of a view shows unchanged. Postgres notes that itself when it analyses the
// view's query (`resorigtbl`, `resorigcol` of the target list), and keeps it in the stored rule; nothing here
// understands SQL. The stored text (pg_node_tree) is nested braces and parentheses; in names both are escaped by `\`.

/** A column of a relation, by oid and attnum. */
export interface ColumnOrigin {
  readonly relation: number
  readonly column: number
}

/** Columns of one view that show a column of another relation (maybe a view again), by the view's attnum. */
export type ViewColumns = ReadonlyMap<number, ColumnOrigin>

/** Depth of an entry in `({QUERY … :targetList ({TARGETENTRY …`: deeper ones belong to sub-queries. */
const TARGET_DEPTH = 4
const ENTRY_END = / :resorigtbl (\d+) :resorigcol (-?\d+) :resjunk false$/
const RESNO = ' :resno '

/** Reads the origins out of a view's rule (`pg_rewrite.ev_action`). Expressions, constants and system columns have none. */
export function readViewColumns(rule: string): Map<number, ColumnOrigin> {
  const columns = new Map<number, ColumnOrigin>()
  const marks = /\\.|[{}()]/gs
  let depth = 0
  let start = -1
  for (let mark = marks.exec(rule); mark !== null; mark = marks.exec(rule)) {
    const [text] = mark
    if (text === '{' || text === '(') {
      depth++
      if (depth === TARGET_DEPTH && text === '{') start = rule.startsWith('TARGETENTRY ', mark.index + 1) ? mark.index : -1
    } else if (text === '}' || text === ')') {
      if (depth === TARGET_DEPTH && text === '}' && start >= 0) addOrigin(columns, rule.slice(start, mark.index))
      depth--
    }
  }
  return columns
}

function addOrigin(columns: Map<number, ColumnOrigin>, entry: string): void {
  const end = ENTRY_END.exec(entry)
  const [relation, column] = [Number(end?.[1] ?? 0), Number(end?.[2] ?? 0)]
  if (relation === 0 || column <= 0) return
  columns.set(Number.parseInt(entry.slice(entry.lastIndexOf(RESNO) + RESNO.length), 10), { relation, column })
}

/** Follows a view's columns through other views down to the columns of tables. */
export function baseColumnsOf(view: number, views: ReadonlyMap<number, ViewColumns>): Map<number, ColumnOrigin> {
  const base = new Map<number, ColumnOrigin>()
  for (const [position, origin] of views.get(view) ?? []) {
    let found: ColumnOrigin | undefined = origin
    while (found !== undefined && views.has(found.relation)) found = views.get(found.relation)!.get(found.column)
    if (found !== undefined) base.set(position, found)
  }
  return base
}
