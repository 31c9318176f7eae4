// Random mutations over random databases change exactly the rows, and answer exactly what plain SQL under SET ROLE does.
// PLINTH_GRAPHQL_SEED repeats a run, PLINTH_GRAPHQL_DOCUMENTS (a fourth of as many are mutations) makes it longer.
import { expect, it } from 'vitest'
import { Random } from '../../../query/test/property/random.ts'
import { Comparison } from './compare.ts'
import { makeMutation } from './make-mutation.ts'
import { Coverage, expectedOfMutations } from './coverage.ts'
import { makeWorld } from './make-world.ts'
import { StartedWorld } from './started-world.ts'
import { Twin } from './twin.ts'

const total = Math.ceil(Number(process.env['PLINTH_GRAPHQL_DOCUMENTS'] ?? 3_000) / 4)
const seed = Number(process.env['PLINTH_GRAPHQL_SEED'] ?? Date.now() % 1_000_000)
const perWorld = 75
const differencesMax = Number(process.env['PLINTH_GRAPHQL_DIFFERENCES'] ?? 5)

it(`${total} random mutations do what they say (seed ${seed})`, { timeout: 60_000 + total * 200 }, async () => {
  const differences: string[] = []
  const coverage = new Coverage(expectedOfMutations)
  let sent = 0
  let answered = 0
  let hidden = 0
  for (let round = 0; sent < total && differences.length < differencesMax; round++) {
    const random = new Random(seed + round)
    const world = makeWorld(random)
    await using started = await StartedWorld.start(world)
    const watcher = world.callers[round % 3]!
    await using twin = await Twin.start(random, world, watcher, 'values', started.catalog)
    hidden += twin.changes
    const comparison = new Comparison(started, twin)
    for (let i = 0; i < perWorld && sent < total && differences.length < differencesMax; i++) {
      const mutation = makeMutation(random, world, random.chance(55) ? watcher : random.pick(world.callers), new Set(coverage.missing()))
      if (mutation === undefined) continue
      sent++
      const result = await comparison.mutation(mutation)
      if (result.rows) answered++
      if (result.data !== undefined) coverage.answered(mutation, result.data)
      else coverage.add(`refused ${result.code}`)
      if (result.difference !== undefined) differences.push(`seed ${seed + round}: ${await comparison.describe(mutation)}`)
    }
  }
  console.log(
    `differential test of mutations: seed ${seed}, ${sent} mutations, ${answered} done, ${hidden} hidden differences\n${coverage.table()}`,
  )
  expect(differences.join('\n\n')).toBe('')
  expect(hidden).toBeGreaterThan(0)
  expect(answered / sent).toBeGreaterThan(0.3)
  if (total >= 700) expect(coverage.missing()).toEqual([])
})
