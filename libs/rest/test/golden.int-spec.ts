// Golden cases of the REST dialect: request text -> exact SQL -> answer. They lie with the compiler (libs/query), whose
// work they show, and run here because the query lib may not import a dialect.
// UPDATE_GOLDEN=1 writes the .sql and .json files anew; read the diff before committing it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from './rest-server.ts'

const folder = new URL('../../query/test/golden/rest/', import.meta.url)
const schema = readFileSync(new URL('../schema.sql', folder), 'utf8')
const update = process.env['UPDATE_GOLDEN'] === '1'
// Aggregates are off by default.
const options = { rest: { aggregates: true } } as const
const shownHeaders = ['content-range', 'preference-applied', 'location', 'content-profile', 'link']

interface GoldenRequest {
  readonly as: string | undefined
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

/** `# remarks`, an optional `as <user>`, `METHOD /path`, header lines, an empty line, the body. */
function parse(text: string): GoldenRequest {
  const [head = '', ...rest] = text.split('\n\n')
  const lines = head.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const as = lines[0]?.startsWith('as ') === true ? lines.shift()!.slice(3) : undefined
  const [method = '', path = ''] = lines.shift()!.split(/ (.*)/)
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]))
  const body = rest.join('\n\n').trim()
  return {
    as: as === undefined ? undefined : ((users as Record<string, string>)[as] ?? as),
    method,
    path,
    headers,
    body: body === '' ? undefined : body,
  }
}

async function answer(server: RestServer, request: GoldenRequest) {
  server.statements.length = 0
  const response = await server.call(request.method, request.path, { as: request.as, headers: request.headers, body: request.body })
  const sql = server.statements
    .flatMap((statement) => [statement, ...(statement.after ?? [])])
    .map(
      ({ text, values }) => `${text};\n${values.map((value, i) => `-- $${i + 1} = ${value === null ? 'null' : String(value)}\n`).join('')}`,
    )
    .join('\n')
  const headers = Object.fromEntries(
    shownHeaders.filter((name) => response.headers[name] !== undefined).map((name) => [name, response.headers[name]]),
  )
  const result = { status: response.status, headers, body: response.json ?? (response.text === '' ? null : response.text) }
  return { sql: sql === '' ? '-- no statement\n' : sql, json: `${JSON.stringify(result, null, 2)}\n` }
}

describe('golden cases of REST', () => {
  let shared: RestServer
  beforeAll(async () => {
    shared = await startRest(schema, options)
  })
  afterAll(async () => {
    await shared[Symbol.asyncDispose]()
  })
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.in'))
    .map((name) => name.slice(0, -3))

  it.each(names)('%s', async (name) => {
    const path = (ending: string) => fileURLToPath(new URL(`${name}.${ending}`, folder))
    const request = parse(readFileSync(path('in'), 'utf8'))
    const writes = request.method !== 'GET' && request.method !== 'HEAD'
    const own = writes ? await startRest(schema, options) : undefined
    try {
      const got = await answer(own ?? shared, request)
      if (update || !existsSync(path('sql'))) {
        expect(update, `${name} has no .sql yet: run with UPDATE_GOLDEN=1`).toBe(true)
        writeFileSync(path('sql'), got.sql)
        writeFileSync(path('json'), got.json)
      }
      expect(got.sql).toBe(readFileSync(path('sql'), 'utf8'))
      expect(got.json).toBe(readFileSync(path('json'), 'utf8'))
      // The second run has its plan kept, the third one takes it: the same statement, the same answer.
      if (!writes) for (let run = 2; run <= 3; run++) expect(await answer(shared, request)).toEqual(got)
    } finally {
      await own?.[Symbol.asyncDispose]()
    }
  })
})
