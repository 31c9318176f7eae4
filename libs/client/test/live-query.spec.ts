import { expect, it } from 'vitest'
import { createClient } from '../src/index.ts'
import { RecordingServer } from './recording-server.ts'

const events = { 'content-type': 'text/event-stream; charset=utf-8' }
const next = (data: unknown) => `event: next\ndata: ${JSON.stringify({ data })}\n\n`
const complete = 'event: complete\n\n'

/** Runs a subscription to its end and tells what the observer heard. */
async function heard(url: string, variables?: () => Record<string, unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  await new Promise<void>((resolve) => {
    createClient(url, 'key', { auth: { persistSession: false } }).subscribe(
      'subscription { list { name } }',
      {
        next: (data) => seen.push(data),
        error: (errors) => {
          seen.push(errors)
          resolve()
        },
        complete: resolve,
      },
      variables,
    )
  })
  return seen
}

it('hands on each answer, comes back after a broken connection with new variables, and ends when the server does', async () => {
  let connections = 0
  await using server = await RecordingServer.start(() => {
    connections += 1
    if (connections === 1) return { headers: events, body: `: hello\n\n${next({ n: 1 })}event: next\ndata: {"da` }
    if (connections === 2) return { status: 503, body: { message: 'restarting' } }
    return { headers: events, body: next({ n: 2 }) + complete }
  })
  let asked = 0
  expect(await heard(server.url, () => ({ from: asked++ }))).toEqual([{ n: 1 }, { n: 2 }])
  expect(server.requests.map(({ body }) => (JSON.parse(body) as { variables: unknown }).variables)).toEqual([
    { from: 0 },
    { from: 1 },
    { from: 2 },
  ])
  expect(server.last).toMatchObject({ method: 'POST', path: '/graphql/v1', headers: { accept: 'text/event-stream', apikey: 'key' } })
})

it('ends with the errors of a document that the server refuses, in whichever way it says so', async () => {
  const errors = [{ message: "field 'lisst' not found", extensions: { code: 'validation-failed' } }]
  for (const answer of [
    { headers: events, body: `event: next\ndata: ${JSON.stringify({ errors })}\n\n${complete}` },
    { body: { errors } },
    { status: 400, body: { errors } },
  ]) {
    await using server = await RecordingServer.start(() => answer)
    expect(await heard(server.url)).toEqual([errors])
    expect(server.requests).toHaveLength(1)
  }
})
