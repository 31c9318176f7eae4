// A random database as it runs: the executor over it, a second database that differs in rows that one caller does not see,
// and a session for what plain SQL says.
import { CatalogService } from '#libs/catalog'
import type { Principal } from '#libs/identity'
import { createLogger, systemClock } from '#libs/kernel'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { asGraphQLFailure } from '../../src/execute/database-failures.ts'
import { GraphQLExecutor, type GraphQLFailure } from '../../src/index.ts'
import { withDefaults } from '../../src/graphql.options.ts'
import { type Caller, type Operation, readable, type World } from './model.ts'
import { type DocumentText, textOf } from './document-text.ts'
import { Facts } from './facts.ts'
import { marksIn } from './make-world.ts'
import { Refused, SqlSession } from './sql-session.ts'
import { quoteName } from '../../../query/test/property/sql-text.ts'

/** What came back: the answer's text, or the refusal. */
export interface Outcome {
  readonly text?: string
  readonly refusal?: GraphQLFailure
  /** Rows of all tables after a mutation, before it was undone. */
  readonly after?: string
}

const limits = withDefaults({ depthMax: 40, costMax: 10_000_000, aliasesMax: 10_000, tokensMax: 100_000 })

export class StartedWorld implements AsyncDisposable {
  private readonly marks = new Map<Caller, Promise<ReadonlySet<string>>>()

  private constructor(
    readonly world: World,
    readonly database: TestDatabase,
    readonly catalog: CatalogService,
    private readonly executor: ExecutorOverUndo,
    readonly session: SqlSession,
    readonly facts: Facts,
  ) {}

  static async start(world: World): Promise<StartedWorld> {
    const database = await createTestDatabase()
    await database.sql(world.ddl)
    const logger = createLogger({ level: 'silent', pretty: false })
    const catalog = new CatalogService(database.platform, { schemas: ['public'], pollIntervalMs: 60_000 }, logger, systemClock)
    await catalog.onModuleInit()
    const session = await SqlSession.open(database.urls.superuser)
    return new StartedWorld(world, database, catalog, new ExecutorOverUndo(database, catalog), session, new Facts(session))
  }

  /** Runs an operation through the executor; what a mutation did is told and undone. */
  async run(operation: Operation, text: DocumentText = textOf(operation)): Promise<Outcome> {
    return this.executor.run(text, principalOf(operation.caller), isRelay(operation))
  }

  /** A text in the answer that is only in rows hidden from the caller, and that the caller did not send. */
  async foreignMark(caller: Caller, { text, refusal }: Outcome, sent?: DocumentText): Promise<string | undefined> {
    const found = marksIn(text ?? refusal!.message)
    if (found.length === 0) return undefined
    let own = this.marks.get(caller)
    if (own === undefined) {
      own = this.marksOf(caller)
      this.marks.set(caller, own)
    }
    const known = await own
    const given = new Set(sent === undefined ? [] : marksIn(`${sent.query} ${JSON.stringify(sent.variables)}`))
    return found.find((mark) => !known.has(mark) && !given.has(mark))
  }

  /** The marks in all rows that plain selects give. */
  private async marksOf(caller: Caller): Promise<ReadonlySet<string>> {
    const marks = new Set<string>()
    for (const relation of this.world.relations) {
      // A mark stands in its own column, and in the one that is made of it.
      for (const { name } of readable(relation, caller.role).filter(({ use }) => use === 'mark' || use === 'generated')) {
        try {
          const rows = await this.session.rowsAs(caller, `select lower(${quoteName(name)}) from ${quoteName(relation.name)}`)
          for (const [mark] of rows) marks.add(mark!)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
        }
      }
    }
    return marks
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]()
    await this.catalog.onModuleDestroy()
    await this.database.dispose()
  }
}

/** Is it for Relay's endpoint? */
export const isRelay = (operation: Operation): boolean => operation.kind === 'query' && operation.relay === true

export function principalOf({ role, claims }: Caller): Principal {
  const all = { role, ...claims }
  const sub = claims['sub'] as string | undefined
  return {
    role,
    claims: all,
    claimsJson: JSON.stringify(all),
    authenticated: role !== 'anon',
    ...(sub === undefined ? {} : { userId: sub }),
  }
}

/** The executor on a database whose writes are looked at and undone, so that every document meets the same rows. */
export class ExecutorOverUndo {
  private readonly executor: GraphQLExecutor
  private readonly relay: GraphQLExecutor
  private after: string | undefined

  constructor(database: Pick<TestDatabase, 'request'>, catalog: CatalogService, options = limits) {
    const { request } = database
    type Transaction = Parameters<Parameters<typeof request.transaction>[1]>[0]
    const undone = async <T>(tx: Transaction, work: () => Promise<T>): Promise<T> => {
      tx.setRollbackOnly()
      const result = await work()
      this.after = (await tx.run({ text: 'select probe.contents()', values: [] })).rows[0]![0]!
      return result
    }
    const watched: ConstructorParameters<typeof GraphQLExecutor>[0] = Object.assign(Object.create(request) as typeof request, {
      run: (...[context, statement]: Parameters<typeof request.run>) =>
        context.readOnly ? request.run(context, statement) : request.transaction(context, (tx) => undone(tx, () => tx.run(statement))),
      transaction: <T>(...[context, work]: Parameters<typeof request.transaction<T>>) =>
        request.transaction(context, (tx) => undone(tx, () => work(tx))),
    })
    this.executor = new GraphQLExecutor(watched, catalog, options)
    this.relay = new GraphQLExecutor(watched, catalog, options, { relay: true })
  }

  async run({ query, variables, operationName }: DocumentText, principal: Principal, isForRelay = false): Promise<Outcome> {
    this.after = undefined
    try {
      // As it comes out of a request's body.
      const sent = JSON.parse(JSON.stringify(variables)) as Record<string, unknown>
      const text = await (isForRelay ? this.relay : this.executor).execute({
        query,
        variables: sent,
        operationName,
        principal,
        mayWrite: true,
      })
      return { text, ...(this.after === undefined ? {} : { after: this.after }) }
    } catch (error) {
      // As every transport does.
      return { refusal: asGraphQLFailure(error, '$', principal.authenticated) }
    }
  }
}
