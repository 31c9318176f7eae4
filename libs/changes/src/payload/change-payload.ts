// A change as it goes over the wire, built once for all viewers with the same columns.
import type { RowChange, RowText } from '../feed/row-change.ts'
import type { VisibleType } from '../subscriptions/transition.ts'
import type { ColumnFacts, TableFacts } from '../visibility/table-facts.ts'
import type { TypeEncoders } from './type-encoders.ts'

/** What a viewer is told of one change; values are JSON as to_json gives it. Shared between viewers: never changed. */
export interface ChangePayload {
  /** `epoch:commit_lsn:seq`, stable over restarts. */
  readonly cursor: string
  readonly schema: string
  readonly table: string
  readonly type: VisibleType
  /** ISO 8601. */
  readonly commitTimestamp: string
  /** The new row, readable columns only; null for a delete. */
  readonly record: Readonly<Record<string, unknown>> | null
  /** Key columns of the old row; null for an insert. */
  readonly old: Readonly<Record<string, unknown>> | null
  /** Columns of `record`, or of `old` for a delete. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

const rememberedMax = 500

/** Builds payloads, and remembers the newest ones: many viewers of one change share one. */
export class ChangePayloads {
  private readonly remembered = new Map<string, ChangePayload>()

  constructor(private readonly encoders: TypeEncoders) {}

  /** The payload of `change` as `type` for a role with these facts. */
  async build(change: RowChange, type: VisibleType, facts: TableFacts): Promise<ChangePayload> {
    const readable = facts.columns.filter((column) => column.readable)
    const id = JSON.stringify([change.cursor, type, ...readable.map((column) => column.name)])
    const known = this.remembered.get(id)
    if (known !== undefined) return known
    await this.encoders.load(readable.map((column) => column.typeOid))
    const payload = this.make(change, type, readable)
    this.remembered.set(id, payload)
    if (this.remembered.size > rememberedMax) this.remembered.delete(this.remembered.keys().next().value!)
    return payload
  }

  private make(change: RowChange, type: VisibleType, readable: readonly ColumnFacts[]): ChangePayload {
    const keyed = readable.filter((column) => column.key)
    // A table without a primary key is told apart by all that the viewer may read.
    const keyColumns = keyed.length > 0 ? keyed : readable
    // An update that leaves the key alone does not log it again: the new row has it.
    const before = change.old ?? change.key ?? change.new
    const old = type === 'insert' || before === null ? null : this.encode(before, keyColumns)
    const record = type === 'delete' || change.new === null ? null : this.encode(change.new, readable)
    const shown = type === 'delete' ? old : record
    return {
      cursor: change.cursor,
      schema: change.relation.schema,
      table: change.relation.name,
      type,
      commitTimestamp: new Date(change.commitTimeMs).toISOString(),
      record,
      old,
      columns: readable
        .filter((column) => shown !== null && column.name in shown)
        .map(({ name, type: typeName }) => ({ name, type: typeName })),
    }
  }

  private encode(row: RowText, columns: readonly ColumnFacts[]): Record<string, unknown> {
    const values: [string, unknown][] = []
    for (const column of columns) {
      const text = row[column.name]
      if (text !== undefined) values.push([column.name, text === null ? null : this.encoders.of(column.typeOid)(text)])
    }
    return Object.fromEntries(values)
  }
}
