// What the console asks of the GraphQL dialect. The composition provides it: libs of one tier do not know each other.
import type { GraphqlDocument, GraphqlDocumentInput, GraphqlExplanation } from '../admin-api.types.ts'

/** Token of {@link GraphqlAdmin}. */
export const GRAPHQL_ADMIN = Symbol('GraphqlAdmin')

/** The GraphQL dialect, for its owner. */
export interface GraphqlAdmin {
  /** Documents of the allow-list, oldest first. */
  list(): Promise<GraphqlDocument[]>
  /** Puts a document on the list; one that is there already gets the name. */
  add(input: GraphqlDocumentInput): Promise<GraphqlDocument>
  /** Takes a document from the list. */
  remove(hash: string): Promise<void>
  /** Explains an operation; what is wrong with it is refused in GraphQL's words. */
  explain(input: unknown): Promise<GraphqlExplanation[]>
}
