import { Body, Get, Inject, Param, Patch } from '@nestjs/common'
import { AuditLog } from '#libs/audit'
import { SettingsService, type SettingsDescription } from '#libs/settings'
import { Admin, actorName, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'

/** GET /settings, GET and PATCH /settings/:area. */
@AdminController('settings')
export class SettingsController {
  constructor(
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Get()
  areas(): string[] {
    return this.settings.areas()
  }

  @Get(':area')
  show(@Param('area') area: string): SettingsDescription {
    return this.settings.describe(area)
  }

  /** The names of what was changed are recorded, not the values: some are secrets. */
  @Patch(':area')
  async change(
    @Param('area') area: string,
    @Body() patch: unknown,
    @Admin() { actor, requestId }: AdminContext,
  ): Promise<SettingsDescription> {
    const changed = await this.settings.patch(area, patch)
    await this.audit.append({
      actor: actorName(actor),
      action: 'settings.change',
      target: area,
      detail: { fields: Object.keys(patch as object) },
      requestId,
    })
    return changed
  }
}
