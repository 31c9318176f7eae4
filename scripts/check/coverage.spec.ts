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

/** The rows of the tables. A case stands between backticks and is `golden name` or `file › test`. */
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
        .filter((name) => name.startsWith('golden ') || name.includes(' › ')),
    }))
}

/** Where a case would be; undefined when there is no such case. */
function locate(name: string): string | undefined {
  if (name.startsWith('golden ')) {
    const path = `libs/query/test/golden/rest/${name.slice('golden '.length)}.in`
    return existsSync(root + path) ? path : undefined
  }
  const [file = '', test = ''] = name.split(' › ')
  const places = [`acceptance/rest/${file}.e2e.ts`, `acceptance/rest/${file}.ts`, `acceptance/${file}.e2e.ts`, `libs/rest/test/${file}.ts`]
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
    expect(locate('errors › no such test')).toBeUndefined()
  })
})
