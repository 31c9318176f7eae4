import type { DatabaseFunction, Relation } from '#libs/catalog'
import type { Statement } from '#libs/postgres'
import { fingerprintSql, readStatementFactsSql } from './statement-facts.sql.ts'
import { readsOfExpressions, type CalledFunction, type StoredExpression } from './stored-expressions.ts'

/** A table whose changes concern a statement. */
export interface TouchedTable {
  readonly oid: number
  readonly schema: string
  readonly name: string
}

/** What the result of a statement depends on, besides its own text and values. Immutable. */
export interface StatementFacts {
  /** Tables to be followed. */
  readonly tables: readonly TouchedTable[]
  /** OIDs of relations that policies or views read: a change of them may concern any row. */
  readonly indirect: ReadonlySet<number>
  /** Names of the claims that policies and views read, or all of them. */
  readonly claims: ReadonlySet<string> | 'all'
  /** Why the tables' changes are not enough and it has to be run every second; undefined when they are. */
  readonly polled: string | undefined
  /** Runs behind the statement, in its transaction: gives `fingerprint` as long as all of this holds. */
  readonly check: Statement
  readonly fingerprint: string
}

/** Queries as plinth_owner; PlatformDatabase is one. */
export interface FactsSource {
  transaction<T>(work: (tx: { query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]> }) => Promise<T>): Promise<T>
}

interface Found {
  readonly fingerprint: string
  readonly relations: readonly (TouchedTable & { readonly kind: string })[]
  readonly indirect: readonly number[]
  readonly expressions: readonly StoredExpression[]
  readonly functions: readonly CalledFunction[]
}

const ENTRIES_MAX = 1_000

/** Reads and keeps facts by the relations that statements name. */
export class StatementFactsReader {
  private readonly known = new Map<string, Promise<StatementFacts>>()

  constructor(private readonly database: FactsSource) {}

  /** The facts of a statement that reads these relations and calls these functions. */
  read(relations: Iterable<Relation>, functions: Iterable<DatabaseFunction>): Promise<StatementFacts> {
    const oids = [...new Set([...relations].map(({ oid }) => oid))].sort((a, b) => a - b)
    const called = [...functions].map(({ schema, name }) => `${schema}.${name}`)
    const key = JSON.stringify([oids, called])
    let facts = this.known.get(key)
    if (facts !== undefined) return facts
    facts = this.load(oids, called)
    this.known.set(key, facts)
    facts.catch(() => this.known.delete(key))
    if (this.known.size > ENTRIES_MAX) this.known.delete(this.known.keys().next().value!)
    return facts
  }

  /** Policies, views or functions may have changed: the next reading asks Postgres. */
  forget(): void {
    this.known.clear()
  }

  private async load(oids: readonly number[], called: readonly string[]): Promise<StatementFacts> {
    const rows = await this.database.transaction(async (tx) => {
      await tx.query(`SELECT set_config('search_path', '', true)`)
      return tx.query<{ facts: string }>(readStatementFactsSql, [`{${oids.join(',')}}`])
    })
    return factsOf(JSON.parse(rows[0]!.facts) as Found, called)
  }
}

function factsOf(found: Found, called: readonly string[]): StatementFacts {
  const reads = readsOfExpressions(found.expressions, found.functions)
  const reached = new Set(found.relations.map(({ oid }) => oid))
  const tables = found.relations.filter(({ kind }) => kind === 'r' || kind === 'p')
  const unfollowed = found.relations.find(({ kind }) => kind !== 'r' && kind !== 'p' && kind !== 'v')
  const unreached = [...reads.relations].some((oid) => !reached.has(oid))
  const polled =
    called.length > 0
      ? `it calls ${called[0]}, into which cannot be seen`
      : unfollowed !== undefined
        ? `${unfollowed.schema}.${unfollowed.name} is no table and tells of no change`
        : unreached
          ? 'a policy or view reads a system table'
          : reads.polled
  const relationList = `{${[...reached].join(',')}}`
  const functionList = `{${found.functions.map(({ oid }) => oid).join(',')}}`
  return {
    tables,
    indirect: new Set(found.indirect),
    claims: called.length > 0 ? 'all' : reads.claims,
    polled,
    check: { text: fingerprintSql, values: [relationList, functionList] },
    fingerprint: found.fingerprint,
  }
}
