// A page of docs/how-to as it stands there: its SQL makes the tables, its examples are run, the JSON below each is what they give.
import { readFileSync } from 'node:fs'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import WebSocket from 'ws'
import { fixture, runSql, send } from './fixture.ts'

/** A block of code. */
interface Block {
  /** `sql`, `ts`, `http`, `json`. */
  readonly language: string
  /** Written as "ts setup": shown, not run. */
  readonly isSetup: boolean
  readonly text: string
}

/** An example with the block that follows it. */
export interface Example extends Block {
  readonly answer: Block | undefined
}

/** A page and what it says in code. */
export class HowToPage {
  readonly text: string
  readonly examples: readonly Example[]
  private readonly blocks: readonly Block[]

  constructor(name: string) {
    this.text = readFileSync(new URL(`../../docs/how-to/${name}.md`, import.meta.url), 'utf8')
    this.blocks = [...this.text.matchAll(/^```(\S+)( setup)?\n([\s\S]*?)^```$/gm)].map(([, language = '', setup, text = '']) => ({
      language,
      isSetup: setup !== undefined,
      text: text.trim(),
    }))
    this.examples = this.blocks
      .map((block, index) => ({ ...block, answer: this.blocks[index + 1] }))
      .filter(({ language, isSetup }) => (language === 'ts' && !isSetup) || language === 'http')
  }

  /** Runs the page's SQL as the owner. */
  async setUp(): Promise<void> {
    const script = this.blocks.filter(({ language }) => language === 'sql').map(({ text }) => text)
    if (script.length === 0) throw new Error('the page has no SQL to begin with')
    await runSql(script.join('\n'))
  }
}

const supabase = createClient(fixture.url, fixture.anonKey, {
  realtime: { transport: WebSocket as never },
  auth: { persistSession: false },
})

const AsyncFunction = (async () => undefined).constructor as new (...source: string[]) => (client: SupabaseClient) => Promise<unknown>

/** Runs `const { data } = await …` and gives what it declares: the value, or an object of several. */
export function runClient(code: string): Promise<unknown> {
  const names = /^const \{ (.+?) \} = await/.exec(code)?.[1]
  if (names === undefined) throw new Error(`an example of the page declares nothing: ${code}`)
  return new AsyncFunction('supabase', `${code}\nreturn ${names.includes(',') ? `{ ${names} }` : names}`)(supabase)
}

/** Runs an example. One in HTTP is a line, headers, an empty line and the body. */
export async function runExample({ language, text }: Example): Promise<unknown> {
  if (language === 'ts') return runClient(text)
  const [head = '', ...rest] = text.split('\n\n')
  const [line = '', ...lines] = head.split('\n')
  const headers = Object.fromEntries(lines.map((header) => header.split(/: (.*)/).slice(0, 2) as [string, string]))
  const body = rest.length === 0 ? undefined : (JSON.parse(rest.join('\n\n')) as unknown)
  return (await send(line.replace('/rest/v1', ''), { headers, body })).json
}
