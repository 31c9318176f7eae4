import { Get, Inject } from '@nestjs/common'
import { AuditLog } from '#libs/audit'
import { PlatformDatabase } from '#libs/postgres'
import { Admin, actorName, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { Keys, Project } from '../admin-api.types.ts'
import { CONSOLE_OPTIONS, type ConsoleOptions } from '../console.options.ts'

/** GET /project and GET /keys. */
@AdminController('')
export class ProjectController {
  constructor(
    @Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions,
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Get('project')
  async project(): Promise<Project> {
    const [facts] = await this.database.query<{ version: string; size: string }>(
      `select current_setting('server_version') as version, pg_catalog.pg_database_size(current_database())::text as size`,
    )
    const { anonKey, publishableKey } = this.options.keys()
    return {
      name: this.options.projectName ?? 'Plinth',
      version: this.options.version,
      url: this.options.publicUrl,
      graphqlUrl: `${this.options.publicUrl}/graphql/v1`,
      anonKey,
      publishableKey,
      database: { kind: this.options.databaseKind, version: facts!.version, sizeBytes: Number(facts!.size) },
      storage: { driver: this.options.storageDriver },
      startedAt: this.options.startedAt.toISOString(),
    }
  }

  @Get('keys')
  async keys(@Admin() { actor, requestId }: AdminContext): Promise<Keys> {
    const { anonKey, publishableKey, serviceKey, secretKey, databaseUrl, jwtSecret, s3AccessKey, s3SecretKey } = this.options.keys()
    await this.audit.append({ actor: actorName(actor), action: 'keys.read', requestId })
    return { anonKey, publishableKey, serviceKey, secretKey, databaseUrl, jwtSecret, s3AccessKey, s3SecretKey }
  }
}
