// What a role may use of one schema, read from the catalog once: both documents are drawn from this walk. Names of
// columns that the role can neither read nor write stay out: a document must not tell more than the tables do.
import type { Catalog, Column, DatabaseFunction, ForeignKey, Relation } from '#libs/catalog'

/** A table or view as one role sees it. */
export interface TableSurface {
  readonly relation: Relation
  /** Columns that the role may read, insert or update, in table order. */
  readonly columns: readonly ColumnSurface[]
  readonly read: boolean
  readonly insert: boolean
  readonly update: boolean
  readonly delete: boolean
  /** Columns of the primary key, or of the key that a view inherits. */
  readonly key: readonly string[]
}

/** A column and what the role may do with it. */
export interface ColumnSurface {
  readonly column: Column
  readonly inKey: boolean
  /** The only column of a foreign key: where it points. */
  readonly references: { readonly table: string; readonly column: string } | undefined
  readonly read: boolean
  readonly insert: boolean
  readonly update: boolean
}

/** All overloads of a function's name that the role may call. */
export interface FunctionSurface {
  readonly name: string
  readonly overloads: readonly [DatabaseFunction, ...DatabaseFunction[]]
  /** GET works too: no overload writes. */
  readonly readable: boolean
}

/** The names of a schema that a role may use; the descriptions are made one by one, so that a large schema can be walked in steps. */
export interface Surface {
  readonly relations: readonly Relation[]
  readonly functions: readonly FunctionSurface[]
}

/** Query parameters that mean something else than a filter on a column of that name. */
export const reservedParameters: ReadonlySet<string> = new Set([
  'select',
  'order',
  'limit',
  'offset',
  'columns',
  'on_conflict',
  'and',
  'or',
])

/** Types of a single unnamed argument: the request body is the argument. */
const wholeBodyTypes: ReadonlySet<string> = new Set(['json', 'jsonb', 'text', 'bytea', 'xml'])

/** Finds what `role` may use in `schema`. */
export function surfaceOf(catalog: Catalog, schema: string, role: string): Surface {
  const relations: Relation[] = []
  for (const relation of catalog.relations.values()) {
    if (relation.schema !== schema) continue
    const held = relation.privilegesOf(role)
    if (held.select.size > 0 || held.insert.size > 0 || held.update.size > 0 || held.delete) relations.push(relation)
  }
  const functions: FunctionSurface[] = []
  for (const [key, overloads] of catalog.functions) {
    if (!key.startsWith(`${schema}.`)) continue
    const [first, ...rest] = overloads.filter((fn) => fn.schema === schema && isCallable(fn) && fn.isExecutableBy(role))
    if (first === undefined) continue
    const all = [first, ...rest] as const
    functions.push({ name: first.name, overloads: all, readable: all.every((fn) => fn.volatility !== 'volatile') })
  }
  return { relations, functions }
}

/** Describes one relation for a role. */
export function tableSurface(relation: Relation, role: string): TableSurface {
  const held = relation.privilegesOf(role)
  const keyOf = relation.primaryKey ?? relation.inheritedKeys.find(({ primary }) => primary)
  const key = keyOf?.columns ?? []
  const columns = relation.columns
    .filter(({ name }) => held.select.has(name) || held.insert.has(name) || held.update.has(name))
    .map((column): ColumnSurface => {
      const { name } = column
      const writable = column.generated !== 'stored' && column.generated !== 'identity_always'
      return {
        column,
        inKey: key.includes(name),
        references: referenceOf(relation, name, role),
        read: held.select.has(name),
        insert: writable && relation.insertable && held.insert.has(name),
        update: writable && relation.updatable && held.update.has(name),
      }
    })
  return {
    relation,
    columns,
    read: held.select.size > 0,
    insert: relation.insertable && held.insert.size > 0,
    update: relation.updatable && held.update.size > 0,
    delete: relation.deletable && held.delete,
    key,
  }
}

/** The argument of a function that takes the request's body as it is. */
export function wholeBodyArgument(fn: DatabaseFunction): DatabaseFunction['arguments'][number] | undefined {
  const [only, second] = fn.arguments
  return only !== undefined && second === undefined && only.name === '' && wholeBodyTypes.has(only.type.name) ? only : undefined
}

function isCallable(fn: DatabaseFunction): boolean {
  return fn.arguments.every(({ name }) => name !== '') || wholeBodyArgument(fn) !== undefined
}

/** Tables first: a view over the target names the same rows. A target that the role may not read is not named. */
function referenceOf(relation: Relation, column: string, role: string): ColumnSurface['references'] {
  const isOwn = ({ columns, target, targetColumns }: ForeignKey) =>
    columns.length === 1 && columns[0] === column && target.privilegesOf(role).select.has(targetColumns[0]!)
  const key =
    relation.foreignKeys.find(isOwn) ??
    relation.viewForeignKeys.find((candidate) => isOwn(candidate) && candidate.target.kind !== 'view') ??
    relation.viewForeignKeys.find(isOwn)
  return key === undefined ? undefined : { table: key.target.name, column: key.targetColumns[0]! }
}
