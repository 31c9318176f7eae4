export { arrayLiteral, type ArrayItem } from './array-literal.ts'
export { compile, compileQueryDocument, type CompileOptions, type QueryRoot, type RequestNode } from './compile.ts'
export { compileMutationSteps } from './mutation-steps.ts'
export type { MutationAnswer } from './print/mutation-answers.ts'
export { compilePlanCount, explainOf, type ExplainOptions } from './explain.ts'
export { compileNestedInsert, NESTED_DEPTH_MAX, type NestedOptions } from './nested-insert.ts'
export { unmatchedRows } from './print/nested-rows.ts'
export { isSliceable } from './print/mutation-slices.ts'
export { guardedRows, type RowGuard } from './print/row-guard.ts'
export { compileMatchCount, compileMatchPlaces, compileNewRows } from './matching-rows.ts'
export { planBytes, PlanCache, type PlanCacheLimits } from './plan-cache.ts'
export { relatedRowsExist } from './related-rows.ts'
export { computedLink, isUnique, linksOfRelation, manyToManyLinks, primaryKeyColumns, reverseLink, toOneLink } from './relationships.ts'
export type { NestedPlan, Plan, PlanColumn } from './plan.ts'
export type { DeleteNode, InsertNode, MutationNode, MutationPart, MutationSlice, NestedInsert, UpdateNode } from './mutation-tree.ts'
export type {
  AggregateCall,
  AggregatePart,
  AggregateReadNode,
  CallNode,
  FieldNode,
  FilterNode,
  JsonPath,
  Operand,
  Operator,
  OrderNode,
  ReadableColumn,
  ReadNode,
  RelationshipLink,
  ValueNode,
} from './tree.ts'
