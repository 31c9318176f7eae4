// The README's first ten minutes, as they stand there: the scripts are taken from its text.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@plinth/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
let readme: string
beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  server = await startServer()
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

/** The text between two marks of the README; a mark that is gone fails the test. */
function passage(from: string, to: string): string {
  const start = readme.indexOf(from)
  const end = readme.indexOf(to, start + from.length)
  if (start < 0 || end < 0) throw new Error(`the README has no passage from ${from} to ${to}`)
  return readme.slice(start + from.length, end)
}

describe("the README's first ten minutes", () => {
  it('load the shop and open it with the policies that stand there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-readme-'))
    const script = join(folder, 'shop.sql')
    await writeFile(script, passage("cat > shop.sql <<'SQL'\n", '    SQL\n'))
    await server.plinth('sql', '-f', script)
    await rm(folder, { recursive: true })
    const anonymous = createClient(server.url, server.anonKey, { auth: { persistSession: false } })
    expect((await anonymous.from('product').select('name')).error?.code).toBe('42501')
    await server.plinth('sql', '-c', passage('plinth -- sql -c "', '"\n'))
    expect((await anonymous.from('product').select('name')).data).toHaveLength(3)
  })

  it('sign up, write, read over REST and GraphQL, and hear of it live', async () => {
    const plinth = createClient(server.url, server.anonKey, { auth: { persistSession: false } })
    expect((await plinth.auth.signUp({ email: 'ann@example.com', password: 'a long passphrase' })).error).toBeNull()
    const heard = new Promise<unknown>((resolve, reject) => {
      const channel = plinth.channel('reviews').on('changes', { event: 'insert', table: 'review' }, ({ record }) => resolve(record))
      channel.subscribe((status, error) => {
        if (status === 'SUBSCRIBED')
          void plinth
            .from('review')
            .insert({ product_id: 1, stars: 5, body: 'Bright.' })
            .then(() => undefined)
        else if (error !== undefined) reject(error)
      })
    })
    expect(await heard).toMatchObject({ product_id: 1, stars: 5, body: 'Bright.' })
    const rest = await plinth.from('product').select('name, price, review(stars, body)').order('price')
    const expected = [
      { name: 'Lamp', price: 39.9, review: [{ stars: 5, body: 'Bright.' }] },
      { name: 'Chair', price: 129, review: [] },
      { name: 'Desk', price: 349.5, review: [] },
    ]
    expect(rest.data).toEqual(expected)
    const document = passage('plinth.graphql(`', '`)')
    expect((await plinth.graphql(document)).data).toEqual({ product: expected })
    for (const channel of plinth.getChannels()) await plinth.removeChannel(channel)
  })

  it('refuse a review in the name of somebody else, and one without sign-in', async () => {
    const stranger = createClient(server.url, server.anonKey, { auth: { persistSession: false } })
    expect((await stranger.from('review').insert({ product_id: 1, stars: 1 })).error?.code).toBe('42501')
    await stranger.auth.signUp({ email: 'bob@example.com', password: 'a long passphrase' })
    const forged = await stranger.from('review').insert({ product_id: 1, stars: 1, author: '00000000-0000-7000-8000-000000000000' })
    expect(forged.error?.code).toBe('42501')
  })
})
