import { expect, it } from 'vitest'
import { wantsEventStream, wantsGraphqlResponse } from './media-type.ts'

it('events are for those who ask for them alone or rather: urql names them beside JSON with every query', () => {
  expect(wantsEventStream('text/event-stream')).toBe(true)
  expect(wantsEventStream('text/event-stream, multipart/mixed')).toBe(true)
  expect(wantsEventStream('application/json;q=0.5, text/event-stream')).toBe(true)
  expect(wantsEventStream('application/graphql-response+json, application/json, text/event-stream, multipart/mixed')).toBe(false)
  expect(wantsEventStream('application/json, text/event-stream;q=0')).toBe(false)
  expect(wantsEventStream('*/*')).toBe(false)
  expect(wantsEventStream(undefined)).toBe(false)
})

it('the newer media type is for those who do not prefer JSON', () => {
  expect(wantsGraphqlResponse('application/graphql-response+json, application/json;q=0.9')).toBe(true)
  expect(wantsGraphqlResponse('application/json, application/graphql-response+json;q=0.9')).toBe(false)
  expect(wantsGraphqlResponse('application/json')).toBe(false)
})
