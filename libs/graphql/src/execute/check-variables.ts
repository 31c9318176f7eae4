// Validation of variables, which may hold very many rows.
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Variables } from '../plan/inputs.ts'
import { withSampledRows } from '../plan/writes/row-samples.ts'
import type { DeclaredVariable } from '../plan/shapes.ts'
import { type TextLimits, validateVariables } from './validation.ts'

/** Refuses variables that do not fit their types. Of many rows a sample is validated, and all of them only to say which one is wrong. */
export function checkVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  declared: readonly DeclaredVariable[],
  variables: Variables,
  rules: Pick<TextLimits, 'introspection'>,
): void {
  const sampled = withSampledRows(declared, variables)
  try {
    validateVariables(schema, operation, sampled, rules)
  } catch (error) {
    if (sampled !== variables) validateVariables(schema, operation, variables, rules)
    throw error
  }
}
