import { z } from 'zod'
import { defineConfig } from '#libs/kernel'
import { ownerPassword } from './session/owner-password.ts'

/** The console's part of the environment: the owner of a first start without a browser. */
export const consoleConfig = defineConfig(
  'Console',
  z
    .object({
      PLINTH_OWNER_EMAIL: z
        .email('must be an e-mail address')
        .optional()
        .describe("E-mail of the console's owner; makes the owner at first start without a browser, together with PLINTH_OWNER_PASSWORD."),
      PLINTH_OWNER_PASSWORD: ownerPassword
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
