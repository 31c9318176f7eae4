// EXPLAIN for owners: every root field's SQL and plan, and the policies that decided what it may see. Nothing is run.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { CatalogService } from '#libs/catalog'
import { type Principal, PrincipalResolver, SERVICE_ROLE } from '#libs/identity'
import { PlatformDatabase, RequestDatabase, type Statement } from '#libs/postgres'
import { explainOf, type Plan } from '#libs/query'
import { asGraphQLFailure } from '../execute/database-failures.ts'
import { statementOf } from '../execute/statements.ts'
import { GraphQLFailure, graphqlErrors, validationFailed } from '../graphql.errors.ts'
import { GraphqlEndpoint } from '../http/graphql-endpoint.ts'
import type { Variables } from '../plan/inputs.ts'
import { POLICIES_OF_RELATIONS } from './explain.sql.ts'
import { relationsOfPlan, type TouchedRelation } from './relations-of-plan.ts'

/** `POST /graphql/v1/explain`. */
const explainInput = z.object({
  query: z.object({
    query: z.string(),
    variables: z.record(z.string(), z.unknown()).nullish(),
    operationName: z.string().nullish(),
  }),
  user: z.object({ role: z.string().optional(), claims: z.record(z.string(), z.unknown()).optional() }).optional(),
})

/** A policy that applies. */
export interface AppliedPolicy {
  readonly name: string
  readonly command: string
  readonly permissive: boolean
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

/** Row-level security of a relation in a plan. */
export interface RelationPolicies {
  readonly schema: string
  readonly name: string
  /** What the plan does to it. */
  readonly commands: readonly string[]
  readonly rowSecurity: boolean
  /** The role passes every policy. */
  readonly bypassed: boolean
  readonly policies: readonly AppliedPolicy[]
}

/** A root field explained. A field that needs several statements has their texts one after the other. */
export interface ExplainedField {
  readonly field: string
  readonly sql: string
  readonly plan: readonly string[]
  readonly relations: readonly RelationPolicies[]
}

/** Explains operations. */
@Injectable()
export class ExplainOperation {
  constructor(
    @Inject(GraphqlEndpoint) private readonly endpoint: GraphqlEndpoint,
    @Inject(RequestDatabase) private readonly database: RequestDatabase,
    @Inject(PlatformDatabase) private readonly platform: PlatformDatabase,
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
  ) {}

  /** Explains an operation as the given user, else as service_role. The caller must be an owner. */
  async run(input: unknown): Promise<ExplainedField[]> {
    const parsed = explainInput.safeParse(input)
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!
      throw new GraphQLFailure(
        graphqlErrors.request_malformed({ params: { reason: `'${path.join('.')}': ${message}` } }).message,
        'bad-request',
        '$',
        400,
        true,
      )
    }
    const { query: asked, user } = parsed.data
    const principal = await this.principalOf(user)
    const variables = asked.variables ?? {}
    const fields = this.endpoint.executor.plans.rootFields({
      query: asked.query,
      variables,
      operationName: asked.operationName ?? undefined,
      role: principal.role,
      mayWrite: true,
    })
    const explained: ExplainedField[] = []
    for (const { field, plans } of fields) explained.push(await this.explainField(field, plans, variables, principal))
    return explained
  }

  private async explainField(field: string, plans: readonly Plan[], variables: Variables, principal: Principal): Promise<ExplainedField> {
    const lines: string[] = []
    const touched: TouchedRelation[] = []
    for (const plan of plans) {
      const [text, json] = await this.explain(plan, variables, principal)
      lines.push(...text)
      touched.push(...relationsOfPlan(json))
    }
    return { field, sql: plans.map(({ text }) => text).join(';\n'), plan: lines, relations: await this.policiesOf(touched, principal.role) }
  }

  /** The lines of the plan, and the plan as JSON. */
  private async explain(plan: Plan, variables: Variables, principal: Principal): Promise<readonly [readonly string[], string]> {
    const { values } = statementOf(plan, variables, principal)
    const asJson: Statement = { text: explainOf(plan, { format: 'json', verbose: true }).text, values }
    const statement = { text: explainOf(plan, { format: 'text' }).text, values, after: [asJson] }
    // EXPLAIN of a write is refused in a read-only transaction, though it writes nothing.
    const context = this.endpoint.executor.contextOf(principal, false)
    try {
      const { rows, after } = await this.database.run(context, statement)
      return [rows.map(([line]) => line ?? ''), after![0]![0]![0]!]
    } catch (error) {
      throw asGraphQLFailure(error, '$', principal.authenticated)
    }
  }

  private async policiesOf(touched: readonly TouchedRelation[], role: string): Promise<RelationPolicies[]> {
    if (touched.length === 0) return []
    const rows = await this.platform.query<Omit<RelationPolicies, 'commands'>>(POLICIES_OF_RELATIONS, [
      touched.map(({ schema }) => schema),
      touched.map(({ name }) => name),
      role,
    ])
    const relations = new Map<string, RelationPolicies>()
    for (const row of rows) {
      const commands = new Set(
        touched.filter(({ schema, name }) => schema === row.schema && name === row.name).flatMap((each) => [...each.commands]),
      )
      const policies =
        row.bypassed || !row.rowSecurity ? [] : row.policies.filter(({ command }) => command === 'all' || commands.has(command as never))
      relations.set(JSON.stringify([row.schema, row.name]), { ...row, commands: [...commands].sort(), policies })
    }
    return [...relations.values()]
  }

  private async principalOf(user: z.output<typeof explainInput>['user']): Promise<Principal> {
    const anonymous = await this.principals.resolve({})
    const claimed = user?.claims?.['role']
    const role = user?.role ?? (typeof claimed === 'string' ? claimed : SERVICE_ROLE)
    if (role !== SERVICE_ROLE && !this.catalog.current().roles.has(role))
      throw validationFailed(`'${role}' is no role that requests may take`, '$.user.role')
    const claims = { ...user?.claims, role }
    const { sub } = claims as { sub?: unknown }
    return {
      role,
      claims,
      claimsJson: JSON.stringify(claims),
      userId: typeof sub === 'string' ? sub : undefined,
      authenticated: role !== anonymous.role,
    }
  }
}
