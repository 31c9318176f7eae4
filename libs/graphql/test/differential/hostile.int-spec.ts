// Hostile documents and variables in every position: always an answer, or an error in the dialect's shape with a code that
// is not `unexpected`; nothing hangs, nothing grows, no rows change. PLINTH_FUZZ_SECONDS makes it longer, PLINTH_SEED
// repeats a run.
import { expect, it } from 'vitest'
import { LoopWatch, rowsHash } from '../../../query/test/fuzz/watch.ts'
import { Random, seedOfRun } from '../../../query/test/property/random.ts'
import { withDefaults } from '../../src/graphql.options.ts'
import { type DocumentText, textOf } from './document-text.ts'
import { makeHostile } from './hostile-documents.ts'
import { makeMutation } from './make-mutation.ts'
import { makeQuery } from './make-query.ts'
import { makeWorld } from './make-world.ts'
import type { Caller } from './model.ts'
import { ExecutorOverUndo, principalOf, StartedWorld } from './started-world.ts'

const seconds = Number(process.env['PLINTH_FUZZ_SECONDS'] ?? 15)
const seed = seedOfRun()
const perWorld = 1_200
const violationsMax = 8
const GROWTH_BYTES_MAX = 300_000_000
/** A document has at most 10,000 tokens; checking one may keep the process busy for so long on a machine that does other things, too. */
const BUSY_MS_MAX = 2_000

it(`${seconds} s of hostile documents break nothing (seed ${seed})`, { timeout: seconds * 1_000 + 120_000 }, async () => {
  const violations = new Map<string, string>()
  const codes = new Map<string, number>()
  const loop = new LoopWatch(BUSY_MS_MAX)
  const start = Date.now()
  let memory: number | undefined
  let sent = 0
  for (let round = 0; Date.now() - start < seconds * 1_000 && violations.size < violationsMax; round++) {
    const random = new Random(seed + round)
    const world = makeWorld(random)
    await using started = await StartedWorld.start(world)
    const executor = new ExecutorOverUndo(started.database, started.catalog, withDefaults({}))
    const rows = await rowsHash(started.database)
    const table = world.relations[0]!.name
    for (let i = 0; i < perWorld && Date.now() - start < seconds * 1_000 && violations.size < violationsMax; i++) {
      const caller = random.pick(world.callers)
      const good = random.chance(60) ? makeQuery(random, world, caller) : makeMutation(random, world, caller)
      const text = makeHostile(random, good === undefined ? { query: '{ __typename }', variables: {} } : textOf(good), table)
      const { code, fault } = await attempt(executor, text, caller)
      sent += 1
      codes.set(code, (codes.get(code) ?? 0) + 1)
      // One of each kind is enough to read.
      if (fault !== undefined && !violations.has(fault.slice(0, 60)))
        violations.set(
          fault.slice(0, 60),
          `seed ${seed + round}: ${fault}\n${text.query.slice(0, 1_500)}\nas ${caller.name} ${JSON.stringify(text.variables).slice(0, 1_000)} ${text.operationName ?? ''}`,
        )
    }
    expect(await rowsHash(started.database)).toBe(rows)
    if (Date.now() - start > seconds * 400) memory ??= process.memoryUsage().rss
  }
  loop.stop()
  const growth = process.memoryUsage().rss - (memory ?? process.memoryUsage().rss)
  const counts = [...codes].toSorted(([, a], [, b]) => b - a).map(([code, count]) => `${code}: ${count}`)
  console.log(`hostile documents: seed ${seed}, ${sent} sent, ${counts.join(', ')}, ${Math.round(growth / 1e6)} MB grown`)
  expect([...violations.values()].join('\n\n')).toBe('')
  expect(loop.blocks).toEqual([])
  expect(growth).toBeLessThan(GROWTH_BYTES_MAX)
  expect(sent).toBeGreaterThan(seconds * 5)
})

/** Runs it; says what is wrong with the answer, if anything is. */
async function attempt(executor: ExecutorOverUndo, text: DocumentText, caller: Caller): Promise<{ code: string; fault?: string }> {
  try {
    const { text: answer, refusal } = await executor.run(text, principalOf(caller))
    if (answer !== undefined)
      return { code: 'answered', ...(isAnswer(answer) ? {} : { fault: `no JSON with data: ${answer.slice(0, 300)}` }) }
    const { code, message, path, status } = refusal!
    const said = `${code} ${status} at ${path}: ${message.slice(0, 200)} ${((refusal!.cause as Error | undefined)?.stack ?? '').slice(0, 500)}`
    if (code === 'unexpected' || status >= 500) return { code, fault: `a failure of the server: ${said}` }
    if (message === '' || message.length > 1_100 || !path.startsWith('$')) return { code, fault: `an error out of shape: ${said}` }
    return { code }
  } catch (error) {
    return { code: 'crash', fault: `not an error of the dialect: ${(error as Error).stack?.slice(0, 600)}` }
  }
}

function isAnswer(text: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(text) as object, 'data')
  } catch {
    return false
  }
}
