import { Module, type DynamicModule } from '@nestjs/common'
import { AuditModule } from '#libs/audit'
import { AdminAccess, AdminGuard } from './access/admin-access.ts'
import { AdminRoutes } from './access/admin-routes.ts'
import { AuditController } from './audit/audit.controller.ts'
import { CONSOLE_OPTIONS, type ConsoleOptions } from './console.options.ts'
import { GraphqlController } from './graphql/graphql.controller.ts'
import { ApplyMigration } from './migrations/apply-migration.ts'
import { MigrationsController } from './migrations/migrations.controller.ts'
import { CreatePolicy } from './policies/create-policy.ts'
import { DropPolicy } from './policies/drop-policy.ts'
import { ListPolicies } from './policies/list-policies.ts'
import { PoliciesController } from './policies/policies.controller.ts'
import { ProjectController } from './project/project.controller.ts'
import { RequestLog } from './requests/request-log.ts'
import { RequestsController } from './requests/requests.controller.ts'
import { ReadSchemaOverview } from './schema/schema-overview.ts'
import { SchemaController } from './schema/schema.controller.ts'
import { AttemptLimit } from './session/attempt-limit.ts'
import { ConsoleSessions } from './session/console-sessions.ts'
import { Owners } from './session/owners.ts'
import { SessionAnswers } from './session/session-answers.ts'
import { SessionController } from './session/session.controller.ts'
import { SignIn } from './session/sign-in.ts'
import { SettingsController } from './settings/settings.controller.ts'
import { SetupController } from './setup/setup.controller.ts'
import { SetupService } from './setup/setup.service.ts'
import { ConsoleSite } from './site/console-site.ts'
import { RunLongScript } from './sql/run-long-script.ts'
import { RunSql } from './sql/run-sql.ts'
import { SqlConnections } from './sql/sql-connections.ts'
import { SqlController } from './sql/sql.controller.ts'
import { AlterTable } from './tables/alter-table.ts'
import { CreateTable } from './tables/create-table.ts'
import { DropTable } from './tables/drop-table.ts'
import { OpenTable } from './tables/open-table.ts'
import { SchemaChanges } from './tables/schema-change.ts'
import { TableLookup } from './tables/table-facts.ts'
import { TablesController } from './tables/tables.controller.ts'
import { CreateToken } from './tokens/create-token.ts'
import { TokensController } from './tokens/tokens.controller.ts'
import { UnknownRouteController } from './wire/unknown-route.controller.ts'
import { AdminErrorFilter } from './wire/admin-error.filter.ts'

/**
 * The admin API and the console's files. PlatformDatabase, CatalogService, PrincipalResolver, TokenSigner, SettingsService,
 * LOGGER and CLOCK come from global modules of the composition. Runs on Fastify only.
 */
@Module({})
export class ConsoleModule {
  /** Serves the admin API and, where it was built, the console itself. */
  static register(options: ConsoleOptions): DynamicModule {
    return {
      module: ConsoleModule,
      imports: [AuditModule],
      // The last one takes what no other route below /admin/v1 does.
      controllers: [
        SetupController,
        SessionController,
        ProjectController,
        SchemaController,
        SqlController,
        TablesController,
        PoliciesController,
        SettingsController,
        GraphqlController,
        AuditController,
        RequestsController,
        MigrationsController,
        TokensController,
        UnknownRouteController,
      ],
      providers: [
        { provide: CONSOLE_OPTIONS, useValue: options },
        AdminAccess,
        AdminGuard,
        AdminRoutes,
        AdminErrorFilter,
        ConsoleSite,
        RequestLog,
        AttemptLimit,
        ConsoleSessions,
        Owners,
        SessionAnswers,
        SignIn,
        SetupService,
        SqlConnections,
        RunSql,
        RunLongScript,
        ApplyMigration,
        ReadSchemaOverview,
        SchemaChanges,
        TableLookup,
        CreateTable,
        AlterTable,
        DropTable,
        OpenTable,
        CreatePolicy,
        DropPolicy,
        ListPolicies,
        CreateToken,
      ],
      exports: [SetupService, RequestLog],
    }
  }
}
