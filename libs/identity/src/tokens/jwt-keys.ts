// The two API keys that are JWTs. Made from the secret alone, so every node and the command line know them.
import { SERVICE_ROLE } from '../principal.ts'
import { signHs256 } from './jwt.ts'

// 2026-01-01 to 2036-01-01, in Unix seconds: fixed, so that the keys do not change from start to start.
const issuedAt = 1_767_225_600
const expiresAt = 2_082_758_400

/** The anon key and the service key (HS256 JWTs) of a JWT secret. The same secret gives the same keys. */
export function jwtKeysOf(jwtSecret: string): { anonKey: string; serviceKey: string } {
  const keyOf = (role: string) => signHs256({ iss: 'plinth', role, iat: issuedAt, exp: expiresAt }, jwtSecret)
  return { anonKey: keyOf('anon'), serviceKey: keyOf(SERVICE_ROLE) }
}
