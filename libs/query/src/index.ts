export { baseType } from './base-type.ts'
export { compile, compileQueryDocument, documentOf, type CompileOptions, type QueryRoot, type RequestNode } from './compile.ts'
export { compileCallSteps } from './call-steps.ts'
export { compileMutationSteps } from './mutation-steps.ts'
export type { MutationAnswer } from './print/mutation-answers.ts'
export { compilePlanCount, explainOf, type ExplainOptions } from './explain.ts'
export { compileNestedInsert, type NestedOptions } from './nested-insert.ts'
export { NESTED_DEPTH_MAX } from './nested-levels.ts'
export { compileRelatedUpdate } from './related-update.ts'
export { unmatchedRows } from './print/nested-rows.ts'
export { isReadFromText } from './print/given-rows.ts'
export { isSliceable } from './print/mutation-slices.ts'
export { guardedRows, type RowGuard } from './print/row-guard.ts'
export { compileMatchCount, compileMatchPlaces, compileNewRows } from './matching-rows.ts'
export { planBytes, PlanCache, type PlanCacheLimits } from './plan-cache.ts'
export { relatedRowsExist } from './related-rows.ts'
export { computedLink, isUnique, linksOfRelation, manyToManyLinks, primaryKeyColumns, reverseLink, toOneLink } from './relationships.ts'
export type { NestedPlan, Plan, PlanColumn } from './plan.ts'
export type {
  DeleteNode,
  GivenRow,
  InsertNode,
  MutationNode,
  MutationPart,
  MutationSlice,
  NestedInsert,
  RelatedChange,
  RelatedUpdate,
  UpdateNode,
} from './mutation-tree.ts'
export type {
  AggregateCall,
  AggregatePart,
  AggregateReadNode,
  CallNode,
  FieldNode,
  FilterNode,
  FunctionArgumentValue,
  ConnectionReadNode,
  GroupReadNode,
  JsonPath,
  Operand,
  Operator,
  OrderNode,
  ReadableColumn,
  ReadNode,
  RelationshipLink,
  SpatialFunction,
  ValueNode,
} from './tree.ts'
