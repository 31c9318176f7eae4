export { SERVICE_ROLE, type Principal } from './principal.ts'
export {
  accessTokenSecondsMax,
  PrincipalResolver,
  type ApiKeySource,
  type Credentials,
  type PrincipalResolverOptions,
  type VerificationKeySource,
} from './principal-resolver.ts'
export { jwtKeysOf } from './tokens/jwt-keys.ts'
export { signEs256, signHs256, type JwtAlgorithm, type VerificationKey } from './tokens/jwt.ts'
