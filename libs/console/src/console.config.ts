import { z } from 'zod'
import { defineConfig } from '#libs/kernel'

/** The console's part of the environment: the owner of a first start without a browser. */
export const consoleConfig = defineConfig(
  'Console',
  z
    .object({
      PLINTH_OWNER_EMAIL: z
        .email('must be an e-mail address')
        .optional()
        .describe("E-mail of the console's owner; makes the owner at first start without a browser, together with PLINTH_OWNER_PASSWORD."),
      PLINTH_OWNER_PASSWORD: z
        .string()
        .min(10, 'must have at least 10 characters')
        .max(256, 'must have at most 256 characters')
        .optional()
        .describe('Password of that owner, at least 10 characters. Used only while no owner exists.'),
    })
    .superRefine((values, context) => {
      const missing =
        values.PLINTH_OWNER_EMAIL === undefined
          ? values.PLINTH_OWNER_PASSWORD !== undefined && 'PLINTH_OWNER_EMAIL'
          : values.PLINTH_OWNER_PASSWORD === undefined && 'PLINTH_OWNER_PASSWORD'
      if (missing)
        context.addIssue({ code: 'custom', path: [missing], message: 'is needed too: owner e-mail and password belong together' })
    }),
)
