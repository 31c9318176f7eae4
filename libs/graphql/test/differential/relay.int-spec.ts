// Random documents at Relay's endpoint, held against plain SQL in the same way: pages from both ends by the cursors that the
// endpoint hands out, whole lists page by page, rows by their global id.
import { expect, it } from 'vitest'
import { seedOfRun } from '../../../query/test/property/random.ts'
import { Coverage, expectedOfRelay } from './coverage.ts'
import { makeRelayQuery } from './make-relay.ts'
import { runAtRandom } from './random-run.ts'

const total = Number(process.env['PLINTH_GRAPHQL_RELAY'] ?? 400)

it(`${total} random documents of Relay mean what they say (seed ${seedOfRun()})`, { timeout: 60_000 + total * 240 }, async () => {
  const coverage = new Coverage(expectedOfRelay)
  const { differences, sent, answered, hidden } = await runAtRandom({
    total,
    perWorld: 100,
    atOnce: 8,
    hidden: 'rows',
    coverage,
    make: makeRelayQuery,
    compare: (comparison, query) => comparison.query(query),
  })
  console.log(
    `differential test of Relay: seed ${seedOfRun()}, ${sent} documents, ${answered} answered with data, ${hidden} hidden differences\n${coverage.table()}`,
  )
  expect(differences.join('\n\n')).toBe('')
  expect(hidden).toBeGreaterThan(0)
  expect(answered / sent).toBeGreaterThan(0.8)
  if (total >= 400) expect(coverage.missing()).toEqual([])
})
