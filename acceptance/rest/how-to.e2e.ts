// docs/how-to/rest.md as it stands there.
import { beforeAll, describe, expect, it } from 'vitest'
import { fixture, send } from './fixture.ts'
import { HowToPage, runClient, runExample } from './how-to-page.ts'

const page = new HowToPage('rest')
const { examples } = page

beforeAll(() => page.setUp())

describe(`the page about REST on ${fixture.database}`, () => {
  it('has examples, each with its answer', () => {
    expect(examples.length).toBeGreaterThan(12)
    expect(examples.filter(({ answer }) => answer?.language !== 'json')).toEqual([])
  })

  it.each(examples)('$text', async (example) => {
    expect(await runExample(example)).toEqual(JSON.parse(example.answer!.text))
  })

  it('lists filters that the client writes as the table says', async () => {
    const rows = [...page.text.matchAll(/^\| [^|]+ \| `(\.(?:eq|in|ilike|is|contains|textSearch|or|not)\(.+?\))`[^|]*\| `([^`]+)`/gm)]
    expect(rows.length).toBeGreaterThan(6)
    for (const [, call, parameter] of rows) {
      const code = `const { data } = await supabase.from('books').select('id')${call}.order('id')`
      const url = parameter!.replaceAll('%', '%25')
      expect((await send(`GET /books?select=id&${url}&order=id`)).json, call).toEqual(await runClient(code))
    }
  })
})
