// Golden cases: libs/query/test/golden/graphql/<case>.in (role and document), .sql (exact statements), .json (answer).
// UPDATE_GOLDEN=1 writes .sql and .json anew; reviewers read the difference.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GraphQLFailure } from '../src/index.ts'
import { anon, Music, service, user } from './music.ts'

const folder = fileURLToPath(new URL('../../query/test/golden/graphql', import.meta.url))
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.in'))
  .map((file) => file.slice(0, -'.in'.length))
const principals = { anon, user, service }
const update = process.env['UPDATE_GOLDEN'] === '1'

/** First line: `# role`, then the document, then optionally a line `---` and the variables as JSON. */
function read(name: string) {
  const text = readFileSync(join(folder, `${name}.in`), 'utf8')
  const [head = '', ...rest] = text.split('\n')
  const [query = '', variables = '{}'] = rest.join('\n').split(/^---$/m)
  return {
    as: principals[head.replace('#', '').trim() as keyof typeof principals],
    query: query.trim(),
    variables: JSON.parse(variables) as Record<string, unknown>,
  }
}

describe('golden cases of GraphQL', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start()))
  afterAll(() => music[Symbol.asyncDispose]())

  it.each(cases)('%s', async (name) => {
    const { as, query, variables } = read(name)
    music.statements.length = 0
    let answer: unknown
    try {
      answer = await music.ask(query, variables, as)
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
