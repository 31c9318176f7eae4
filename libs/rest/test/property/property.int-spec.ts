// Random requests over random schemas answer exactly what a plain reading of the dialect gives: see evaluate.ts.
// PLINTH_SEED repeats a run, PLINTH_PROPERTY_REQUESTS makes it longer.
import { expect, it } from 'vitest'
import { signHs256 } from '#libs/identity'
import { jwtSecret, startRest, type RestServer } from '../rest-server.ts'
import { Coverage } from './coverage.ts'
import { evaluate } from './evaluate.ts'
import { type Json, parseExact } from '../../../query/test/property/exact-json.ts'
import { canonicalRows } from './canonical-rows.ts'
import { makeRead } from './make-request.ts'
import { makeSchema } from './make-schema.ts'
import type { Caller, Level, ReadRequest, Schema } from './model.ts'
import { goesOn, Random, seedOfRun } from '../../../query/test/property/random.ts'
import { textOf } from './request-text.ts'
import { RowOracle } from './row-oracle.ts'
import { shrink } from './shrink.ts'
import { orderByKey, walkPages } from './walk-pages.ts'

const total = Number(process.env['PLINTH_PROPERTY_REQUESTS'] ?? 5_000)
const seed = seedOfRun()
const perSchema = 600
const differencesMax = Number(process.env['PLINTH_PROPERTY_DIFFERENCES'] ?? 5)

it(`${total} random requests mean what they say (seed ${seed})`, { timeout: 60_000 + total * 80 }, async () => {
  const coverage = new Coverage()
  const differences: string[] = []
  let accepted = 0
  let sent = 0
  const isOver = () => differences.length >= differencesMax || !goesOn(sent, total, coverage.missing())
  for (let round = 0; !isOver(); round++) {
    const random = new Random(seed + round)
    // Every fourth server cuts its answers short.
    const schema = { ...makeSchema(random), rowsMax: round % 4 === 3 ? 7 : 1000 }
    await using server = await startRest(schema.ddl, { rest: { rowsMax: schema.rowsMax, aggregates: true } })
    const round1 = new Round(server, schema, coverage)
    for (let i = 0; i < perSchema && !isOver(); i += 8) {
      const requests = Array.from({ length: 8 }, () => makeRead(random, schema))
      sent += requests.length
      for (const result of await Promise.all(requests.map((request) => round1.check(request)))) {
        if (result.accepted) accepted++
        if (result.difference) differences.push(`seed ${seed + round}: ${await round1.describe(result.request)}`)
      }
      server.statements.length = 0
    }
  }
  console.log(`property test: seed ${seed}, ${sent} requests, ${accepted} answered with rows\n${coverage.table()}`)
  expect(differences.join('\n\n')).toBe('')
  expect(accepted / sent).toBeGreaterThan(0.85)
  if (total >= 4_000) expect(coverage.missing()).toEqual([])
})

/** Requests over one schema. */
class Round {
  private readonly oracle: RowOracle

  constructor(
    private readonly server: RestServer,
    private readonly schema: Schema,
    private readonly coverage: Coverage,
  ) {
    this.oracle = new RowOracle(server.db)
  }

  async check(request: ReadRequest): Promise<{ request: ReadRequest; accepted: boolean; difference: boolean }> {
    const { expected, got, status } = await this.compare(request)
    this.coverage.addRequest(request)
    if (expected === '42501') this.coverage.add('refused 42501')
    if (this.schema.rowsMax < 100) this.coverage.add('rows limit of the server')
    return { request, accepted: status < 300, difference: expected !== got }
  }

  /** The smallest request that shows the difference, what is due, and what came. */
  async describe(request: ReadRequest): Promise<string> {
    const smallest = await shrink(request, this.schema.rowsMax < 100 || hasSpread(request.level), async (candidate) => {
      const { expected, got } = await this.compare(candidate)
      return expected !== got
    })
    const { expected, got } = await this.compare(smallest)
    const { method, path, headers, body } = textOf(smallest)
    return [
      `${method} ${decodeURIComponent(path)}`,
      `as ${smallest.caller.name} ${JSON.stringify(headers)} ${body ?? ''}, rows limit ${this.schema.rowsMax}`,
      `raw      ${path}`,
      `expected ${expected.slice(0, 1_500)}`,
      `got      ${got.slice(0, 1_500)}`,
      ...this.server.statements.slice(-1).map(({ text }) => `sql      ${text}`),
    ].join('\n')
  }

  private async compare(request: ReadRequest): Promise<{ expected: string; got: string; status: number }> {
    if (request.walk !== undefined) return this.compareWalk(request)
    const [expected, answer] = await Promise.all([evaluate(this.oracle, request, this.schema.rowsMax), this.send(request)])
    const { level } = request
    const write = (rows: Json) => (request.head ? '' : canonicalRows(rows, level, level.order.length > 0))
    const rows = expected.answer
      ? `${expected.answer.status} ${expected.answer.contentRange} ${write(expected.answer.rows)}`
      : expected.unread
    const due = expected.code ?? rows!
    const got =
      answer.status < 300
        ? `${answer.status} ${answer.headers['content-range']} ${write(parseAnswer(answer.text))}`
        : String(answer.json?.code)
    const same =
      due === got ||
      (request.head && answer.status >= 400 && expected.code !== undefined) ||
      // What is not shown need not be read: no right is needed for it, and none is used.
      (due === '42501' && (answer.status < 300 || got === 'PGRST103') && (request.head || hasHidden(level) || got === rows))
    return {
      expected: due,
      got: same ? due : `${got}${answer.status >= 300 ? ` ${answer.status} ${answer.text}` : ''}`,
      status: answer.status,
    }
  }

  /** All pages together are the whole answer. */
  private async compareWalk(request: ReadRequest): Promise<{ expected: string; got: string; status: number }> {
    const { relation, order } = request.level
    const level = { ...request.level, order: order.length > 0 ? order : orderByKey(relation) }
    const [expected, walked] = await Promise.all([
      evaluate(this.oracle, { ...request, level }, this.schema.rowsMax),
      walkPages(this.server, textOf(request), authorization(request.caller)),
    ])
    const rows = expected.answer && canonicalRows(expected.answer.rows, level, true)
    const due = expected.code ?? rows!
    const got = walked.rows === undefined ? String(walked.code) : canonicalRows(walked.rows, level, true)
    const same = due === got || (due === '42501' && walked.rows !== undefined && (hasHidden(level) || got === rows))
    return { expected: due, got: same ? due : `${got}${walked.rows === undefined ? ` ${walked.text}` : ''}`, status: walked.status }
  }

  private send(request: ReadRequest) {
    const { method, path, headers, body } = textOf(request)
    return this.server.call(method, path, { body, headers: { ...headers, ...authorization(request.caller) } })
  }
}

function authorization({ role, claims }: Caller): Record<string, string> {
  if (role === 'anon') return {}
  return { authorization: `Bearer ${signHs256({ role, aud: 'authenticated', exp: 4_000_000_000, ...claims }, jwtSecret)}` }
}

function hasHidden({ fields }: Level): boolean {
  return fields.some((field) => field.kind === 'embed' && (field.embed.level.fields.length === 0 || hasHidden(field.embed.level)))
}

function hasSpread({ fields }: Level): boolean {
  return fields.some((field) => field.kind === 'embed' && (field.embed.spread || hasSpread(field.embed.level)))
}

function parseAnswer(text: string): Json {
  return text === '' ? null : parseExact(text)
}
