// Plans by document: a hit does no parsing, validation or compilation. Bounded in entries and in characters, least
// recently used first out; a document is admitted when it comes a second time, so that a stream of documents that are
// all different throws nobody out.
import type { OperationDefinitionNode } from 'graphql'
import type { DeclaredVariable } from '../plan/shapes.ts'
import type { OperationPlan } from '../plan/plan-operation.ts'

/** What is known about a document under one role and catalog. */
export interface CachedDocument {
  readonly operation: OperationDefinitionNode['operation']
  readonly declared: readonly DeclaredVariable[]
  readonly literals: ReadonlySet<string>
  readonly plans: Map<string, OperationPlan>
}

/** Bounds of the cache. */
export interface PlanCacheLimits {
  readonly documentsMax: number
  readonly charactersMax: number
  /** Plans of one document; a new shape beyond it drops the oldest. */
  readonly plansPerDocumentMax: number
}

interface Slot {
  readonly document: CachedDocument
  size: number
}

/** Documents and their plans. Keys contain the role model's id: an old catalog's plans are never found, and leave by age. */
export class PlanCache {
  private readonly slots = new Map<string, Slot>()
  private readonly seenOnce = new Set<string>()
  private characters = 0

  constructor(private readonly limits: PlanCacheLimits = { documentsMax: 2_000, charactersMax: 16_000_000, plansPerDocumentMax: 50 }) {}

  find(key: string): CachedDocument | undefined {
    const slot = this.slots.get(key)
    if (slot === undefined) return undefined
    this.slots.delete(key)
    this.slots.set(key, slot)
    return slot.document
  }

  /** Remembers a plan under its document; the document must have been asked for before. */
  add(key: string, document: Omit<CachedDocument, 'plans'>, shape: string, plan: OperationPlan): void {
    let slot = this.slots.get(key)
    // A newly found literal variable changes what shapes mean: earlier plans of the document are void.
    if (slot !== undefined && slot.document.literals.size !== document.literals.size) {
      this.drop(key, slot)
      slot = undefined
    }
    if (slot === undefined) {
      if (!this.isAdmitted(key)) return
      slot = { document: { ...document, plans: new Map() }, size: key.length }
      this.slots.set(key, slot)
      this.characters += slot.size
    }
    const { plans } = slot.document
    const oldest = plans.size >= this.limits.plansPerDocumentMax ? plans.keys().next().value : undefined
    if (oldest !== undefined) this.grow(slot, -sizeOf(oldest, plans.get(oldest)!), () => plans.delete(oldest))
    this.grow(slot, sizeOf(shape, plan), () => plans.set(shape, plan))
    while (this.characters > this.limits.charactersMax || this.slots.size > this.limits.documentsMax) {
      const [first] = this.slots
      if (first === undefined) return
      this.drop(first[0], first[1])
    }
  }

  /** Number of documents, for metrics and tests. */
  get size(): number {
    return this.slots.size
  }

  private isAdmitted(key: string): boolean {
    if (this.seenOnce.delete(key)) return true
    this.seenOnce.add(key)
    const oldest = this.seenOnce.size > this.limits.documentsMax ? this.seenOnce.values().next().value : undefined
    if (oldest !== undefined) this.seenOnce.delete(oldest)
    return false
  }

  private grow(slot: Slot, by: number, change: () => void): void {
    slot.size += by
    this.characters += by
    change()
  }

  private drop(key: string, slot: Slot): void {
    this.slots.delete(key)
    this.characters -= slot.size
  }
}

function sizeOf(shape: string, plan: OperationPlan): number {
  const texts =
    plan.kind === 'query'
      ? [plan.plan.text]
      : plan.kind === 'mutation'
        ? plan.steps.flatMap((step) => ('plans' in step ? step.plans.map(({ text }) => text) : []))
        : []
  // A rough weight: the tree of nodes behind a parameter is larger than its text.
  return shape.length + texts.reduce((sum, text) => sum + text.length * 2, 500)
}
