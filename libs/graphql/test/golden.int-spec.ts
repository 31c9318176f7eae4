// Golden cases: libs/query/test/golden/graphql/<case>.in (role and document), .sql (exact statements), .json (answer).
// The first line may name another database than `music`: `# service kinds` (test/golden-databases.ts). Cases whose name
// begins with `relay-` are asked of the Relay endpoint.
// UPDATE_GOLDEN=1 writes .sql and .json anew; reviewers read the difference.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { GraphQLFailure } from '../src/index.ts'
import { openDatabase, rowsOf } from './golden-databases.ts'
import { anon, type Music, service, user } from './music.ts'

const folder = fileURLToPath(new URL('../../query/test/golden/graphql', import.meta.url))
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.in'))
  .map((file) => file.slice(0, -'.in'.length))
const principals = { anon, user, service }
const update = process.env['UPDATE_GOLDEN'] === '1'

/** First line: `# role` or `# role database`, then the document, then optionally a line `---` and the variables as JSON. */
function read(name: string) {
  const text = readFileSync(join(folder, `${name}.in`), 'utf8')
  const [head = '', ...rest] = text.split('\n')
  const [query = '', variables = '{}'] = rest.join('\n').split(/^---$/m)
  const [role, database = 'music'] = head.replace('#', '').trim().split(' ')
  return {
    as: principals[role as keyof typeof principals],
    database,
    query: query.trim(),
    variables: JSON.parse(variables) as Record<string, unknown>,
  }
}

describe('golden cases of GraphQL', () => {
  const started = new Map<string, Promise<Music | string>>()
  const open = (name: string): Promise<Music | string> => {
    const found = started.get(name) ?? openDatabase(name)
    started.set(name, found)
    return found
  }
  afterAll(async () => {
    for (const music of await Promise.all(started.values())) if (typeof music !== 'string') await music[Symbol.asyncDispose]()
  })

  it.for(cases)('%s', async (name, { skip }) => {
    const { as, database, query, variables } = read(name)
    const music = await open(database)
    if (typeof music === 'string') {
      console.log(`${name} is not tested: ${music}`)
      skip()
      return
    }
    const rows = rowsOf(database)
    if (rows !== undefined) await music.database.sql(rows)
    music.statements.length = 0
    let answer: unknown
    try {
      answer = name.startsWith('relay-') ? await music.askRelay(query, variables, as) : await music.ask(query, variables, as)
    } catch (error) {
      if (!(error instanceof GraphQLFailure)) throw error
      answer = { error: { code: error.code, message: error.message, path: error.path } }
    }
    const sql = music.statements.map((text) => `${text};\n`).join('')
    const json = `${JSON.stringify(answer, null, 2)}\n`
    if (update) {
      writeFileSync(join(folder, `${name}.sql`), sql)
      writeFileSync(join(folder, `${name}.json`), json)
    }
    expect(existsSync(join(folder, `${name}.sql`)), `${name}.sql is missing: run with UPDATE_GOLDEN=1 and read what it writes`).toBe(true)
    expect(sql).toBe(readFileSync(join(folder, `${name}.sql`), 'utf8'))
    expect(json).toBe(readFileSync(join(folder, `${name}.json`), 'utf8'))
  })
})
