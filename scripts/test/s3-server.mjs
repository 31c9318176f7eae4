// The S3 server that scripts/ci-services.mjs started, if one did: its endpoint and keys as environment.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build/steps.mjs'

/** `PLINTH_TEST_S3_*` for the suites; empty, with a printed reason, when there is no server. */
export function findS3Server() {
  if (process.env.PLINTH_TEST_S3_ENDPOINT !== undefined) return {}
  try {
    const { endpoint, accessKey, secretKey } = JSON.parse(readFileSync(join(root, '.build/s3.json'), 'utf8'))
    return { PLINTH_TEST_S3_ENDPOINT: endpoint, PLINTH_TEST_S3_ACCESS_KEY: accessKey, PLINTH_TEST_S3_SECRET_KEY: secretKey }
  } catch {
    console.log(
      'S3 left out: no server is known (PLINTH_TEST_S3_ENDPOINT is not set and scripts/ci-services.mjs did not start one); objects are tested on disk only.',
    )
    return {}
  }
}
