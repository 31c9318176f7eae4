// acceptance/COVERAGE.md names cases; a case that was renamed or removed must not go on being named.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface CoverageRow {
  readonly row: string
  readonly state: string
  readonly cases: readonly string[]
  readonly text: string
}

/** Dialects with golden cases: a case of one is `golden name` for REST and `graphql name` for GraphQL. */
const goldenFolders: Readonly<Record<string, string>> = { golden: 'rest', graphql: 'graphql' }

/** The rows of the tables. A case stands between backticks and is a golden one or `file › test`. */
function coverageRows(page: string): CoverageRow[] {
  const cells = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  return cells
    .filter(([, row = '']) => row !== 'row' && !row.startsWith('-'))
    .map(([, row = '', state = '', text = '']) => ({
      row,
      state,
      text,
      cases: [...text.matchAll(/`([^`]+)`/g)]
        .map((match) => match[1]!)
        .filter((name) => goldenCase(name) !== undefined || name.includes(' › ')),
    }))
}

/** The path of a golden case, whether it exists or not; undefined for what names none. */
function goldenCase(name: string): string | undefined {
  const match = /^(golden|graphql) (\S+)$/.exec(name)
  return match === null ? undefined : `libs/query/test/golden/${goldenFolders[match[1]!]}/${match[2]}.in`
}

/** Where a case would be; undefined when there is no such case. */
function locate(name: string): string | undefined {
  const golden = goldenCase(name)
  if (golden !== undefined) return existsSync(root + golden) ? golden : undefined
  const [file = '', test = ''] = name.split(' › ')
  const places = ['rest', 'graphql', 'console'].flatMap((suite) => [`acceptance/${suite}/${file}.e2e.ts`, `acceptance/${suite}/${file}.ts`])
  places.push(`acceptance/${file}.e2e.ts`, ...['rest', 'graphql', 'query', 'realtime'].map((lib) => `libs/${lib}/test/${file}.ts`))
  return places.find((path) => existsSync(root + path) && declares(readFileSync(root + path, 'utf8'), test))
}

/** Does the source hold this text as a string of its own, or at the beginning of one with parts filled in? */
function declares(source: string, test: string): boolean {
  const escaped = test.replaceAll("'", String.raw`\'`)
  return [`'${escaped}'`, `"${test}"`, `\`${test}\``, `\`${test}\${`].some((text) => source.includes(text))
}

describe('the coverage page', () => {
  const rows = coverageRows(readFileSync(`${root}acceptance/COVERAGE.md`, 'utf8'))

  it('has the rows of the dialect, each with a state', () => {
    expect(rows.length).toBeGreaterThan(150)
    expect(rows.filter(({ state }) => !['done', 'differs', 'not applicable'].includes(state))).toEqual([])
  })

  it('names a case for all that is done, and a reason for all that is not', () => {
    expect(rows.filter(({ state, cases, text }) => (state === 'done' ? cases.length === 0 : text.length < 20))).toEqual([])
  })

  it('names only cases that exist', () => {
    const missing = rows.flatMap(({ row, cases }) => cases.filter((name) => locate(name) === undefined).map((name) => `${row}: ${name}`))
    expect(missing).toEqual([])
  })

  it('would notice a case that does not exist', () => {
    expect(locate('golden no-such-case')).toBeUndefined()
    expect(locate('graphql no-such-case')).toBeUndefined()
    expect(locate('errors › no such test')).toBeUndefined()
  })
})
