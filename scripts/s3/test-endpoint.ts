// Where tests find a real S3 server: PLINTH_TEST_S3_* of the environment, else what scripts/ci-services.mjs noted.
import { readFile } from 'node:fs/promises'

/** A server to test against. */
export interface TestS3 {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
}

const noted = new URL('../../.build/s3.json', import.meta.url)

/** The server, when one answers; else the reason why there is none, for `S3 left out: …`. */
export async function findTestS3(environment: NodeJS.ProcessEnv = process.env): Promise<TestS3 | string> {
  const given = environment.PLINTH_TEST_S3_ENDPOINT
  if (given !== undefined && given !== '') {
    const accessKey = environment.PLINTH_TEST_S3_ACCESS_KEY
    const secretKey = environment.PLINTH_TEST_S3_SECRET_KEY
    if (!accessKey || !secretKey) throw new Error('PLINTH_TEST_S3_ENDPOINT is set without _ACCESS_KEY and _SECRET_KEY')
    return { endpoint: given, accessKey, secretKey }
  }
  const text = await readFile(noted, 'utf8').catch(() => undefined)
  if (text === undefined) return 'PLINTH_TEST_S3_ENDPOINT is not set and scripts/ci-services.mjs has started no server'
  const server = JSON.parse(text) as TestS3
  try {
    await (await fetch(server.endpoint, { signal: AbortSignal.timeout(2_000) })).arrayBuffer()
    return server
  } catch {
    return `the server at ${server.endpoint}, noted by scripts/ci-services.mjs, does not answer any more`
  }
}
