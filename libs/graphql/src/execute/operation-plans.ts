// From a document to its plan: the plan that was made for it before, or a new one: parse, validate, plan, compile.
import { type GraphQLSchema, isInputType, type NamedTypeNode, OperationTypeNode, typeFromAST } from 'graphql'
import type { Catalog } from '#libs/catalog'
import { SERVICE_ROLE } from '#libs/identity'
import { GraphQLFailure, graphqlErrors, validationFailed } from '../graphql.errors.ts'
import { Introspections } from '../introspection/introspections.ts'
import { ToldSchema } from '../introspection/told-schema.ts'
import { buildRoleModel } from '../model/build-role-model.ts'
import type { RoleModel } from '../model/role-model.ts'
import type { Variables } from '../plan/inputs.ts'
import { type OperationPlan, planOperation, type PlanRequest } from '../plan/plan-operation.ts'
import { type PlannedRootField, planRootFields } from '../plan/root-fields.ts'
import { type DeclaredVariable, shapeOf } from '../plan/shapes.ts'
import type { HandWrittenFields } from '../resolvers/hand-written-fields.ts'
import { WholeSchemas } from '../schema/whole-schemas.ts'
import { documentSchema, mentionedIn } from '../schema/document-schema.ts'
import type { GraphqlLimits } from '../graphql.options.ts'
import { type CachedDocument, PlanCache } from './plan-cache.ts'
import { checkVariables } from './check-variables.ts'
import { chooseOperation, parseDocument, subscriptionsRefused, validateDocument } from './validation.ts'

/** What planning needs of the catalog; CatalogService is one. */
export interface CatalogSource {
  /** The newest catalog. */
  current(): Catalog
  /** Looks whether the database has changed; true when there is a newer catalog now. */
  refreshIfStale(): Promise<boolean>
}

/** The documents that may be sent when the allow-list is on; AllowList is one. */
export interface AllowedDocuments {
  /** Is this document, or one that differs only in white space, comments and `__typename`, on the list? */
  allows(text: string, tokensMax: number): boolean
  /** Calls `listener` whenever the list is another one. */
  onChange(listener: () => void): void
}

/** A document that is to be planned for a role. */
export interface PlannedDocument {
  readonly query: string
  readonly variables: Variables
  readonly operationName: string | undefined
  readonly role: string
  /** False for GET: mutations are refused. */
  readonly mayWrite: boolean
  /** True where results can be sent more than once: sockets and event streams. */
  readonly maySubscribe?: boolean
}

/** Roles whose models are kept; each costs memory by what is asked of it. */
const MODELS_MAX = 256
/** Owners of larger databases are not told what they may have meant. */
const SUGGESTING_TABLES_MAX = 200

interface RoleEntry {
  readonly id: number
  readonly model: RoleModel
}

/** What planning needs to know of a validated document beside the request. */
interface Checked {
  readonly declared: readonly DeclaredVariable[]
  readonly names: ReadonlySet<string>
}

/** Plans of operations, by role. */
export class OperationPlans {
  private readonly cache = new PlanCache()
  private models = new Map<string, RoleEntry>()
  private modelsOf: Catalog | undefined
  private nextId = 1
  private handWritten: HandWrittenFields | undefined
  private readonly wholeSchemas = new WholeSchemas()
  private readonly introspections = new Introspections()
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly catalog: CatalogSource,
    private limits: GraphqlLimits,
    private readonly allowList?: AllowedDocuments,
    /** Documents of the Relay endpoint. */
    private readonly isRelay = false,
  ) {
    allowList?.onChange(() => {
      if (this.limits.allowListEnabled) this.rulesChanged()
    })
  }

  /** Other limits from now on: what was planned under the former ones is planned again. */
  configure(limits: GraphqlLimits): void {
    this.limits = limits
    this.modelsOf = undefined
    this.rulesChanged()
  }

  /** Calls back when documents may be judged otherwise than before: by other limits, or another list of those that are allowed. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  private rulesChanged(): void {
    this.forget()
    for (const listener of this.listeners) listener()
  }

  /** Root fields of the application's own resolvers. */
  useHandWritten(fields: HandWrittenFields): void {
    this.handWritten = fields
    this.forget()
  }

  /** Drops the plans: what they were checked against has changed. */
  forget(): void {
    this.cache.clear()
  }

  /** The plan of a document. A name that is unknown may have been made a moment ago: the catalog is looked at again, once. */
  async find(document: PlannedDocument): Promise<OperationPlan> {
    try {
      return this.known(document) ?? this.make(document)
    } catch (error) {
      const mayBeNew =
        error instanceof GraphQLFailure &&
        error.code === 'validation-failed' &&
        /not found in type|no mutations exist|no subscriptions exist/.test(error.message)
      if (!mayBeNew || !(await this.catalog.refreshIfStale())) throw error
      return this.make(document)
    }
  }

  /** The plan that a repeated document has; looking it up does nothing else. */
  known(document: PlannedDocument): OperationPlan | undefined {
    const cached = this.cache.find(keyOf(this.entry(document.role), document))
    return cached === undefined ? undefined : cachedPlan(cached, document)
  }

  /** Every root field of a document planned by itself. */
  rootFields(request: PlannedDocument): PlannedRootField[] {
    return planRootFields(this.validated({ ...request, maySubscribe: true }))
  }

  private make(request: PlannedDocument): OperationPlan {
    const validated = this.validated(request)
    const { operation, declared, variables, names } = validated
    const plan = planOperation(validated)
    const key = keyOf(this.entry(request.role), request)
    const literals = new Set([...(this.cache.find(key)?.literals ?? []), ...plan.literalVariables])
    this.cache.add(key, { operation: operation.operation, declared, literals, names }, shapeOf(declared, variables, literals), plan)
    return plan
  }

  /** Parses a document and checks it, with its variables, against the role's schema. */
  private validated(request: PlannedDocument): PlanRequest & Checked {
    const { role, variables } = request
    const { limits } = this
    const isOwner = role === SERVICE_ROLE
    if (limits.allowListEnabled && !isOwner && this.allowList?.allows(request.query, limits.tokensMax) !== true)
      throw validationFailed(graphqlErrors.query_not_allowed().message)
    const entry = this.entry(role)
    const document = parseDocument(request.query, limits)
    const operation = chooseOperation(document, request.operationName)
    const mentioned = mentionedIn(document, variables, this.cache.find(keyOf(entry, request))?.names)
    const types = new Set([...mentioned.types, ...(this.handWritten?.typeNames ?? [])])
    const schema = this.withHandWritten(documentSchema(entry.model, { ...mentioned, types }))
    const introspection = isOwner || (limits.introspection && !limits.introspectionDeniedRoles.includes(role))
    const rules = { ...limits, introspection, suggestions: isOwner, subscriptions: request.maySubscribe }
    const validate = (against: GraphQLSchema) => validateDocument(against, document, operation, rules)
    try {
      validate(schema)
    } catch (error) {
      // Names that are nearly right are in the whole schema only.
      if (isOwner && isSmall(entry)) validate(this.wholeSchemas.of(entry.model, (whole) => this.withHandWritten(whole)))
      throw error
    }
    if (operation.operation === OperationTypeNode.MUTATION && !request.mayWrite) throw methodNotAllowed()
    const declared = (operation.variableDefinitions ?? []).map((definition): DeclaredVariable => {
      const type = typeFromAST(schema, definition.type as NamedTypeNode)
      if (type === undefined || !isInputType(type)) throw validationFailed(`unknown type of variable '${definition.variable.name.value}'`)
      return { name: definition.variable.name.value, type }
    })
    // Walks the variables first: it refuses JSON that is nested too deep for what follows.
    shapeOf(declared, variables, new Set())
    checkVariables(schema, operation, declared, variables, rules)
    return {
      model: entry.model,
      introspection: {
        introspections: this.introspections,
        key: keyOf(entry, request),
        schema: () => new ToldSchema(entry.model, this.handWritten, limits.introspectionTablesMax),
      },
      document,
      operation,
      variables,
      limits,
      declared,
      names: mentioned.names,
      handWritten: this.handWritten,
    }
  }

  private withHandWritten(schema: GraphQLSchema): GraphQLSchema {
    return this.handWritten === undefined ? schema : this.handWritten.addTo(schema)
  }

  private entry(role: string): RoleEntry {
    const catalog = this.catalog.current()
    if (this.modelsOf !== catalog) {
      this.modelsOf = catalog
      this.models = new Map()
      // Plans hold on to the catalog that they were made with.
      this.forget()
    }
    let entry = this.models.get(role)
    if (entry === undefined) {
      const { policiesMakeNullable } = this.limits
      entry = { id: this.nextId++, model: buildRoleModel(catalog, role, { relay: this.isRelay, policiesMakeNullable }) }
      this.models.set(role, entry)
      const oldest = this.models.size > MODELS_MAX ? this.models.keys().next().value : undefined
      if (oldest !== undefined) this.models.delete(oldest)
    }
    return entry
  }
}

/** The whole schema for suggestions is made in one piece, while nothing else is answered. */
function isSmall({ model }: RoleEntry): boolean {
  let tables = 0
  for (const _table of model.tables.values()) if (++tables > SUGGESTING_TABLES_MAX) return false
  return true
}

function keyOf({ id }: RoleEntry, { operationName, query }: PlannedDocument): string {
  return `${id}:${operationName ?? ''}:${query}`
}

function cachedPlan(cached: CachedDocument, { variables, mayWrite, maySubscribe }: PlannedDocument): OperationPlan | undefined {
  if (cached.operation === OperationTypeNode.MUTATION && !mayWrite) throw methodNotAllowed()
  if (cached.operation === OperationTypeNode.SUBSCRIPTION && maySubscribe !== true) throw subscriptionsRefused()
  // A variable that is not declared is an error: the long way says which.
  let given = 0
  for (const { name } of cached.declared) if (Object.hasOwn(variables, name)) given += 1
  if (given !== Object.keys(variables).length) return undefined
  return cached.plans.get(shapeOf(cached.declared, variables, cached.literals))
}

function methodNotAllowed(): GraphQLFailure {
  return new GraphQLFailure(graphqlErrors.method_not_allowed().message, 'method-not-allowed', '$', 405, true)
}
