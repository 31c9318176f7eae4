/** One error of a GraphQL answer. */
export interface GraphQLFailure {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: { readonly code?: string; readonly path?: string } & Readonly<Record<string, unknown>>
}
