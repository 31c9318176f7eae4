import type { ChangedRelation } from '../feed/row-change.ts'
import { readTableFactsSql } from './table-facts.sql.ts'

/** A column of a table, as one role sees it. */
export interface ColumnFacts {
  readonly name: string
  readonly typeOid: number
  /** As `format_type` prints it, without length: `integer`, `timestamp with time zone`. */
  readonly type: string
  /** `pg_type.typtype`: b base, d domain, e enum… */
  readonly typeKind: string
  /** The type's name; of a domain, the name of what it is made of. */
  readonly baseType: string
  /** May the role SELECT it? */
  readonly readable: boolean
  /** Is it part of the primary key? */
  readonly key: boolean
  /** Are texts equal only when their bytes are (a deterministic collation)? */
  readonly exact: boolean
  /** `s` stored, `v` virtual; null for an ordinary column. */
  readonly generated: 's' | 'v' | null
  readonly expression: string | null
}

/** What decides which changes of a table a role may see. Immutable. */
export interface TableFacts {
  readonly schema: string
  readonly name: string
  readonly oid: number
  /** `pg_class.relkind`. */
  readonly kind: string
  readonly replicaIdentity: 'd' | 'n' | 'f' | 'i'
  readonly schemaUsable: boolean
  readonly rowSecurityEnabled: boolean
  /** Whether policies filter what this role reads (not for owners and roles that bypass them). */
  readonly rowSecurityApplies: boolean
  /** Whether the platform's owner may alter the table. */
  readonly ours: boolean
  readonly published: boolean
  /** Whether REPLICA IDENTITY FULL would leave the table writable (Postgres 18 refuses it with virtual generated columns). */
  readonly fullAllowed: boolean
  readonly columns: readonly ColumnFacts[]
  /** SELECT policies that apply to the role, with names written in full. */
  readonly policies: readonly { readonly permissive: boolean; readonly expression: string }[]
  /** Equal fingerprints: equal rights. */
  readonly fingerprint: string
}

/** PlatformDatabase, as far as it is needed here. */
export interface FactsDatabase {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
  transaction<T>(work: (tx: { query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]> }) => Promise<T>): Promise<T>
}

/**
 * Facts by table and role, read again at most `ageMsMax` after the last reading and at once after any DDL. The age is
 * there for what no event tells of, such as `GRANT role TO role`.
 */
export class TableFactsReader {
  private readonly known = new Map<string, { readonly readMs: number; readonly facts: Promise<TableFacts | undefined> }>()

  constructor(
    private readonly database: FactsDatabase,
    private readonly ageMsMax = 1_000,
    private readonly entriesMax = 2_000,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** The facts, or undefined when the table or the role does not exist. */
  read(schema: string, table: string, role: string): Promise<TableFacts | undefined> {
    const id = JSON.stringify([schema, table, role])
    const found = this.known.get(id)
    if (found !== undefined && this.nowMs() - found.readMs < this.ageMsMax) return found.facts
    const facts = this.load(schema, table, role)
    this.known.delete(id)
    this.known.set(id, { readMs: this.nowMs(), facts })
    facts.catch(() => this.known.delete(id))
    if (this.known.size > this.entriesMax) this.known.delete(this.known.keys().next().value!)
    return facts
  }

  /** Forgets everything: the next reading asks Postgres. */
  forget(): void {
    this.known.clear()
  }

  private async load(schema: string, table: string, role: string): Promise<TableFacts | undefined> {
    const rows = await this.database.transaction(async (tx) => {
      await tx.query(`SELECT set_config('search_path', '', true)`)
      return tx.query<{ facts: string }>(readTableFactsSql, [schema, table, role])
    })
    const text = rows[0]?.facts
    if (text === undefined) return undefined
    const facts = JSON.parse(text) as Omit<TableFacts, 'schema' | 'name' | 'fingerprint'>
    const { replicaIdentity: _identity, published: _published, ours: _ours, fullAllowed: _full, ...rights } = facts
    return { ...facts, schema, name: table, fingerprint: JSON.stringify(rights) }
  }
}

/** Columns of the table that its log does not carry: generated ones, unless they were published. */
export function unloggedColumns(facts: TableFacts, relation: ChangedRelation): readonly ColumnFacts[] {
  const logged = new Set(relation.columns.map((column) => column.name))
  return facts.columns.filter((column) => column.generated !== null && !logged.has(column.name))
}

/** Whether a change was written with the same columns that the table has now; otherwise it cannot be judged. */
export function hasSameShape(facts: TableFacts, relation: ChangedRelation): boolean {
  const missing = new Set(unloggedColumns(facts, relation))
  const expected = facts.columns.filter((column) => !missing.has(column))
  return (
    facts.oid === relation.oid &&
    expected.length === relation.columns.length &&
    expected.every((column, at) => relation.columns[at]!.name === column.name && relation.columns[at]!.typeOid === column.typeOid)
  )
}
