// Random documents over random databases answer what plain SQL under SET ROLE says: see evaluate.ts. One caller's documents
// also run on a twin, a database that differs in rows hidden from that caller: it must not be able to tell.
// PLINTH_GRAPHQL_SEED repeats a run, PLINTH_GRAPHQL_DOCUMENTS makes it longer.
import { expect, it } from 'vitest'
import { Random } from '../../../query/test/property/random.ts'
import { Comparison } from './compare.ts'
import { makeQuery } from './make-query.ts'
import { Coverage, expectedOfQueries } from './coverage.ts'
import { makeWorld } from './make-world.ts'
import { StartedWorld } from './started-world.ts'
import { Twin } from './twin.ts'

const total = Number(process.env['PLINTH_GRAPHQL_DOCUMENTS'] ?? 3_000)
const seed = Number(process.env['PLINTH_GRAPHQL_SEED'] ?? Date.now() % 1_000_000)
const perWorld = 200
const differencesMax = Number(process.env['PLINTH_GRAPHQL_DIFFERENCES'] ?? 5)

it(`${total} random documents mean what they say (seed ${seed})`, { timeout: 60_000 + total * 60 }, async () => {
  const differences: string[] = []
  const coverage = new Coverage(expectedOfQueries)
  let sent = 0
  let answered = 0
  let hidden = 0
  for (let round = 0; sent < total && differences.length < differencesMax; round++) {
    const random = new Random(seed + round)
    const world = makeWorld(random)
    await using started = await StartedWorld.start(world)
    const watcher = world.callers[round % 3]!
    await using twin = await Twin.start(random, world, watcher, 'rows', started.catalog)
    hidden += twin.changes
    const comparison = new Comparison(started, twin)
    for (let i = 0; i < perWorld && sent < total && differences.length < differencesMax; i += 8) {
      const missing = new Set(coverage.missing())
      const queries = Array.from({ length: 8 }, () =>
        makeQuery(random, world, random.chance(55) ? watcher : random.pick(world.callers), missing),
      ).filter((query) => query !== undefined)
      sent += queries.length
      for (const result of await Promise.all(queries.map((query) => comparison.query(query)))) {
        if (result.rows) answered++
        if (result.data !== undefined) coverage.answered(result.operation, result.data)
        if (result.difference !== undefined) differences.push(`seed ${seed + round}: ${await comparison.describe(result.operation)}`)
      }
    }
  }
  console.log(
    `differential test: seed ${seed}, ${sent} documents, ${answered} answered with data, ${hidden} hidden differences\n${coverage.table()}`,
  )
  expect(differences.join('\n\n')).toBe('')
  expect(hidden).toBeGreaterThan(0)
  expect(answered / sent).toBeGreaterThan(0.8)
  if (total >= 2_500) expect(coverage.missing()).toEqual([])
})
