import type { JsonWebKey } from 'node:crypto'
import { z } from 'zod'
import { defineConfig } from '#libs/kernel'
import { jwkFault } from './tokens/jwt.ts'

const externalKeysMax = 50

const jwksText = z.string().transform((text, context): readonly JsonWebKey[] => {
  const keys = parseKeys(text)
  const faults =
    keys === undefined
      ? ['must be a JWKS: a JSON object whose "keys" is a list']
      : keys.length > externalKeysMax
        ? [`holds more than ${externalKeysMax} keys`]
        : keys.flatMap((key, index) => {
            const fault = jwkFault(key)
            return fault === undefined ? [] : [`key ${index + 1} ${fault}`]
          })
  for (const message of faults) context.addIssue({ code: 'custom', message })
  return faults.length > 0 ? z.NEVER : (keys as JsonWebKey[])
})

/** Configuration of identity: secrets and keys that tokens are verified with, and the anonymous role. */
export const identityConfig = defineConfig(
  'Identity',
  z.object({
    PLINTH_JWT_SECRET: z
      .string()
      .min(32, 'must have at least 32 characters')
      .optional()
      .describe(
        'HS256 secret that tokens and the anon and service keys may be signed with, at least 32 characters. Generated when not set.',
      ),
    PLINTH_JWT_JWKS: jwksText
      .optional()
      .describe(
        'Further public keys (a JWKS as JSON) that access tokens may be signed with, for example those of another identity provider.',
      ),
    PLINTH_API_ANON_ROLE: z
      .string()
      .default('anon')
      .describe('Role of requests without a token. Empty means none: such a request is answered with 401.'),
  }),
)

function parseKeys(text: string): unknown[] | undefined {
  try {
    const document = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(document?.keys) ? document.keys : undefined
  } catch {
    return undefined
  }
}
