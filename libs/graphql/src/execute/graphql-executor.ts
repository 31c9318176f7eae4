// One GraphQL request from text to the answer's JSON text: plan (or a plan from the cache), run, wrap.
import { type GraphQLSchema, isInputType, type NamedTypeNode, OperationTypeNode, typeFromAST } from 'graphql'
import type { Catalog } from '#libs/catalog'
import type { Principal } from '#libs/identity'
import type { RequestContext, Statement, StatementResult } from '#libs/postgres'
import { GraphQLFailure, graphqlErrors, validationFailed } from '../graphql.errors.ts'
import { buildRoleModel, type RoleModel } from '../model/role-model.ts'
import type { Variables } from '../plan/inputs.ts'
import { type OperationPlan, planOperation } from '../plan/plan-operation.ts'
import type { DocumentLimits } from '../plan/planning.ts'
import { type DeclaredVariable, shapeOf } from '../plan/shapes.ts'
import { buildSchema } from '../schema/build-schema.ts'
import { asGraphQLFailure } from './database-failures.ts'
import { type CachedDocument, PlanCache } from './plan-cache.ts'
import { runMutation } from './run-mutation.ts'
import { statementOf } from './statements.ts'
import { chooseOperation, parseDocument, type TextLimits, validateDocument, validateVariables } from './validation.ts'

/** What the executor needs of the database; RequestDatabase is one. */
export interface ExecutorDatabase {
  /** One statement in one implicit transaction under the caller's role. */
  run(context: RequestContext, statement: Statement): Promise<StatementResult>
  /** Several statements in one transaction; undone when `work` throws. */
  transaction<T>(context: RequestContext, work: (tx: { run(statement: Statement): Promise<StatementResult> }) => Promise<T>): Promise<T>
}

/** What the executor needs of the catalog; CatalogService is one. */
export interface CatalogSource {
  /** The newest catalog. */
  current(): Catalog
  /** Looks whether the database has changed; true when there is a newer catalog now. */
  refreshIfStale(): Promise<boolean>
}

/** One operation to run. */
export interface OperationRequest {
  readonly query: string
  readonly variables: Variables
  readonly operationName: string | undefined
  readonly principal: Principal
  /** False for GET: mutations are refused. */
  readonly mayWrite: boolean
}

/** Limits and switches. */
export type ExecutorLimits = DocumentLimits & TextLimits

/** Roles whose models are kept; each costs memory by the size of the schema. */
const MODELS_MAX = 32

interface RoleEntry {
  readonly id: number
  readonly model: RoleModel
  schema: GraphQLSchema | undefined
}

/** Runs operations. One for the process. */
export class GraphQLExecutor {
  private readonly cache = new PlanCache()
  private models = new Map<string, RoleEntry>()
  private modelsOf: Catalog | undefined
  private nextId = 1

  constructor(
    private readonly database: ExecutorDatabase,
    private readonly catalog: CatalogSource,
    private readonly limits: ExecutorLimits,
  ) {}

  /** Runs an operation and gives the answer's JSON text. Throws GraphQLFailure. */
  async execute(request: OperationRequest): Promise<string> {
    const plan = await this.planWithFreshCatalog(request)
    if (plan.kind === 'local') return `{"data":${plan.data(request.variables)}}`
    const context: RequestContext = {
      role: request.principal.role,
      claimsJson: request.principal.claimsJson,
      readOnly: plan.kind === 'query',
    }
    if (plan.kind === 'mutation') return runMutation(this.database, context, plan.steps, request.variables, request.principal.authenticated)
    let statement: Statement
    try {
      statement = statementOf(plan.plan, request.variables)
      const result = await this.database.run(context, statement)
      return `{"data":${result.rows[0]?.[0] ?? 'null'}}`
    } catch (error) {
      throw asGraphQLFailure(error, '$', request.principal.authenticated)
    }
  }

  /** The schema of a role, for introspection by others (the console, code generators). */
  schemaOf(role: string): GraphQLSchema {
    return this.schema(this.entry(role))
  }

  /** A name that is unknown may have been made a moment ago: the catalog is looked at again, once. */
  private async planWithFreshCatalog(request: OperationRequest): Promise<OperationPlan> {
    try {
      return this.plan(request)
    } catch (error) {
      const mayBeNew =
        error instanceof GraphQLFailure && error.code === 'validation-failed' && /not found in type|no mutations exist/.test(error.message)
      if (!mayBeNew || !(await this.catalog.refreshIfStale())) throw error
      return this.plan(request)
    }
  }

  private plan(request: OperationRequest): OperationPlan {
    const entry = this.entry(request.principal.role)
    const key = `${entry.id}:${request.operationName ?? ''}:${request.query}`
    const cached = this.cache.find(key)
    if (cached !== undefined) {
      const plan = this.cachedPlan(cached, request)
      if (plan !== undefined) return plan
    }
    return this.planAnew(entry, key, request)
  }

  private cachedPlan(cached: CachedDocument, request: OperationRequest): OperationPlan | undefined {
    if (cached.operation === OperationTypeNode.MUTATION && !request.mayWrite) throw methodNotAllowed()
    // A variable that is not declared is an error: the long way says which.
    let given = 0
    for (const { name } of cached.declared) if (Object.hasOwn(request.variables, name)) given += 1
    if (given !== Object.keys(request.variables).length) return undefined
    return cached.plans.get(shapeOf(cached.declared, request.variables, cached.literals))
  }

  private planAnew(entry: RoleEntry, key: string, request: OperationRequest): OperationPlan {
    const document = parseDocument(request.query, this.limits)
    const operation = chooseOperation(document, request.operationName)
    const schema = this.schema(entry)
    validateDocument(schema, document, operation, this.limits)
    if (operation.operation === OperationTypeNode.MUTATION && !request.mayWrite) throw methodNotAllowed()
    const declared = (operation.variableDefinitions ?? []).map((definition): DeclaredVariable => {
      const type = typeFromAST(schema, definition.type as NamedTypeNode)
      if (type === undefined || !isInputType(type)) throw validationFailed(`unknown type of variable '${definition.variable.name.value}'`)
      return { name: definition.variable.name.value, type }
    })
    // Walks the variables first: it refuses JSON that is nested too deep for what follows.
    shapeOf(declared, request.variables, new Set())
    validateVariables(schema, operation, request.variables)
    const plan = planOperation({ model: entry.model, schema, document, operation, variables: request.variables, limits: this.limits })
    const literals = new Set([...(this.cache.find(key)?.literals ?? []), ...plan.literalVariables])
    this.cache.add(key, { operation: operation.operation, declared, literals }, shapeOf(declared, request.variables, literals), plan)
    return plan
  }

  private entry(role: string): RoleEntry {
    const catalog = this.catalog.current()
    if (this.modelsOf !== catalog) {
      this.modelsOf = catalog
      this.models = new Map()
    }
    let entry = this.models.get(role)
    if (entry === undefined) {
      entry = { id: this.nextId++, model: buildRoleModel(catalog, role), schema: undefined }
      this.models.set(role, entry)
      const oldest = this.models.size > MODELS_MAX ? this.models.keys().next().value : undefined
      if (oldest !== undefined) this.models.delete(oldest)
    }
    return entry
  }

  private schema(entry: RoleEntry): GraphQLSchema {
    entry.schema ??= buildSchema(entry.model)
    return entry.schema
  }
}

function methodNotAllowed(): GraphQLFailure {
  return new GraphQLFailure(graphqlErrors.method_not_allowed().message, 'method-not-allowed', '$', 405, true)
}
