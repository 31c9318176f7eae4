// A request of one shape, ready to run again with other values.
import type { Plan, ValueNode } from '#libs/query'
import type { ValueRef } from '../resolve/values.ts'

/** How the answer to a plan looks. */
export interface Answer {
  readonly kind: 'read' | 'insert' | 'update' | 'delete' | 'call'
  /** Does the response have the body that the statement made? */
  readonly hasBody: boolean
  /** One object instead of an array: any other number of rows is PGRST116, and a write is undone. */
  readonly single: boolean
  readonly contentType: string
  /** Reads: index of the first row, for Content-Range. */
  readonly offset: number
  readonly ranged: boolean
  readonly preferenceApplied: string | undefined
  /** Sent when several schemas are exposed. */
  readonly contentProfile: string | undefined
  /** A write that was asked for a count: the changed rows are the total. */
  readonly countsChanges: boolean
  /** An upsert that changed rows only answers 200. */
  readonly merges: boolean
  /** Path and primary key columns of the Location header. */
  readonly location: { readonly path: string; readonly columns: readonly string[] } | undefined
  readonly isVoid: boolean
}

/** A compiled request. `statement` is undefined when there is nothing to do, such as an insert of no rows. */
export interface RestPlan {
  readonly statement: Plan | undefined
  readonly readOnly: boolean
  /** The result decides between commit and rollback, so it needs an explicit transaction. */
  readonly undoable: boolean
  readonly settings: readonly (readonly [string, string])[] | undefined
  readonly answer: Answer
}

/** The statement's values for one request. */
export function valuesOf(parameters: readonly ValueNode[], slots: readonly string[], body: string | undefined): (string | null)[] {
  const values: (string | null)[] = Array.from({ length: parameters.length })
  for (let i = 0; i < parameters.length; i++) {
    const node = parameters[i]!
    const ref = node.ref as ValueRef | undefined
    values[i] = ref === undefined ? node.value : ref.from === 'body' ? (body ?? node.value) : ref.make(slots)
  }
  return values
}

interface Entry {
  readonly plan: RestPlan
  used: boolean
}

/**
 * Plans by the key of their request's shape. Bounded: the oldest one that was not used since it was last passed over goes
 * first, so a hit is a read and nothing else.
 */
export class PlanCache {
  private readonly entries = new Map<string, Entry>()

  constructor(
    private readonly entriesMax: number,
    /** Longer keys belong to requests that nobody repeats. */
    private readonly keyLengthMax = 4_096,
  ) {}

  get size(): number {
    return this.entries.size
  }

  get(key: string): RestPlan | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    entry.used = true
    return entry.plan
  }

  set(key: string, plan: RestPlan): void {
    if (key.length > this.keyLengthMax) return
    if (this.entries.size >= this.entriesMax) this.evict()
    this.entries.set(key, { plan, used: false })
  }

  clear(): void {
    this.entries.clear()
  }

  private evict(): void {
    for (const [key, entry] of this.entries) {
      this.entries.delete(key)
      if (!entry.used) return
      entry.used = false
      this.entries.set(key, entry)
    }
  }
}
