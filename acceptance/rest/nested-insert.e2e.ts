// docs/how-to/nested-insert.md as it stands there: an unmodified client inserts rows with their related rows.
import { beforeAll, describe, expect, it } from 'vitest'
import { fixture, send } from './fixture.ts'
import { HowToPage, runExample } from './how-to-page.ts'

const page = new HowToPage('nested-insert')

beforeAll(() => page.setUp())

describe(`the page about nested inserts on ${fixture.database}`, () => {
  it('has examples, each with its answer', () => {
    expect(page.examples.length).toBeGreaterThan(3)
    expect(page.examples.filter(({ answer }) => answer?.language !== 'json')).toEqual([])
  })

  it.each(page.examples)('$text', async (example) => {
    expect(await runExample(example)).toEqual(JSON.parse(example.answer!.text))
  })

  it('keeps nothing of what was refused', async () => {
    expect((await send('GET /orders?note=eq.twice')).json).toEqual([])
  })
})
