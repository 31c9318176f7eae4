export { arrayLiteral, type ArrayItem } from './array-literal.ts'
export { compile, compileMutation, compileQueryDocument, type CompileOptions, type QueryRoot } from './compile.ts'
export { compilePlanCount, explainOf, type ExplainOptions } from './explain.ts'
export { compileNestedInsert, NESTED_DEPTH_MAX, type NestedOptions } from './nested-insert.ts'
export { unmatchedRows } from './print/nested-rows.ts'
export { isSliceable } from './print/mutation-slices.ts'
export { guardedRows, type RowGuard } from './print/row-guard.ts'
export { compileMatchCount, compileMatchPlaces, compileNewRows } from './matching-rows.ts'
export { planBytes, PlanCache, type PlanCacheLimits } from './plan-cache.ts'
export { relatedRowsExist } from './related-rows.ts'
export { computedLink, isUnique, linksOfRelation, manyToManyLinks, primaryKeyColumns, reverseLink, toOneLink } from './relationships.ts'
export type {
  AggregateCall,
  AggregatePart,
  AggregateReadNode,
  CallNode,
  DeleteNode,
  FieldNode,
  FilterNode,
  InsertNode,
  JsonPath,
  MutationNode,
  MutationPart,
  MutationSlice,
  NestedInsert,
  NestedPlan,
  Operand,
  Operator,
  OrderNode,
  Plan,
  PlanColumn,
  ReadableColumn,
  ReadNode,
  RelationshipLink,
  RequestNode,
  UpdateNode,
  ValueNode,
} from './tree.ts'
