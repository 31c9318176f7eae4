// Functions over one row of a relation: read like columns, or followed like relationships.
import type { CatalogRelation } from './catalog-relation.ts'
import type { DatabaseFunction } from './model.ts'

/**
 * Gives every function with exactly one argument, a relation's row type, to that relation. When several schemas have
 * one of the same name, the relation's own schema goes first, then the extra search path in its order, which is how
 * PostgREST's transactions would resolve the name; functions of other schemas do not count.
 */
export function linkComputed(
  functions: readonly DatabaseFunction[],
  relationOfType: (typeOid: number) => CatalogRelation | undefined,
  extraSearchPath: readonly string[],
): void {
  const candidates: { readonly relation: CatalogRelation; readonly fn: DatabaseFunction; readonly rank: number }[] = []
  for (const fn of functions) {
    const [argument, ...others] = fn.arguments
    if (argument === undefined || others.length > 0 || argument.mode === 'variadic') continue
    const relation = relationOfType(argument.type.oid)
    if (relation === undefined) continue
    const rank = fn.schema === relation.schema ? -1 : extraSearchPath.indexOf(fn.schema)
    if (rank >= 0 || fn.schema === relation.schema) candidates.push({ relation, fn, rank })
  }
  for (const { relation, fn } of candidates.sort((a, b) => a.rank - b.rank)) link(relation, fn)
}

function link(relation: CatalogRelation, fn: DatabaseFunction): void {
  if (relation.computedColumns.has(fn.name) || relation.computedRelationships.some(({ name }) => name === fn.name)) return
  if (fn.returnRelation !== null) {
    const cardinality = !fn.returnsSet || fn.rowsEstimate === 1 ? 'to_one' : 'to_many'
    relation.computedRelationships.push({ name: fn.name, target: fn.returnRelation, cardinality, function: fn })
  } else if (!fn.returnsSet && fn.returnType.kind !== 'pseudo' && !relation.columnsByName.has(fn.name)) {
    relation.computedColumns.set(fn.name, { kind: 'computed', name: fn.name, type: fn.returnType, function: fn, comment: fn.comment })
  }
}
