// GraphQL over HTTP as its specification has it: graphql-http's own audits, each one a test. What the specification only
// allows (MAY) holds too.
import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.[Symbol.asyncDispose]())

describe('graphql-http’s audit of /graphql/v1', () => {
  const audits = serverAudits({ url: () => server.graphqlUrl })

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
    const result = await audit.fn()
    if (result.status === 'ok') return
    expect.fail(`${result.status}: ${result.reason} (${result.response.status}, ${result.response.headers.get('content-type')})`)
  })

  it('has at least one audit of each requirement level', () => {
    const levels = audits.map(({ name }) => name.split(' ')[0])
    expect(new Set(levels)).toEqual(new Set(['MUST', 'SHOULD', 'MAY']))
  })
})
