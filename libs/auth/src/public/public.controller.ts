import { Controller, Get, Header, Inject, UseFilters } from '@nestjs/common'
import { SigningKeys } from '#libs/identity'
import { SettingsService } from '#libs/settings'
import { authPath } from '../auth-api.decorator.ts'
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.ts'
import { authSettings } from '../auth.settings.ts'
import { AuthErrorFilter } from '../errors/auth-error.filter.ts'

/** Providers that clients ask about; none is offered yet. */
const externalProviders =
  'apple azure bitbucket discord facebook figma fly github gitlab google kakao keycloak linkedin linkedin_oidc notion slack slack_oidc snapchat spotify twitch twitter workos x zoom'.split(
    ' ',
  )

/** What anybody may ask. */
@Controller(authPath)
@UseFilters(AuthErrorFilter)
export class PublicController {
  constructor(
    @Inject(SettingsService) private readonly settings: SettingsService,
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
  ) {}

  @Get('health')
  health(): object {
    return { version: this.options.version, name: 'GoTrue', description: 'Users and sessions of Plinth, in the dialect of GoTrue' }
  }

  @Get('settings')
  describe(): object {
    const settings = this.settings.get(authSettings)
    const external = Object.fromEntries(externalProviders.map((name) => [name, false]))
    return {
      external: { ...external, anonymous_users: settings.anonymousEnabled, email: settings.emailEnabled, phone: false },
      disable_signup: !settings.signUpEnabled,
      mailer_autoconfirm: settings.emailAutoconfirm,
      phone_autoconfirm: false,
      sms_provider: '',
      saml_enabled: false,
      passkeys_enabled: false,
    }
  }
}

/** The public keys, at both of their addresses. */
@Controller()
@UseFilters(AuthErrorFilter)
export class JwksController {
  constructor(@Inject(SigningKeys) private readonly signingKeys: SigningKeys) {}

  @Get(['.well-known/jwks.json', `${authPath}/.well-known/jwks.json`])
  @Header('cache-control', 'public, max-age=600')
  jwks(): object {
    return this.signingKeys.jwks()
  }
}
