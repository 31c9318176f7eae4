import { describe, expect, it } from 'vitest'
import { readConfig } from '#libs/kernel'
import { blobConfig, s3OptionsOf } from './blob.config.ts'

const read = (environment: Record<string, string>) => s3OptionsOf(readConfig({ blob: blobConfig }, environment).blob)
const complete = {
  PLINTH_S3_ENDPOINT: 'http://minio:9000',
  PLINTH_S3_ACCESS_KEY: 'key',
  PLINTH_S3_SECRET_KEY: 'hunter2',
  PLINTH_S3_BUCKET: 'plinth',
}

describe('blobConfig', () => {
  it('means the disk when nothing is set', () => {
    expect(read({})).toBeUndefined()
  })

  it('gives the bucket, in us-east-1 unless a region is named', () => {
    expect(read(complete)).toEqual({
      endpoint: 'http://minio:9000',
      accessKey: 'key',
      secretKey: 'hunter2',
      bucket: 'plinth',
      region: 'us-east-1',
    })
    expect(read({ ...complete, PLINTH_S3_REGION: 'eu-1' })).toMatchObject({ region: 'eu-1' })
  })

  it('names every variable that is missing when some are set', () => {
    expect(() => read({ PLINTH_S3_ENDPOINT: 'http://minio:9000', PLINTH_S3_SECRET_KEY: 'hunter2' })).toThrow(
      /2 faults:\s+PLINTH_S3_ACCESS_KEY: is missing.*\s+PLINTH_S3_BUCKET: is missing/,
    )
    expect(() => read({ PLINTH_S3_REGION: 'eu-1' })).toThrow(/4 faults/)
  })
})
