// Random mutations over random databases change exactly the rows, and answer exactly what plain SQL under SET ROLE does.
// PLINTH_SEED repeats a run, PLINTH_GRAPHQL_DOCUMENTS (a fourth of as many are mutations) makes it longer.
import { expect, it } from 'vitest'
import { seedOfRun } from '../../../query/test/property/random.ts'
import { Coverage, expectedOfMutations } from './coverage.ts'
import { makeMutation } from './make-mutation.ts'
import { runAtRandom } from './random-run.ts'

const total = Math.ceil(Number(process.env['PLINTH_GRAPHQL_DOCUMENTS'] ?? 3_000) / 4)

it(`${total} random mutations do what they say (seed ${seedOfRun()})`, { timeout: 60_000 + total * 400 }, async () => {
  const coverage = new Coverage(expectedOfMutations)
  const { differences, sent, answered, hidden } = await runAtRandom({
    total,
    perWorld: 75,
    atOnce: 1,
    hidden: 'values',
    coverage,
    make: makeMutation,
    compare: (comparison, mutation) => comparison.mutation(mutation),
  })
  console.log(
    `differential test of mutations: seed ${seedOfRun()}, ${sent} mutations, ${answered} done, ${hidden} hidden differences\n${coverage.table()}`,
  )
  expect(differences.join('\n\n')).toBe('')
  expect(hidden).toBeGreaterThan(0)
  expect(answered / sent).toBeGreaterThan(0.3)
  if (total >= 700) expect(coverage.missing()).toEqual([])
})
