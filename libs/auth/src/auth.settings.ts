import { z } from 'zod'
import { accessTokenSecondsMax } from '#libs/identity'
import { defineSettings } from '#libs/settings'

const perFiveMinutes = (count: number, what: string) => z.number().int().min(1).max(1_000_000).default(count).describe(what)

/** Settings of auth that an owner changes while the server runs. */
export const authSettings = defineSettings(
  'auth',
  z.strictObject({
    signUpEnabled: z.boolean().default(true).describe('Whether people may sign up by themselves. An admin may always create users.'),
    emailEnabled: z.boolean().default(true).describe('Whether people may sign up and sign in with e-mail and password.'),
    emailAutoconfirm: z.boolean().default(true).describe('Whether an e-mail address counts as confirmed without a mail to it.'),
    anonymousEnabled: z.boolean().default(false).describe('Whether people may sign in without e-mail or phone, as anonymous users.'),
    passwordCharactersMin: z.number().int().min(6).max(128).default(6).describe('Least length of a new password, in characters.'),
    currentPasswordRequired: z.boolean().default(false).describe('Whether changing a password takes the current one.'),
    accessTokenSeconds: z.number().int().min(60).max(accessTokenSecondsMax).default(3600).describe('Life of an access token, in seconds.'),
    accessTokenAlgorithm: z
      .enum(['ES256', 'HS256'])
      .default('ES256')
      .describe('How access tokens are signed: ES256 (others verify them by the public JWKS) or HS256 (with the JWT secret).'),
    refreshReuseSeconds: z
      .number()
      .int()
      .min(0)
      .max(300)
      .default(10)
      .describe('How long a replaced refresh token may be presented again without ending the session, in seconds.'),
    rateLimits: z
      .strictObject({
        signInPerAccount: perFiveMinutes(30, 'Failed sign-ins per address and account in five minutes.'),
        signInPerAddress: perFiveMinutes(300, 'Failed sign-ins per address in five minutes, over all accounts.'),
        signUpPerAddress: perFiveMinutes(300, 'Sign-ups per address in five minutes.'),
        anonymousPerAddress: perFiveMinutes(30, 'Anonymous sign-ins per address in five minutes.'),
        refreshPerAccount: perFiveMinutes(150, 'Refreshed tokens per address and account in five minutes.'),
        passwordChangePerAccount: perFiveMinutes(30, 'Password changes per account in five minutes.'),
      })
      .prefault({})
      .describe('Limits on what strangers may try.'),
  }),
)
