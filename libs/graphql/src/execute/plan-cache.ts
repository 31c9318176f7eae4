// Plans by document: a hit does no parsing, validation or compilation. A document may have several plans, one for each
// shape of its variables; the cache of all dialects (libs/query) bounds documents and bytes and admits on second use.
import type { OperationDefinitionNode } from 'graphql'
import { PlanCache as Cache, planBytes } from '#libs/query'
import type { DeclaredVariable } from '../plan/shapes.ts'
import type { OperationPlan } from '../plan/plan-operation.ts'

/** What is known about a document under one role and catalog. */
export interface CachedDocument {
  readonly operation: OperationDefinitionNode['operation']
  readonly declared: readonly DeclaredVariable[]
  readonly literals: ReadonlySet<string>
  /** Names that the document and its variables have said so far: the types of `declared` know no others. */
  readonly names: ReadonlySet<string>
  readonly plans: Map<string, OperationPlan>
}

/** Bounds of the cache. */
export interface PlanCacheLimits {
  readonly documentsMax: number
  readonly bytesMax: number
  /** Plans of one document; a new shape beyond it drops the oldest. */
  readonly plansPerDocumentMax: number
}

/** Documents are long, and those of generated clients very long. */
const KEY_LENGTH_MAX = 262_144

/** Documents and their plans. Keys contain the role model's id: an old catalog's plans are never found, and leave by age. */
export class PlanCache {
  private readonly cache: Cache<CachedDocument>

  constructor(private readonly limits: PlanCacheLimits = { documentsMax: 2_000, bytesMax: 32_000_000, plansPerDocumentMax: 50 }) {
    this.cache = new Cache({ entriesMax: limits.documentsMax, bytesMax: limits.bytesMax, keyLengthMax: KEY_LENGTH_MAX })
  }

  find(key: string): CachedDocument | undefined {
    return this.cache.get(key)
  }

  /** Remembers a plan under its document; the document must have been asked for before. */
  add(key: string, document: Omit<CachedDocument, 'plans'>, shape: string, plan: OperationPlan): void {
    const known = this.cache.get(key)
    // A newly found literal variable, or a new key of a variable, changes what shapes mean: earlier plans are void.
    if (known === undefined || known.literals.size !== document.literals.size || known.names.size !== document.names.size) {
      this.cache.delete(key)
      this.cache.offer(key, { ...document, plans: new Map([[shape, plan]]) }, sizeOf(shape, plan))
      return
    }
    const { plans } = known
    let grown = sizeOf(shape, plan)
    const oldest = plans.size >= this.limits.plansPerDocumentMax ? plans.keys().next().value : undefined
    if (oldest !== undefined) {
      grown -= sizeOf(oldest, plans.get(oldest)!)
      plans.delete(oldest)
    }
    plans.set(shape, plan)
    this.cache.grow(key, grown)
  }

  /** Forgets the plans; documents that came before are kept again at once. */
  clear(): void {
    this.cache.clear()
  }

  /** Number of documents, for metrics and tests. */
  get size(): number {
    return this.cache.size
  }
}

function sizeOf(shape: string, plan: OperationPlan): number {
  const plans =
    plan.kind === 'query'
      ? [plan.plan]
      : plan.kind === 'mutation'
        ? plan.steps.flatMap((step) => (step.kind === 'constant' ? [] : step.statements.map((statement) => statement.plan)))
        : []
  return plans.reduce((sum, part) => sum + planBytes(part), 500 + shape.length * 2)
}
