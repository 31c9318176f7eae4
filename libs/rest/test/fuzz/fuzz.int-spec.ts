// Grammar-near garbage in every position of a request, over real sockets: nothing crashes, hangs, answers 5xx, changes
// the schema, or writes without a right. PLINTH_FUZZ_SECONDS makes it longer, PLINTH_SEED repeats a run.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { keys, startRest, tokenOf, users } from '../rest-server.ts'
import { Random, seedOfRun } from '../../../query/test/property/random.ts'
import { bytesOf, commandOf, makeGarbage, type Garbage, type Tokens } from './make-garbage.ts'
import { isLimitOfPostgres } from './database-limits.ts'
import { RawConnection, type RawAnswer } from './raw-connection.ts'
import { catalogHash, LoopWatch, rowsHash } from '../../../query/test/fuzz/watch.ts'

const seconds = Number(process.env['PLINTH_FUZZ_SECONDS'] ?? 25)
const seed = seedOfRun()
const schema = readFileSync(new URL('../../../query/test/golden/schema.sql', import.meta.url), 'utf8')

const TIME_LIMIT_MS = 2_000
/** On top of the time limit: a busy machine answers late. */
const MARGIN_MS = 6_000
const GROWTH_BYTES_MAX = 300_000_000
const CONNECTIONS = 8
const BATCH = 400
const VIOLATIONS_MAX = 8

it(`${seconds} s of garbage break nothing (seed ${seed})`, { timeout: seconds * 1000 + 120_000 }, async () => {
  await using server = await startRest(schema, {
    rest: { aggregates: true, plans: true, txEnd: 'commit-allow-override' },
    database: { pools: { requestTimeoutMs: TIME_LIMIT_MS } },
  })
  await server.app.listen(0, '127.0.0.1')
  const { port } = server.app.getHttpServer().address() as AddressInfo
  const connections = Array.from({ length: CONNECTIONS }, () => new RawConnection(port, TIME_LIMIT_MS + MARGIN_MS))
  const tokens: Tokens = {
    users: { ann: tokenOf(users.ann), bob: tokenOf(users.bob) },
    service: keys.serviceKey,
    anon: keys.anonKey,
  }
  const violations: string[] = []
  const statuses = new Map<number, number>()
  const schemaBefore = await catalogHash(server.db)
  const loop = new LoopWatch(1_000)
  let sent = 0
  const one = async (connection: RawConnection, random: Random, mayWrite: boolean): Promise<void> => {
    const garbage = makeGarbage(random, tokens, mayWrite)
    const { fault, answer } = await attempt(connection, garbage)
    if (answer !== undefined) statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    if (fault !== undefined && violations.length < VIOLATIONS_MAX) violations.push(await describe(connection, garbage, fault))
  }
  const start = Date.now()
  let memoryBefore: number | undefined
  for (let batch = 0; Date.now() - start < seconds * 1000 && violations.length < VIOLATIONS_MAX; batch++) {
    const mayWrite = batch % 2 === 1
    const rows = mayWrite ? undefined : await rowsHash(server.db)
    await Promise.all(
      connections.map(async (connection, i) => {
        for (let n = i; n < BATCH; n += CONNECTIONS) await one(connection, new Random(seed * 7_919 + batch * BATCH + n), mayWrite)
      }),
    )
    sent += BATCH
    server.statements.length = 0
    if (rows !== undefined && rows !== (await rowsHash(server.db)))
      violations.push(`rows changed in batch ${batch}, in which nobody had a right to write`)
    if (Date.now() - start > seconds * 300) memoryBefore ??= process.memoryUsage().rss
  }
  loop.stop()
  for (const connection of connections) connection.close()
  const growth = process.memoryUsage().rss - (memoryBefore ?? process.memoryUsage().rss)
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
  console.log(
    `fuzzer: seed ${seed}, ${sent} requests in ${Math.round((Date.now() - start) / 1000)} s, ${counts.join(', ')}, ${Math.round(growth / 1e6)} MB grown`,
  )
  expect(violations.join('\n\n')).toBe('')
  expect(loop.blocks).toEqual([])
  expect(await catalogHash(server.db)).toBe(schemaBefore)
  expect(growth).toBeLessThan(GROWTH_BYTES_MAX)
  expect(sent).toBeGreaterThan(BATCH)
})

/** Sends it; says what is wrong with the answer, if anything is. */
async function attempt(connection: RawConnection, garbage: Garbage): Promise<{ fault?: string; answer?: RawAnswer }> {
  try {
    const answer = await connection.send(bytesOf(garbage), garbage.method === 'HEAD')
    // The HTTP parser hangs up on what is no HTTP.
    if (answer === undefined) return {}
    const fault = faultOf(garbage, answer)
    return fault === undefined ? { answer } : { answer, fault: `${fault}: ${answer.status} ${answer.body.slice(0, 600)}` }
  } catch (error) {
    return { fault: (error as Error).message }
  }
}

function faultOf(garbage: Garbage, { status, body, elapsedMs }: RawAnswer): string | undefined {
  if (Number.isNaN(status)) return 'an answer that is no HTTP'
  if (elapsedMs > TIME_LIMIT_MS + MARGIN_MS) return `answered after ${Math.round(elapsedMs)} ms`
  // Functions that make as many rows as they are asked for may meet the time limit: that is what it is for.
  const isSlowOnPurpose = /"code":"57014"/.test(body) && /^rpc\/(?:table_of|numbers)/.test(garbage.path)
  if (status >= 500 && !isSlowOnPurpose && !isLimitOfPostgres(body)) return 'a server error'
  if (body.includes('hush')) return 'a secret in the answer'
  if (body.includes('"code":"42601"') && !/tsquery|jsonpath/.test(body)) return 'SQL that Postgres cannot parse'
  if (status < 400 || garbage.method === 'HEAD') return undefined
  // Before any dialect: Node answers what is no HTTP, too many headers and unknown expectations, the router a path that does not decode.
  if (status === 417 || status === 431 || /"message":"Client Error"|"code":"FST_ERR_BAD_URL"/.test(body)) return undefined
  return hasFourKeys(body) ? undefined : 'an error without the four keys'
}

function hasFourKeys(body: string): boolean {
  try {
    const error = JSON.parse(body) as object
    return ['code', 'details', 'hint', 'message'].every((key) => Object.hasOwn(error, key))
  } catch {
    return false
  }
}

/** Drops whatever the fault does not need, and writes down the rest. */
async function describe(connection: RawConnection, garbage: Garbage, fault: string): Promise<string> {
  let best = garbage
  let said = fault
  for (let again = true, tries = 0; again && tries < 60;) {
    again = false
    for (const smaller of smallerThan(best)) {
      tries++
      const result = await attempt(connection, smaller)
      if (result.fault === undefined) continue
      best = smaller
      said = result.fault
      again = true
      break
    }
  }
  return `${said}\n${commandOf(best)}`
}

function* smallerThan(garbage: Garbage): Generator<Garbage> {
  for (const i of garbage.headers.keys()) yield { ...garbage, headers: garbage.headers.toSpliced(i, 1) }
  for (const i of garbage.parameters.keys()) yield { ...garbage, parameters: garbage.parameters.toSpliced(i, 1) }
  if (garbage.body !== undefined) yield { ...garbage, body: undefined }
}
