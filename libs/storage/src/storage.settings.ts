import { z } from 'zod'
import { defineSettings } from '#libs/settings'

/** Bytes of one object where nobody set a limit: 50 MiB, as clients of this dialect expect. */
export const uploadBytesMaxDefault = 50 * 1024 * 1024

/** Settings of storage that an owner changes while the server runs. */
export const storageSettings = defineSettings(
  'storage',
  z.strictObject({
    uploadBytesMax: z
      .number()
      .int()
      .min(1)
      .max(5 * 1024 ** 4)
      .default(uploadBytesMaxDefault)
      .describe('Largest object that any bucket takes, in bytes. A bucket may set a lower limit of its own.'),
  }),
)
