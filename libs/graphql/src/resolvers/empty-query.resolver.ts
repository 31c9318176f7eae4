import { Query, Resolver } from '@nestjs/graphql'

/** Name of a field that nobody sees. */
export const EMPTY_QUERY = 'plinth_no_resolvers'

/** GraphQL has no schema without a query, and an application may have resolvers of mutations only, or none. */
@Resolver()
export class EmptyQueryResolver {
  @Query(() => Boolean, { name: EMPTY_QUERY })
  nothing(): boolean {
    return false
  }
}
