import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { PrincipalResolver, SERVICE_ROLE } from '#libs/identity'
import { AppError } from '#libs/kernel'
import { authErrors } from '../auth.errors.ts'

function headersOf(context: ExecutionContext): { authorization: string | undefined; apikey: string | undefined } {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>()
  const apikey = headers['apikey']
  return { authorization: headers.authorization, apikey: typeof apikey === 'string' ? apikey : undefined }
}

/** A request may come without an API key; a key that is given has to be a good one, so that a revoked key stops working. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(@Inject(PrincipalResolver) private readonly resolver: PrincipalResolver) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { apikey } = headersOf(context)
    if (apikey === undefined || apikey === '') return true
    try {
      await this.resolver.resolve({ apikey })
    } catch (error) {
      // Where anonymous requests are refused for data, people must still be able to sign in.
      if (error instanceof AppError && error.code === 'anonymous_disabled') return true
      if (error instanceof AppError && error.status === 401) throw authErrors.api_key_refused({ cause: error })
      throw error
    }
    return true
  }
}

/** Only service_role: its JWT or a secret key, as Bearer or (without a Bearer) as apikey. */
@Injectable()
export class ServiceRoleGuard implements CanActivate {
  constructor(@Inject(PrincipalResolver) private readonly resolver: PrincipalResolver) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const credentials = headersOf(context)
    if (credentials.authorization === undefined && credentials.apikey === undefined) throw authErrors.no_authorization()
    const principal = await this.resolver.resolve(credentials)
    if (principal.role !== SERVICE_ROLE) throw authErrors.not_admin()
    return true
  }
}
