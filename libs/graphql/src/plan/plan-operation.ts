// One operation of a validated document to what the executor runs: statements with recipes for their parameters.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type ValueNode as AstValue,
} from 'graphql'
import { compileQueryDocument, type Plan, type QueryRoot } from '#libs/query'
import { GraphQLFailure, validationFailed } from '../graphql.errors.ts'
import { introspectedField, type IntrospectedField, type IntrospectionSource, isIntrospected } from '../introspection/introspected-field.ts'
import type { RoleModel } from '../model/role-model.ts'
import { Inputs, type Variables } from './inputs.ts'
import type { MutationStep } from './writes/mutation-steps.ts'
import { mutationOf } from './writes/mutations.ts'
import type { Recipe, Session } from './parameters.ts'
import { type DocumentLimits, Planning } from './planning.ts'
import { nodeOf } from './relay/relay-node.ts'
import { rootReadOf } from './roots.ts'
import { handWrittenCall, type HandWrittenCall, type HandWrittenFields } from '../resolvers/hand-written-fields.ts'
import { type SelectedField, selectedFields } from './reads/selection.ts'
import { type StreamPlan, streamPlanOf } from './live/streams.ts'
import { checkSubscription, type LivePlan, livePlanOf } from './live/subscriptions.ts'

/** What to do for an operation. `literalVariables`: their values are part of the plan. */
export type OperationPlan = {
  readonly literalVariables: ReadonlySet<string>
  /** Root fields that hand-written resolvers answer. */
  readonly handWritten?: HandWrittenCall
  /** Root fields that tell the schema. */
  readonly introspected?: readonly IntrospectedField[]
} & (
  | { readonly kind: 'query'; readonly plan: Plan }
  /** Nothing of it is in the database: introspection and `__typename`. */
  | { readonly kind: 'local'; readonly data: Recipe }
  | {
      readonly kind: 'mutation'
      readonly steps: readonly MutationStep[]
    }
  | LivePlan
  | StreamPlan
  /** A subscription that a resolver answers. */
  | { readonly kind: 'resolver_subscription'; readonly handWritten: HandWrittenCall }
)

/** Everything that planning reads. The document is validated and the variables are coerced against the schema. */
export interface PlanRequest {
  readonly model: RoleModel
  readonly introspection: IntrospectionSource
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Variables
  readonly limits: DocumentLimits
  /** Root fields of the application's own resolvers. */
  readonly handWritten?: HandWrittenFields
}

/** Plans an operation. Throws GraphQLFailure for what does not fit or costs too much. */
export function planOperation(request: PlanRequest): OperationPlan {
  const { operation } = request
  const planning = planningOf(request)
  const fields = selectedFields(planning, [operation.selectionSet], '$')
  const handWritten = handWrittenOf(planning, request, fields)
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) return planSubscription(planning, request, fields, handWritten)
  const plan =
    operation.operation === OperationTypeNode.MUTATION ? planMutation(planning, request, fields) : planQuery(planning, request, fields)
  const introspected = fields
    .filter(isIntrospected)
    .map((field) => introspectedField(field, request.introspection, (variables) => planningOf({ ...request, variables })))
  return {
    ...plan,
    ...(handWritten === undefined ? {} : { handWritten }),
    ...(introspected.length === 0 ? {} : { introspected }),
  }
}

/** The state of planning at its start. */
export function planningOf({ model, document, operation, variables, limits }: PlanRequest): Planning {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const defaults = new Map<string, AstValue>()
  for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
    if (defaultValue !== undefined) defaults.set(variable.name.value, defaultValue)
  return new Planning(model, fragments, new Inputs(variables, defaults), variables, limits)
}

/** The operation with one of its root fields alone. */
export function operationOfField(operation: OperationDefinitionNode, field: SelectedField): OperationDefinitionNode {
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: field.selections.flatMap((set) => set.selections) }
  const node = { ...field.node, selectionSet: field.selections.length === 0 ? undefined : selectionSet }
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: [node] } }
}

/** The root fields that resolvers answer. They count towards the limits like others. */
function handWrittenOf(planning: Planning, request: PlanRequest, fields: readonly SelectedField[]): HandWrittenCall | undefined {
  const { operation } = request
  const root = operation.operation
  const own = fields.filter(({ name }) => request.handWritten?.has(root, name) === true)
  if (own.length === 0) return undefined
  for (const field of own) countField(planning, field)
  const selections = own.flatMap((field) => operationOfField(operation, field).selectionSet.selections)
  return handWrittenCall({ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } }, planning.fragments)
}

function countField(planning: Planning, { selections, location }: SelectedField): void {
  planning.spend(1, location)
  if (selections.length === 0) return
  planning.nested(location, () => {
    for (const field of selectedFields(planning, selections, location)) countField(planning, field)
  })
}

function planMutation(planning: Planning, request: PlanRequest, fields: readonly SelectedField[]): OperationPlan {
  const steps = fields.map((field) => {
    if (field.name === '__typename') return { key: field.key, kind: 'constant' as const, json: '"mutation_root"' }
    if (request.handWritten?.has('mutation', field.name) === true)
      return { key: field.key, kind: 'constant' as const, json: 'null', handWritten: true as const }
    const root = planning.model.mutations.get(field.name)
    if (root === undefined) throw validationFailed(`field '${field.name}' not found in type: 'mutation_root'`, field.location)
    return mutationOf(planning, root, field)
  })
  return { kind: 'mutation', steps, literalVariables: planning.literalVariables }
}

function planSubscription(
  planning: Planning,
  request: PlanRequest,
  fields: readonly SelectedField[],
  handWritten: HandWrittenCall | undefined,
): OperationPlan {
  checkSubscription(request.operation, fields)
  if (handWritten !== undefined) {
    // Events of two sources have nothing to wait for each other.
    if (fields.length > 1) throw validationFailed('subscriptions must select one top level field')
    return { kind: 'resolver_subscription', handWritten, literalVariables: planning.literalVariables }
  }
  const stream = streamOf(planning, fields)
  if (stream !== undefined) return { ...stream, literalVariables: planning.literalVariables }
  const roots = fields.map((field): QueryRoot => {
    if (field.name === '__typename') return { key: field.key, node: { kind: 'constant', value: 'subscription_root' } }
    const root = planning.model.subscriptions.get(field.name)
    if (root === undefined) throw validationFailed(`field '${field.name}' not found in type: 'subscription_root'`, field.location)
    return { key: field.key, node: rootReadOf(planning, root, field) }
  })
  return { ...livePlanOf(roots), literalVariables: planning.literalVariables }
}

/** The stream among the root fields; it has to be alone. */
function streamOf(planning: Planning, fields: readonly SelectedField[]): StreamPlan | undefined {
  const roots = planning.model.subscriptions
  const streams = fields.filter((field) => roots.get(field.name)?.kind === 'select_stream')
  const [field] = streams
  if (field === undefined) return undefined
  if (streams.length > 1)
    throw new GraphQLFailure('exactly one root field is allowed for streaming subscriptions', 'not-supported', field.location)
  if (fields.length > 1) {
    const message = 'streaming and livequery subscriptions cannot be executed in the same subscription'
    throw new GraphQLFailure(message, 'not-supported', field.location)
  }
  return streamPlanOf(planning, roots.get(field.name)!.table!, field)
}

function planQuery(planning: Planning, request: PlanRequest, fields: readonly SelectedField[]): OperationPlan {
  const roots = fields.map((field) => rootOf(planning, request, field))
  if (roots.some(({ node }) => node.kind !== 'constant' && node.kind !== 'json')) {
    return { kind: 'query', plan: compileQueryDocument(roots), literalVariables: planning.literalVariables }
  }
  const data: Recipe = (variables, session) => {
    const pairs = roots.map(({ key, node }) => `${JSON.stringify(key)}:${localJson(node, variables, session)}`)
    return `{${pairs.join(',')}}`
  }
  return { kind: 'local', data, literalVariables: planning.literalVariables }
}

function localJson(node: QueryRoot['node'], variables: Variables, session: Session | undefined): string {
  if (node.kind === 'constant') return JSON.stringify(node.value)
  if (node.kind !== 'json') throw new TypeError('a root field of the database has no local value')
  return (node.value.ref as Recipe)(variables, session) ?? 'null'
}

function rootOf(planning: Planning, request: PlanRequest, field: SelectedField): QueryRoot {
  const { key, name } = field
  if (name === '__typename') return { key, node: { kind: 'constant', value: 'query_root' } }
  if (isIntrospected(field) || request.handWritten?.has('query', name) === true) {
    const recipe: Recipe = (_variables, session) => session?.outside?.get(key) ?? 'null'
    return { key, node: { kind: 'json', value: { kind: 'value', value: 'null', type: 'json', ref: recipe } } }
  }
  if (name === 'no_queries_available')
    return { key, node: { kind: 'constant', value: 'There are no queries available to the current role' } }
  if (name === 'node' && planning.model.relay) return { key, node: nodeOf(planning, field) }
  const root = planning.model.queries.get(name)
  if (root === undefined) throw validationFailed(`field '${name}' not found in type: 'query_root'`, field.location)
  return { key, node: rootReadOf(planning, root, field) }
}
