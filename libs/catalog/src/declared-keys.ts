// Keys that comments declare, checked against the relations that there are.
import { type DeclaredForeignKey, readDirective } from './comment-directive.ts'
import type { Column, DeclaredKeys, Key, NamedForeignKey, Relation } from './model.ts'

/** What a relation's comment declares, and what of it is wrong. */
export interface ReadKeys {
  readonly primaryKey: Key | null
  readonly foreignKeys: readonly NamedForeignKey[]
  readonly problems: readonly string[]
}

type FindRelation = (schema: string, name: string) => Relation | undefined

const isTable = ({ kind }: Relation) => kind === 'table' || kind === 'partitioned_table'

/** Reads the keys in a relation's comment. */
export function readDeclaredKeys(relation: Relation, find: FindRelation): ReadKeys {
  const problems: string[] = []
  const { foreign_keys: given = [] } = readDirective(relation.comment, 'relation').options
  const foreignKeys = given.flatMap((item, i): NamedForeignKey[] => {
    const target = find(item.foreign_schema, item.foreign_table)
    const wrong =
      target === undefined ? `there is no table "${item.foreign_schema}.${item.foreign_table}"` : wrongEnds(relation, item, target)
    if (wrong === undefined) return [foreignKeyOf(relation, item, target!)]
    problems.push(`item ${i + 1} of the option "foreign_keys" is ignored: ${wrong}`)
    return []
  })
  return { primaryKey: primaryKeyOf(relation, problems), foreignKeys, problems }
}

function primaryKeyOf(relation: Relation, problems: string[]): Key | null {
  const columns = readDirective(relation.comment, 'relation').options.primary_key_columns
  if (columns === undefined) return null
  const missing = columns.find((name) => !relation.columnsByName.has(name))
  const wrong = isTable(relation)
    ? 'it is for views; give the table a primary key'
    : missing === undefined
      ? undefined
      : `there is no column "${missing}"`
  if (wrong === undefined) return { name: `${relation.name}_pkey`, columns, primary: true }
  problems.push(`the option "primary_key_columns" is ignored: ${wrong}`)
  return null
}

function wrongEnds(relation: Relation, item: DeclaredForeignKey, target: Relation): string | undefined {
  for (const [i, name] of item.local_columns.entries()) {
    const [own, other] = [relation.columnsByName.get(name), target.columnsByName.get(item.foreign_columns[i]!)]
    if (own === undefined) return `there is no column "${name}"`
    if (other === undefined) return `"${target.name}" has no column "${item.foreign_columns[i]}"`
    if (!areComparable(own, other)) return `"${name}" is ${own.type.formatted}, but "${other.name}" is ${other.type.formatted}`
  }
  if (!isKey(target, item.foreign_columns)) return `"foreign_columns" must be the primary key or a unique key of "${target.name}"`
  return undefined
}

/** Has a row of the relation these values at most once, as far as is known? */
function isKey(relation: Relation, columns: readonly string[]): boolean {
  const declared = readDirective(relation.comment, 'relation').options.primary_key_columns
  return [...relation.uniqueKeys, ...relation.inheritedKeys, ...(declared === undefined ? [] : [{ columns: declared }])].some((key) =>
    key.columns.every((name) => columns.includes(name)),
  )
}

/** Has Postgres an `=` for them? Of one type always; of numbers and of texts, too. */
function areComparable({ type: a }: Column, { type: b }: Column): boolean {
  return a.oid === b.oid || (a.category === b.category && (a.category === 'N' || a.category === 'S'))
}

function foreignKeyOf(source: Relation, item: DeclaredForeignKey, target: Relation): NamedForeignKey {
  return {
    name: `${source.name}_${item.local_columns.join('_')}_fkey`,
    source,
    columns: item.local_columns,
    target,
    targetColumns: item.foreign_columns,
    comment: null,
    foreignName: item.foreign_name,
    localName: item.local_name,
  }
}

type Linked = Relation & { declared?: DeclaredKeys }

/** Gives the relations the keys that their comments declare. */
export function linkDeclaredKeys(all: Iterable<Linked>): void {
  const relations = [...all]
  const speaking = relations.filter(({ comment }) => /"(?:primary_key_columns|foreign_keys)"/.test(comment ?? ''))
  if (speaking.length === 0) return
  const byName = new Map(relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]))
  const made = new Map<Linked, { primaryKey: Key | null; foreignKeys: readonly NamedForeignKey[]; referencedBy: NamedForeignKey[] }>()
  const keysOf = (relation: Linked) => {
    const known = made.get(relation) ?? { primaryKey: null, foreignKeys: [], referencedBy: [] }
    made.set(relation, known)
    return known
  }
  for (const relation of speaking) {
    const read = readDeclaredKeys(relation, (schema, name) => byName.get(`${schema}.${name}`))
    Object.assign(keysOf(relation), { primaryKey: read.primaryKey, foreignKeys: read.foreignKeys })
    for (const key of read.foreignKeys) keysOf(key.target).referencedBy.push(key)
  }
  for (const [relation, keys] of made) relation.declared = keys
}
