import { Body, Get, HttpCode, Inject, Post, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { PlatformDatabase } from '#libs/postgres'
import { Admin, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { UserMigration } from '../admin-api.types.ts'
import { closedSignal } from '../wire/closed-signal.ts'
import { parseInput } from '../wire/parse-input.ts'
import { ApplyMigration, migrationInput } from './apply-migration.ts'

/** GET and POST /migrations: what `plinth migrate` talks to. */
@AdminController('migrations')
export class MigrationsController {
  constructor(
    @Inject(ApplyMigration) private readonly applyMigration: ApplyMigration,
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
  ) {}

  @Get()
  async list(): Promise<UserMigration[]> {
    const rows = await this.database.query<{ name: string; checksum: string; applied_at: Date | string }>(
      'select name, checksum, applied_at from plinth.user_migrations order by applied_at, name',
    )
    return rows.map(({ name, checksum, applied_at }) => ({ name, checksum, appliedAt: new Date(applied_at).toISOString() }))
  }

  @Post()
  @HttpCode(200)
  async apply(
    @Body() body: unknown,
    @Admin() admin: AdminContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserMigration> {
    return this.applyMigration.run(parseInput(migrationInput, body), admin, closedSignal(reply))
  }
}
