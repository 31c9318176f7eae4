import { z } from 'zod'
import { defineSettings } from '#libs/settings'

/** Settings of storage that an owner changes while the server runs. */
export const storageSettings = defineSettings(
  'storage',
  z.strictObject({
    uploadBytesMax: z
      .number()
      .int()
      .min(1)
      .max(5 * 1024 ** 4)
      .default(50 * 1024 * 1024)
      .describe('Largest object that any bucket takes, in bytes. A bucket may set a lower limit of its own.'),
  }),
)
