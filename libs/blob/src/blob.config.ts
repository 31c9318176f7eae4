import { z } from 'zod'
import { defineConfig, urlText } from '#libs/kernel'
import type { S3Options } from './s3/s3-blob-store.ts'

const required = ['PLINTH_S3_ENDPOINT', 'PLINTH_S3_ACCESS_KEY', 'PLINTH_S3_SECRET_KEY', 'PLINTH_S3_BUCKET'] as const

/** Where objects are kept. All S3 variables together or none of them: half an address is a mistake, not a wish for the disk. */
export const blobConfig = defineConfig(
  'Objects',
  z
    .object({
      PLINTH_S3_ENDPOINT: urlText(['http:', 'https:'])
        .optional()
        .describe('URL of the S3 server (MinIO, Ceph, AWS…) that keeps the objects. Without it they are files in PLINTH_DATA_DIR.'),
      PLINTH_S3_ACCESS_KEY: z.string().optional().describe('Access key of the S3 server.'),
      PLINTH_S3_SECRET_KEY: z.string().optional().describe('Secret key of the S3 server.'),
      PLINTH_S3_BUCKET: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be 3 to 63 small letters, digits, dots and hyphens')
        .optional()
        .describe('Bucket for the objects. It is made when it does not exist.'),
      PLINTH_S3_REGION: z
        .string()
        .optional()
        .describe('Region of the bucket. When not set us-east-1, which suits servers without regions.'),
    })
    .superRefine((values, context) => {
      if (Object.values(values).every((value) => value === undefined)) return
      for (const name of required) {
        if (values[name] !== undefined) continue
        context.addIssue({ code: 'custom', path: [name], message: 'is missing, while others of PLINTH_S3_* are set' })
      }
    }),
)

/** The S3 bucket that the configuration names; undefined means the disk. */
export function s3OptionsOf(values: z.output<typeof blobConfig.schema>): S3Options | undefined {
  const {
    PLINTH_S3_ENDPOINT: endpoint,
    PLINTH_S3_ACCESS_KEY: accessKey,
    PLINTH_S3_SECRET_KEY: secretKey,
    PLINTH_S3_BUCKET: bucket,
  } = values
  if (endpoint === undefined || accessKey === undefined || secretKey === undefined || bucket === undefined) return undefined
  return { endpoint, accessKey, secretKey, bucket, region: values.PLINTH_S3_REGION ?? 'us-east-1' }
}
