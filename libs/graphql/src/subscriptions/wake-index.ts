// Which followers a change wakes: all of the table, less those of whom it is proven that the row is none of theirs.
import type { RowChange } from '#libs/changes'
import { mayConcern, type RowGuards } from './row-guards.ts'

/** Somebody who reads again when a table changes. */
export interface Follower {
  /** Tables by `tableIdOf`; to each the guards of which all must hold for a change to matter. No guards: every change matters. */
  readonly follows: ReadonlyMap<string, readonly RowGuards[]>
}

interface TableIndex<F> {
  readonly always: Set<F>
  /** By column, by value of it. */
  readonly guarded: Map<string, Map<string, Set<F>>>
}

/** Followers by table, and by the value of a column where one is demanded. */
export class WakeIndex<F extends Follower> {
  private readonly tables = new Map<string, TableIndex<F>>()

  /** Enters a follower. */
  add(follower: F): void {
    for (const [tableId, guards] of follower.follows) {
      const table = this.tables.get(tableId) ?? { always: new Set<F>(), guarded: new Map<string, Map<string, Set<F>>>() }
      this.tables.set(tableId, table)
      const first = guards[0]
      if (first === undefined) table.always.add(follower)
      for (const { column, value } of first ?? []) {
        const values = table.guarded.get(column) ?? new Map<string, Set<F>>()
        table.guarded.set(column, values)
        const followers = values.get(value) ?? new Set()
        values.set(value, followers.add(follower))
      }
    }
  }

  /** Removes a follower. */
  delete(follower: F): void {
    for (const [tableId, guards] of follower.follows) {
      const table = this.tables.get(tableId)
      if (table === undefined) continue
      table.always.delete(follower)
      for (const { column, value } of guards[0] ?? []) {
        const values = table.guarded.get(column)
        const followers = values?.get(value)
        followers?.delete(follower)
        if (followers?.size === 0) values!.delete(value)
        if (values?.size === 0) table.guarded.delete(column)
      }
      if (table.always.size === 0 && table.guarded.size === 0) this.tables.delete(tableId)
    }
  }

  /** Those whom the change may concern. */
  concernedBy(change: RowChange): Set<F> {
    const found = new Set<F>()
    const table = this.tables.get(change.relation.tableId)
    if (table === undefined) return found
    for (const follower of table.always) found.add(follower)
    for (const [column, values] of table.guarded) {
      for (const value of valuesOf(change, column) ?? values.keys()) {
        for (const follower of values.get(value) ?? []) {
          const guards = follower.follows.get(change.relation.tableId)!
          if (guards.every((each) => mayConcern(each, change))) found.add(follower)
        }
      }
    }
    return found
  }
}

/** Old and new value of the column; undefined when one of them is not known. */
function valuesOf(change: RowChange, column: string): string[] | undefined {
  const rows =
    change.type === 'insert'
      ? [change.new]
      : change.type === 'update'
        ? [change.new, change.old]
        : change.type === 'delete'
          ? [change.old ?? change.key]
          : [null]
  const values: string[] = []
  for (const row of rows) {
    const value = row?.[column]
    if (value === undefined) return undefined
    if (value !== null) values.push(value)
  }
  return values
}
