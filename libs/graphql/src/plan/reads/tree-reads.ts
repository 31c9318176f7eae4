// Everything that a request tree reads, found by walking all of it: a kind of node that is new is walked too.
import type { DatabaseFunction, Relation } from '#libs/catalog'

/** What a tree reads, and how often. */
export interface TreeReads {
  readonly relations: ReadonlyMap<Relation, number>
  readonly functions: ReadonlySet<DatabaseFunction>
}

/** Collects relations and functions. A link counts for its target and for the table between. */
export function readsOfTree(tree: unknown): TreeReads {
  const relations = new Map<Relation, number>()
  const functions = new Set<DatabaseFunction>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) return value.forEach(walk)
    if (isRelation(value)) return void relations.set(value, (relations.get(value) ?? 0) + 1)
    if (isFunction(value)) return void functions.add(value)
    if (isLeaf(value)) return
    for (const [key, item] of Object.entries(value)) if (!isFarSide(value, key)) walk(item)
  }
  walk(tree)
  return { relations, functions }
}

function isRelation(value: object): value is Relation {
  return 'columnsByName' in value && 'referencedBy' in value
}

function isFunction(value: object): value is DatabaseFunction {
  return 'volatility' in value && 'securityDefiner' in value
}

/** Columns and types lead back into the catalog, but are read with their relation. */
function isLeaf(value: object): boolean {
  return 'formatted' in value || ('position' in value && 'nullable' in value) || ('primary' in value && 'columns' in value)
}

/** A link's source is the node around it; its foreign key names both ends once more. */
function isFarSide(value: object, key: string): boolean {
  return 'cardinality' in value && 'targetColumns' in value && (key === 'source' || key === 'foreignKey')
}
