import { type DynamicModule, Module } from '@nestjs/common'
import { GRAPHQL_ADMIN } from '#libs/console'
import { GraphqlOwnerApi } from '#libs/graphql'

/** Lets the console's API ask the GraphQL dialect. */
@Module({})
export class GraphqlAdminModule {
  static register(dialect: DynamicModule): DynamicModule {
    return {
      module: GraphqlAdminModule,
      global: true,
      imports: [dialect],
      providers: [{ provide: GRAPHQL_ADMIN, useExisting: GraphqlOwnerApi }],
      exports: [GRAPHQL_ADMIN],
    }
  }
}
