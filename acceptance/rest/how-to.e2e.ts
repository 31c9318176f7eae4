// docs/how-to/rest.md as it stands there: its SQL makes the tables, its examples are run, the JSON below each is what they give.
import { readFileSync } from 'node:fs'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { fixture, runSql, send } from './fixture.ts'

const page = readFileSync(new URL('../../docs/how-to/rest.md', import.meta.url), 'utf8')
/** The page's blocks of code, in order. */
const blocks = [...page.matchAll(/^```(\S+)( setup)?\n([\s\S]*?)^```$/gm)].map(([, language = '', setup, text = '']) => ({
  language,
  isSetup: setup !== undefined,
  text: text.trim(),
}))
const examples = blocks
  .map((block, index) => ({ ...block, answer: blocks[index + 1] }))
  .filter(({ language, isSetup }) => (language === 'ts' && !isSetup) || language === 'http')

const supabase = createClient(fixture.url, fixture.anonKey, {
  realtime: { transport: WebSocket as never },
  auth: { persistSession: false },
})

beforeAll(async () => {
  const script = blocks.filter(({ language }) => language === 'sql').map(({ text }) => text)
  expect(script).toHaveLength(2)
  await runSql(script.join('\n'))
})

const AsyncFunction = (async () => undefined).constructor as new (...source: string[]) => (client: SupabaseClient) => Promise<unknown>

/** Runs `const { data } = await …` and gives what it declares: the value, or an object of several. */
function runExample(code: string): Promise<unknown> {
  const names = /^const \{ (.+?) \} = await/.exec(code)?.[1]
  if (names === undefined) throw new Error(`an example of the page declares nothing: ${code}`)
  return new AsyncFunction('supabase', `${code}\nreturn ${names.includes(',') ? `{ ${names} }` : names}`)(supabase)
}

describe(`the page about REST on ${fixture.database}`, () => {
  it('has examples, each with its answer', () => {
    expect(examples.length).toBeGreaterThan(12)
    expect(examples.filter(({ answer }) => answer?.language !== 'json')).toEqual([])
  })

  it.each(examples)('$text', async ({ language, text, answer }) => {
    const expected = JSON.parse(answer!.text) as unknown
    const got = language === 'ts' ? await runExample(text) : (await send(text.replace('/rest/v1', ''))).json
    expect(got).toEqual(expected)
  })

  it('lists filters that the client writes as the table says', async () => {
    const rows = [...page.matchAll(/^\| [^|]+ \| `(\.(?:eq|in|ilike|is|contains|textSearch|or|not)\(.+?\))`[^|]*\| `([^`]+)`/gm)]
    expect(rows.length).toBeGreaterThan(6)
    for (const [, call, parameter] of rows) {
      const code = `const { data } = await supabase.from('books').select('id')${call}.order('id')`
      const url = parameter!.replaceAll('%', '%25')
      expect((await send(`GET /books?select=id&${url}&order=id`)).json, call).toEqual(await runExample(code))
    }
  })
})
