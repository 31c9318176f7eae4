import { type DynamicModule, Inject, Module } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance } from 'fastify'
import { LOGGER, type Logger } from '#libs/kernel'
import { BearerStrategy, UserGuard } from './access/bearer.strategy.ts'
import { ApiKeyGuard, ServiceRoleGuard } from './access/key.guards.ts'
import { AdminUsersController } from './admin/admin-users.controller.ts'
import { AdminUsers } from './admin/admin-users.ts'
import { AUTH_OPTIONS, type AuthModuleOptions } from './auth.options.ts'
import { AuthErrorFilter } from './errors/auth-error.filter.ts'
import { shapeAuthRoutes } from './errors/auth-routes.ts'
import { AuthLimits } from './limits/auth-limits.ts'
import { JwksController, PublicController } from './public/public.controller.ts'
import { UnavailableController } from './public/unavailable.controller.ts'
import { RefreshSession } from './sessions/refresh-session.ts'
import { SessionIssuer } from './sessions/session-issuer.ts'
import { SessionRevocations } from './sessions/session-revocations.ts'
import { PasswordGrantGuard, PasswordStrategy } from './sign-in/password.strategy.ts'
import { TokenController } from './sign-in/token.controller.ts'
import { SignUpController } from './sign-up/sign-up.controller.ts'
import { SignUp } from './sign-up/sign-up.ts'
import { UpdateOwnUser } from './users/update-own-user.ts'
import { UserController } from './users/user.controller.ts'

/**
 * GoTrue's dialect under /auth/v1, and the JWKS at the root too. Needs the global modules of postgres, settings (with
 * {@link authSettings} among its areas) and identity, LOGGER, and Fastify as the HTTP adapter.
 */
@Module({})
export class AuthModule {
  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost, @Inject(LOGGER) logger: Logger) {
    shapeAuthRoutes(host.httpAdapter.getInstance<FastifyInstance>(), logger)
  }

  /** The module with its options. */
  static register(options: AuthModuleOptions): DynamicModule {
    return {
      module: AuthModule,
      controllers: [
        PublicController,
        JwksController,
        SignUpController,
        TokenController,
        UserController,
        AdminUsersController,
        UnavailableController,
      ],
      providers: [
        { provide: AUTH_OPTIONS, useValue: options },
        AuthErrorFilter,
        ApiKeyGuard,
        ServiceRoleGuard,
        UserGuard,
        PasswordGrantGuard,
        BearerStrategy,
        PasswordStrategy,
        AuthLimits,
        SessionIssuer,
        SessionRevocations,
        RefreshSession,
        SignUp,
        UpdateOwnUser,
        AdminUsers,
      ],
      exports: [SessionRevocations],
    }
  }
}
