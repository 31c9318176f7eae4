// Many users of several roles ask the same documents at once through one executor: each is answered for himself alone,
// whoever made the plan that is used. PLINTH_SEED repeats a run.
import { expect, it } from 'vitest'
import { Random, seedOfRun } from '../../../query/test/property/random.ts'
import { Comparison, gotOf } from './compare.ts'
import { makeQuery } from './make-query.ts'
import { callers, makeWorld } from './make-world.ts'
import type { Caller, Query } from './model.ts'
import { textOf } from './document-text.ts'
import { StartedWorld } from './started-world.ts'

const seed = seedOfRun()
const worlds = 3
const documents = 30
const asked = 1_500
const atOnce = 24

const owners = ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b', '11111111-2222-3333-4444-555555555555']
const orgs = [1, 2, 3, 5, -3, 0]
const users: readonly Caller[] = [
  ...owners.flatMap((sub, i) => orgs.map((org): Caller => ({ name: `user ${i} of ${org}`, role: 'authenticated', claims: { sub, org } }))),
  ...callers.filter(({ role }) => role !== 'authenticated'),
]

it(`no user is answered with another's rows, ${atOnce} at once (seed ${seed})`, { timeout: 240_000 }, async () => {
  let different = 0
  for (let round = 0; round < worlds; round++) {
    const random = new Random(seed + round)
    const world = makeWorld(random)
    await using started = await StartedWorld.start(world)
    const comparison = new Comparison(started)
    // A document is about what its role may see; all users of the role share its text and its variables.
    const shared = Array.from({ length: documents }, (_, i) => makeQuery(random, world, users[i % users.length]!)).filter(
      (query) => query !== undefined,
    )
    const due = new Map<string, Promise<string>>()
    const dueFor = (query: Query, caller: Caller): Promise<string> => {
      const key = `${shared.indexOf(query)} ${caller.name}`
      const found = due.get(key) ?? comparison.dueOf({ ...query, caller })
      due.set(key, found)
      return found
    }
    const wrong: string[] = []
    const ask = async (own: Random): Promise<void> => {
      const query = own.pick(shared)
      const caller = own.pick(users.filter(({ role }) => role === query.caller.role))
      const got = gotOf(query, await started.run({ ...query, caller }))
      const expected = await dueFor(query, caller)
      if (got !== expected) wrong.push(`${textOf(query).query} as ${caller.name}\ndue ${expected.slice(0, 500)}\ngot ${got.slice(0, 500)}`)
    }
    await Promise.all(
      Array.from({ length: atOnce }, async (_, worker) => {
        const own = new Random(seed * 31 + round * 1_009 + worker)
        for (let i = worker; i < asked / worlds; i += atOnce) await ask(own)
      }),
    )
    expect(wrong).toEqual([])
    for (const query of shared) {
      const answers = await Promise.all(users.filter(({ role }) => role === query.caller.role).map((caller) => dueFor(query, caller)))
      if (new Set(answers).size > 1) different += 1
    }
  }
  // Else the test could not tell one user from another.
  expect(different).toBeGreaterThan(worlds)
})
