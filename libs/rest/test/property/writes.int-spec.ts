// Random writes over random schemas leave exactly the rows, and answer exactly what plain SQL under the same role gives.
// PLINTH_SEED repeats a run, PLINTH_PROPERTY_REQUESTS (a twentieth of them are writes) makes it longer.
import { expect, it } from 'vitest'
import { signHs256 } from '#libs/identity'
import { jwtSecret, startRest, type RestServer } from '../rest-server.ts'
import { evaluateRows } from './evaluate.ts'
import { parseExact } from '../../../query/test/property/exact-json.ts'
import { canonicalRows } from './canonical-rows.ts'
import { makeSchema } from './make-schema.ts'
import { makeWrite, writeText } from './make-write.ts'
import type { Caller, WriteRequest } from './model.ts'
import { Random, seedOfRun } from '../../../query/test/property/random.ts'
import { RowOracle } from './row-oracle.ts'
import { contentsOf, predictWrite } from './write-oracle.ts'

const total = Math.ceil(Number(process.env['PLINTH_PROPERTY_REQUESTS'] ?? 5_000) / 20)
const seed = seedOfRun()
const perSchema = 60
const differencesMax = 5

it(`${total} random writes do what they say (seed ${seed})`, { timeout: 60_000 + total * 500 }, async () => {
  const differences: string[] = []
  const counts = new Map<string, number>()
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
  let sent = 0
  let accepted = 0
  for (let round = 0; sent < total && differences.length < differencesMax; round++) {
    const random = new Random(seed + round)
    const schema = makeSchema(random, true)
    await using server = await startRest(schema.ddl, { rest: { aggregates: true } })
    const oracle = new RowOracle(server.db)
    for (let i = 0; i < perSchema && sent < total && differences.length < differencesMax; i++, sent++) {
      const request = makeWrite(random, schema)
      const { expected, got, status, code } = await compare(server, oracle, request)
      if (status < 300) accepted++
      add(request.kind)
      add(`answered ${status}${status >= 500 ? ` ${code}` : ''}`)
      if (request.csv) add('csv')
      if (request.nested !== undefined) add(`nested ${status}`)
      if (request.level.limit !== undefined || request.level.offset !== undefined) add(`limited ${request.kind}`)
      if (request.resolution !== undefined) add(request.resolution)
      if (request.columns !== undefined) add('columns')
      if (request.returns !== undefined) add(`return=${request.returns}`)
      if (expected !== got) differences.push(describe(seed + round, server, request, expected, got))
      oracle.clear()
    }
  }
  const table = [...counts].map(([name, count]) => `${String(count).padStart(8)}  ${name}`).join('\n')
  console.log(`property test of writes: seed ${seed}, ${sent} writes, ${accepted} accepted\n${table}`)
  expect(differences.join('\n\n')).toBe('')
  expect(accepted / sent).toBeGreaterThan(0.4)
})

async function compare(
  server: RestServer,
  oracle: RowOracle,
  request: WriteRequest,
): Promise<{ expected: string; got: string; status: number; code?: string }> {
  const { caller, level } = request
  const due = await predictWrite(server.db, oracle, request)
  const { method, path, headers, body } = writeText(request)
  const answer = await server.call(method, path, {
    headers: { ...headers, ...authorization(caller) },
    body,
  })
  const after = await contentsOf(server.db, request)
  const { status } = answer
  if (status >= 300) {
    const expected = due.code ?? `${due.status} ${due.contentRange}`
    return {
      expected: `${expected}\n${due.after}`,
      got: `${isSameRefusal(request, expected, String(answer.json?.code)) ? expected : answer.text}\n${after}`,
      status,
      code: String(answer.json?.code),
    }
  }
  oracle.clear()
  let rows = due.deleted
  if (rows === undefined && request.returns === 'representation' && due.code === undefined) {
    const numbers = await oracle.numbers(level.relation)
    rows = await evaluateRows(
      oracle,
      caller,
      { ...level, filters: [], order: [], limit: undefined, offset: undefined },
      due.keys.map((key) => numbers.get(key)!),
    )
  }
  const shown = request.returns === 'representation'
  return {
    expected:
      due.code ??
      `${due.status === 0 ? status : due.status} ${due.contentRange} ${shown ? canonicalRows(rows!, level, false) : ''}\n${due.after}`,
    got: `${status} ${answer.headers['content-range']} ${shown ? canonicalRows(parseExact(answer.text), level, false) : answer.text}\n${after}`,
    status,
  }
}

/** Rows that break several constraints: which of them is named follows from how the statements are cut. */
function isSameRefusal({ nested }: WriteRequest, due: string, got: string): boolean {
  return due === got || (nested !== undefined && due.startsWith('23') && got.startsWith('23'))
}

function describe(seedOfRound: number, server: RestServer, request: WriteRequest, expected: string, got: string): string {
  const { method, path, headers, body } = writeText(request)
  return [
    `seed ${seedOfRound}: ${method} ${decodeURIComponent(path)}`,
    `as ${request.caller.name} ${JSON.stringify(headers)} ${body ?? ''}`,
    `expected ${expected.slice(0, 1_500)}`,
    `got      ${got.slice(0, 1_500)}`,
    ...server.statements.slice(-1).map(({ text }) => `sql      ${text}`),
  ].join('\n')
}

function authorization({ role, claims }: Caller): Record<string, string> {
  if (role === 'anon') return {}
  return { authorization: `Bearer ${signHs256({ role, aud: 'authenticated', exp: 4_000_000_000, ...claims }, jwtSecret)}` }
}
