// What is wrong with the `@graphql({…})` of comments, in words for the owner: such options have no effect.
import { type DirectiveTarget, readDirective } from './comment-directive.ts'
import { readDeclaredKeys } from './declared-keys.ts'
import { groupBy } from './group-by.ts'
import type { Catalog, DatabaseFunction, ForeignKey, Relation } from './model.ts'

/** Everything that is wrong in the comments of a catalog's exposed schemas, one sentence each. */
export function directiveWarnings(catalog: Catalog): string[] {
  const relations = [...catalog.relations.values()].filter(({ schema }) => catalog.schemas.includes(schema))
  return [
    ...relations.flatMap((relation) => warningsOfRelation(relation, catalog)),
    ...[...catalog.functions.values()].flat().flatMap(warningsOfFunction),
  ]
}

/** Those of a relation, its columns and its foreign keys. */
export function warningsOfRelation(relation: Relation, catalog: Catalog): string[] {
  const kind = relation.kind.replaceAll('_', ' ')
  const of = `${relation.kind === 'partitioned_table' ? 'table' : kind} ${relation.schema}.${relation.name}`
  const { problems } = readDeclaredKeys(relation, catalog.findRelation)
  return [
    ...said(of, relation.comment, 'relation'),
    ...problems.map((problem) => sentence(of, problem)),
    ...takenName(relation, catalog, of),
    ...relation.columns.flatMap((column) => [
      ...said(`column ${relation.schema}.${relation.name}.${column.name}`, column.comment, 'column'),
      ...takenColumnName(relation, column),
    ]),
    ...relation.foreignKeys.flatMap((key) => said(constraintOf(key), key.comment, 'constraint')),
    ...takenLinkNames(relation),
  ]
}

function constraintOf({ name, source }: ForeignKey): string {
  return `constraint ${name} on ${source.schema}.${source.name}`
}

/** Names of relationships that a column, or another relationship by comment, has. */
function takenLinkNames(relation: Relation): string[] {
  const { foreignKeys = [], referencedBy = [] } = relation.declared ?? {}
  const ofConstraint = (key: ForeignKey, option: 'foreign_name' | 'local_name') => ({
    of: constraintOf(key),
    option,
    name: readDirective(key.comment, 'constraint').options[option],
  })
  const ofComment = ({ source }: ForeignKey, option: 'foreign_name' | 'local_name', name: string | undefined) => ({
    of: `${source.schema}.${source.name}`,
    option,
    name,
  })
  const given = [
    ...relation.foreignKeys.map((key) => ofConstraint(key, 'foreign_name')),
    ...foreignKeys.map((key) => ofComment(key, 'foreign_name', key.foreignName)),
    ...relation.referencedBy.map((key) => ofConstraint(key, 'local_name')),
    ...referencedBy.map((key) => ofComment(key, 'local_name', key.localName)),
  ]
  // Most relations have none: then nothing has to be compared.
  if (given.every(({ name }) => name === undefined)) return []
  const taken = new Set(relation.columns.map((column) => column.fieldName ?? column.name))
  return given.flatMap(({ of, option, name }) => {
    if (name === undefined) return []
    if (!taken.has(name)) {
      taken.add(name)
      return []
    }
    return [sentence(of, `the option "${option}" is ignored: "${relation.name}" has a field called "${name}" already`)]
  })
}

/** Those of a function. */
export function warningsOfFunction(fn: DatabaseFunction): string[] {
  return said(`function ${fn.schema}.${fn.name}`, fn.comment, 'function')
}

function said(of: string, comment: string | null, target: DirectiveTarget): string[] {
  return readDirective(comment, target).problems.map((problem) => sentence(of, problem))
}

function sentence(of: string, problem: string): string {
  return `In the comment on ${of}, ${problem}. Correct it with COMMENT ON.`
}

function takenColumnName(relation: Relation, column: Relation['columns'][number]): string[] {
  const { name } = readDirective(column.comment, 'column').options
  if (name === undefined || name === column.name || column.fieldName === name) return []
  const of = `column ${relation.schema}.${relation.name}.${column.name}`
  return [sentence(of, `the option "name" is ignored: another column is called "${name}"`)]
}

/** Two tables that want one name. */
function takenName(relation: Relation, catalog: Catalog, of: string): string[] {
  const { name } = readDirective(relation.comment, 'relation').options
  if (name === undefined) return []
  const other = wantersOf(catalog)
    .get(name)
    ?.find((each) => each !== relation)
  if (other === undefined) return []
  return [sentence(of, `the option "name" may have no effect: ${other.schema}.${other.name} is called "${name}", too`)]
}

const known = new WeakMap<Catalog, ReadonlyMap<string, readonly Relation[]>>()

/** By name: the exposed relations that are to be called so. */
function wantersOf(catalog: Catalog): ReadonlyMap<string, readonly Relation[]> {
  let wanters = known.get(catalog)
  if (wanters === undefined) {
    const [defaultSchema] = catalog.schemas
    wanters = groupBy(
      [...catalog.relations.values()].filter(({ schema }) => catalog.schemas.includes(schema)),
      ({ schema, name, comment }) =>
        readDirective(comment, 'relation').options.name ?? (schema === defaultSchema ? name : `${schema}_${name}`),
    )
    known.set(catalog, wanters)
  }
  return wanters
}
