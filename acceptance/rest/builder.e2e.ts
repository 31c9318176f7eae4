// Every method of the unmodified client, against the real server.
import { describe, expect, it } from 'vitest'
import { describeFilters } from './builder/filters.ts'
import { describeQueries } from './builder/queries.ts'
import { builderMethods, recordCalls } from './builder/recorder.ts'
import { describeRpc } from './builder/rpc.ts'
import { describeTransforms } from './builder/transforms.ts'
import { fixture } from './fixture.ts'

const called = recordCalls()

describe(`postgrest-js on ${fixture.database}`, () => {
  describeQueries()
  describeFilters()
  describeTransforms()
  describeRpc()

  it('has no method that no test here calls', () => {
    expect(builderMethods.length).toBeGreaterThan(50)
    expect(builderMethods.filter((method) => !called.has(method))).toEqual([])
  })
})
