import type { JsonWebKey } from 'node:crypto'
import { Module, type DynamicModule } from '@nestjs/common'
import { LOGGER, randomToken, type Logger } from '#libs/kernel'
import { PlatformDatabase } from '#libs/postgres'
import { ApiKeys, type SecretStore } from './keys/api-keys.ts'
import { SigningKeys } from './keys/signing-keys.ts'
import { PasswordHasher, passwordHasher } from './passwords/password-hasher.ts'
import { PrincipalResolver } from './principal-resolver.ts'
import { jwtKeysOf } from './tokens/jwt-keys.ts'
import { importJwk } from './tokens/jwt.ts'
import { TokenSigner } from './tokens/token-signer.ts'

/** Options of {@link IdentityModule}. */
export interface IdentityModuleOptions {
  /** Where generated secrets are kept: the data folder. */
  readonly secrets: SecretStore
  /** PLINTH_JWT_SECRET; generated and kept in `secrets` when absent. */
  readonly jwtSecret?: string
  /** PLINTH_JWT_JWKS. */
  readonly externalKeys?: readonly JsonWebKey[]
  /** PLINTH_API_ANON_ROLE; empty means none. */
  readonly anonRole: string
  /** `iss` of access tokens: the public URL of the auth API. */
  readonly issuer: string
  /** Accepted values of `aud`; default `authenticated`. */
  readonly audiences?: readonly string[]
  /** Roles that a token may name beside anon, authenticated and service_role: those that the API login may take. */
  readonly isAllowedRole?: (role: string) => boolean
}

/** The four keys that clients use, and the secret behind the first two. */
export interface ProjectKeys {
  readonly jwtSecret: string
  readonly anonKey: string
  readonly serviceKey: string
}

/** Token of {@link ProjectKeys}; the opaque keys are at {@link ApiKeys.defaultKeys}. */
export const PROJECT_KEYS = Symbol('ProjectKeys')

/** Name of the generated JWT secret in the data folder. */
export const jwtSecretName = 'jwt_secret'

/**
 * Who is asking: PrincipalResolver, TokenSigner, SigningKeys, ApiKeys, PasswordHasher and PROJECT_KEYS, for every module.
 * Needs PlatformDatabase and LOGGER from global modules, and the platform's migrations applied.
 */
@Module({})
export class IdentityModule {
  /** The module with its options, global. */
  static register(options: IdentityModuleOptions): DynamicModule {
    const providers = [
      {
        provide: PROJECT_KEYS,
        useFactory: async (): Promise<ProjectKeys> => {
          const jwtSecret = options.jwtSecret ?? (await options.secrets.secret(jwtSecretName, () => randomToken(48)))
          return { jwtSecret, ...jwtKeysOf(jwtSecret) }
        },
      },
      {
        provide: SigningKeys,
        inject: [PlatformDatabase, LOGGER],
        useFactory: (database: PlatformDatabase, logger: Logger) => SigningKeys.open(database, logger),
      },
      {
        provide: ApiKeys,
        inject: [PlatformDatabase, LOGGER],
        useFactory: (database: PlatformDatabase, logger: Logger) => ApiKeys.open(database, options.secrets, logger),
      },
      {
        provide: PrincipalResolver,
        inject: [PROJECT_KEYS, SigningKeys, ApiKeys],
        useFactory: (keys: ProjectKeys, signingKeys: SigningKeys, apiKeys: ApiKeys) =>
          new PrincipalResolver({
            jwtSecret: keys.jwtSecret,
            anonRole: options.anonRole,
            issuer: options.issuer,
            audiences: options.audiences,
            isAllowedRole: options.isAllowedRole,
            externalKeys: (options.externalKeys ?? []).map((jwk) => importJwk(jwk, 'external')),
            signingKeys,
            apiKeys,
          }),
      },
      {
        provide: TokenSigner,
        inject: [PROJECT_KEYS, SigningKeys],
        useFactory: (keys: ProjectKeys, signingKeys: SigningKeys) =>
          new TokenSigner({ signingKeys, jwtSecret: keys.jwtSecret, issuer: options.issuer }),
      },
      { provide: PasswordHasher, useValue: passwordHasher },
    ]
    return {
      module: IdentityModule,
      global: true,
      providers,
      exports: [PROJECT_KEYS, SigningKeys, ApiKeys, PrincipalResolver, TokenSigner, PasswordHasher],
    }
  }
}
