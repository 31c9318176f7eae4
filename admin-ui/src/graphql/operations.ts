// What is in a document, as far as it can be read.
import { Kind, type OperationDefinitionNode, parse } from 'graphql'

/** One operation of a document. */
export interface DocumentOperation {
  readonly name: string | undefined
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly from: number
  readonly to: number
  readonly node: OperationDefinitionNode
}

/** The operations in their order; undefined while the text is no document. */
export function operationsOf(text: string): DocumentOperation[] | undefined {
  try {
    return parse(text).definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION
        ? [{ name: node.name?.value, kind: node.operation, from: node.loc?.start ?? 0, to: node.loc?.end ?? 0, node }]
        : [],
    )
  } catch {
    return undefined
  }
}

/** The operation that a place belongs to: the one around it, else the last one before it. */
export function operationAt(operations: readonly DocumentOperation[], place: number): DocumentOperation | undefined {
  return operations.find(({ from, to }) => from <= place && place <= to) ?? operations.findLast(({ to }) => to < place) ?? operations[0]
}

/** A short name for a tab. Works on half-written text too. */
export function titleOf(text: string): string {
  const bare = text.replace(/#[^\n]*/g, '')
  const named = /\b(?:query|mutation|subscription)\s+(\w+)/.exec(bare)?.[1]
  return named ?? /\{\s*(\w+)/.exec(bare)?.[1] ?? 'Untitled'
}
