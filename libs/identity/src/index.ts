export { SERVICE_ROLE, type Principal } from './principal.ts'
export {
  accessTokenSecondsMax,
  PrincipalResolver,
  type ApiKeySource,
  type Credentials,
  type FoundApiKey,
  type PrincipalResolverOptions,
  type VerificationKeySource,
} from './principal-resolver.ts'
export { identityConfig } from './identity.config.ts'
export { IdentityModule, jwtSecretName, PROJECT_KEYS, type IdentityModuleOptions, type ProjectKeys } from './identity.module.ts'
export { ApiKeys, type ApiKeyInfo, type ApiKeyKind, type SecretStore } from './keys/api-keys.ts'
export { SigningKeys, type SigningKeyInfo, type SigningKeyState } from './keys/signing-keys.ts'
export { RateLimiter, type RateDecision, type RateLimit } from './limits/rate-limiter.ts'
export { hashPassword, PasswordHasher, verifyPassword, type PasswordHasherLimits } from './passwords/password-hasher.ts'
export { jwtKeysOf } from './tokens/jwt-keys.ts'
export { signEs256, signHs256, type JwtAlgorithm, type VerificationKey } from './tokens/jwt.ts'
export { TokenSigner, type SignedToken, type TokenSignerOptions } from './tokens/token-signer.ts'
