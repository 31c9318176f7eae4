// Random documents over random databases answer what plain SQL under SET ROLE says: see evaluate.ts. One caller's documents
// also run on a twin, a database that differs in rows hidden from that caller: it must not be able to tell.
// PLINTH_SEED repeats a run, PLINTH_GRAPHQL_DOCUMENTS makes it longer.
import { expect, it } from 'vitest'
import { seedOfRun } from '../../../query/test/property/random.ts'
import { Coverage, expectedOfQueries } from './coverage.ts'
import { makeQuery } from './make-query.ts'
import { runAtRandom } from './random-run.ts'

const total = Number(process.env['PLINTH_GRAPHQL_DOCUMENTS'] ?? 3_000)

it(`${total} random documents mean what they say (seed ${seedOfRun()})`, { timeout: 60_000 + total * 120 }, async () => {
  const coverage = new Coverage(expectedOfQueries)
  const { differences, sent, answered, hidden } = await runAtRandom({
    total,
    perWorld: 200,
    atOnce: 8,
    hidden: 'rows',
    coverage,
    make: makeQuery,
    compare: (comparison, query) => comparison.query(query),
  })
  console.log(
    `differential test: seed ${seedOfRun()}, ${sent} documents, ${answered} answered with data, ${hidden} hidden differences\n${coverage.table()}`,
  )
  expect(differences.join('\n\n')).toBe('')
  expect(hidden).toBeGreaterThan(0)
  expect(answered / sent).toBeGreaterThan(0.8)
  if (total >= 2_500) expect(coverage.missing()).toEqual([])
})
