// The root fields of an operation one by one: what an owner sees of them.
import { OperationTypeNode } from 'graphql'
import type { Plan } from '#libs/query'
import { operationOfField, planningOf, planOperation, type PlanRequest } from './plan-operation.ts'
import { selectedFields } from './reads/selection.ts'

/** A root field with its statements, in the order they run; none for what is not in the database. */
export interface PlannedRootField {
  readonly field: string
  readonly plans: readonly Plan[]
}

/** Plans every root field as if it stood alone. */
export function planRootFields(request: PlanRequest): PlannedRootField[] {
  const { operation } = request
  // Fields of one subscription may only stand together.
  const alone = operation.operation === OperationTypeNode.SUBSCRIPTION ? { ...operation, directives: [] } : operation
  return selectedFields(planningOf(request), [operation.selectionSet], '$').map((field) => {
    const plan = planOperation({ ...request, operation: operationOfField(alone, field) })
    if (plan.kind === 'mutation')
      return {
        field: field.key,
        plans: plan.steps.flatMap((step) => (step.kind === 'constant' ? [] : step.statements.map((each) => each.plan))),
      }
    return { field: field.key, plans: 'plan' in plan ? [plan.plan] : [] }
  })
}
