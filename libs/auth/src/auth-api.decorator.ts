import { applyDecorators, Controller, UseFilters, UseGuards } from '@nestjs/common'
import { ApiKeyGuard } from './access/key.guards.ts'
import { AuthErrorFilter } from './errors/auth-error.filter.ts'

/** Where the auth API lives. */
export const authPath = 'auth/v1'

/** A controller below /auth/v1: errors in the auth dialect, and a given API key has to be good. */
export function AuthApi(path = '') {
  return applyDecorators(Controller(path === '' ? authPath : `${authPath}/${path}`), UseFilters(AuthErrorFilter), UseGuards(ApiKeyGuard))
}
