import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common'
import { adminPath } from '../console.options.ts'
import { AdminErrorFilter } from '../wire/admin-error.filter.ts'
import { AdminGuard } from './admin-access.ts'

/** A controller of the admin API: its path below /admin/v1, behind the guard, with the one error renderer. */
export const AdminController = (path: string) =>
  applyDecorators(Controller(path === '' ? adminPath : `${adminPath}/${path}`), UseGuards(AdminGuard), UseFilters(AdminErrorFilter))
