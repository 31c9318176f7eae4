// Validation of variables, which may hold very many rows.
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Variables } from '../plan/inputs.ts'
import { withSampledRows } from '../plan/writes/row-samples.ts'
import type { DeclaredVariable } from '../plan/shapes.ts'
import { validateVariables } from './validation.ts'

/** Refuses variables that do not fit their types. Of many rows a sample is validated, and all of them only to say which one is wrong. */
export function checkVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  declared: readonly DeclaredVariable[],
  variables: Variables,
): void {
  const sampled = withSampledRows(declared, variables)
  try {
    validateVariables(schema, operation, sampled)
  } catch (error) {
    if (sampled !== variables) validateVariables(schema, operation, variables)
    throw error
  }
}
