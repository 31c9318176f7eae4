// Random operations over random databases, each held against what is due: the loop that queries and mutations share.
import { Random, goesOn, seedOfRun } from '../../../query/test/property/random.ts'
import { Comparison, type Result } from './compare.ts'
import { Coverage } from './coverage.ts'
import { makeWorld } from './make-world.ts'
import type { Caller, Operation, World } from './model.ts'
import { StartedWorld } from './started-world.ts'
import { Twin } from './twin.ts'

const differencesMax = Number(process.env['PLINTH_GRAPHQL_DIFFERENCES'] ?? 5)

export interface RandomRun<T extends Operation> {
  readonly total: number
  readonly perWorld: number
  /** How many run side by side. */
  readonly atOnce: number
  /** What the twin of each database differs in. */
  readonly hidden: 'rows' | 'values'
  readonly coverage: Coverage
  make(random: Random, world: World, caller: Caller, missing: ReadonlySet<string>): T | undefined
  compare(comparison: Comparison, operation: T): Promise<Result>
}

export interface RunReport {
  readonly differences: string[]
  sent: number
  answered: number
  /** How many rows or values the twins differed in. */
  hidden: number
}

export async function runAtRandom<T extends Operation>(run: RandomRun<T>): Promise<RunReport> {
  const report: RunReport = { differences: [], sent: 0, answered: 0, hidden: 0 }
  const isOver = () => report.differences.length >= differencesMax || !goesOn(report.sent, run.total, run.coverage.missing())
  for (let seed = seedOfRun(); !isOver(); seed++) await oneWorld(run, seed, report, isOver)
  return report
}

async function oneWorld<T extends Operation>(run: RandomRun<T>, seed: number, report: RunReport, isOver: () => boolean): Promise<void> {
  const random = new Random(seed)
  const world = makeWorld(random)
  await using started = await StartedWorld.start(world)
  const watcher = world.callers[seed % 3]!
  await using twin = await Twin.start(random, world, watcher, run.hidden, started.catalog)
  report.hidden += twin.changes
  const comparison = new Comparison(started, twin)
  for (let i = 0; i < run.perWorld && !isOver(); i += run.atOnce) {
    const missing = new Set(run.coverage.missing())
    const operations = Array.from({ length: run.atOnce }, () =>
      run.make(random, world, random.chance(55) ? watcher : random.pick(world.callers), missing),
    ).filter((operation) => operation !== undefined)
    report.sent += operations.length
    for (const result of await Promise.all(operations.map((operation) => run.compare(comparison, operation)))) {
      if (result.rows) report.answered++
      if (result.data !== undefined) run.coverage.answered(result.operation, result.data)
      else if (result.code !== undefined) run.coverage.add(`refused ${result.code}`)
      for (const note of result.notes ?? []) run.coverage.add(note)
      if (result.difference !== undefined) report.differences.push(`seed ${seed}: ${await comparison.describe(result.operation)}`)
    }
  }
}
