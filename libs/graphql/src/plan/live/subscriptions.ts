// Subscriptions: a live query is a query that is run again when what it reads has changed.
import type { OperationDefinitionNode } from 'graphql'
import { compileQueryDocument, type FilterNode, type Plan, type QueryRoot, type ValueNode } from '#libs/query'
import type { Relation } from '#libs/catalog'
import { GraphQLFailure, validationFailed } from '../../graphql.errors.ts'
import type { SelectedField } from '../reads/selection.ts'
import { readsOfTree, type TreeReads } from '../reads/tree-reads.ts'

/** Lifts the rule that a subscription has one root field; live queries only. */
export const multipleFieldsDirective = '_multiple_top_level_fields'

/** Conditions `column = value` that every row of the root field's own relation meets. */
export interface RootFilter {
  readonly relation: Relation
  readonly equalities: readonly { readonly column: string; readonly value: ValueNode }[]
}

/** A query that is run again and again. */
export interface LivePlan {
  readonly kind: 'subscription'
  readonly mode: 'live'
  readonly plan: Plan
  readonly reads: TreeReads
  /** Undefined when the statement reads its first relation in more than one place. */
  readonly root: RootFilter | undefined
}

/** Refuses what a subscription cannot be. */
export function checkSubscription(operation: OperationDefinitionNode, fields: readonly SelectedField[]): void {
  const isMultiple = operation.directives?.some(({ name }) => name.value === multipleFieldsDirective) === true
  if (fields.length !== 1 && !isMultiple) throw validationFailed('subscriptions must select one top level field')
  for (const { name, location } of fields)
    if (name === '__schema' || name === '__type')
      throw new GraphQLFailure('Introspection at root field level is not supported over subscriptions', 'not-supported', location)
}

/** Compiles the root fields of a live query. */
export function livePlanOf(roots: readonly QueryRoot[]): LivePlan {
  const nodes = roots.map(({ node }) => node)
  const reads = readsOfTree(nodes)
  return {
    kind: 'subscription',
    mode: 'live',
    plan: compileQueryDocument(roots),
    reads,
    root: nodes.length === 1 ? rootFilterOf(nodes[0]!, reads) : undefined,
  }
}

function rootFilterOf(node: QueryRoot['node'], reads: TreeReads): RootFilter | undefined {
  if (node.kind !== 'read' && node.kind !== 'aggregate_read') return undefined
  if (reads.relations.get(node.relation) !== 1) return undefined
  return { relation: node.relation, equalities: equalitiesOf(node.filter) }
}

function equalitiesOf(filter: FilterNode | undefined): RootFilter['equalities'] {
  if (filter === undefined) return []
  if (filter.kind === 'and') return filter.items.flatMap(equalitiesOf)
  if (filter.kind !== 'compare') return []
  const { operand, operator, value, kind: _kind, ...more } = filter
  const { column, ...rest } = operand
  // A path, a cast or a related row compares something else than the column.
  const isPlain = Object.entries({ ...rest, ...more }).every(([key, part]) => key === 'kind' || part === undefined)
  return isPlain && operator === 'eq' && !('kind' in column) && value.kind === 'value' ? [{ column: column.name, value }] : []
}
