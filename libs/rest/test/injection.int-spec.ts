// No string of a request reaches SQL text: hostile words in every position of a request either mean themselves or are
// refused, and nothing in the database has changed afterwards.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')

const words = [
  `'; drop table labels; --`,
  `"; drop table labels; --`,
  `x" , (select secret from secrets) as "y`,
  `1) or 1=1 --`,
  `\\'; drop table labels; --`,
  `$1`,
  `$$;drop table labels;$$`,
  `' || (select secret from secrets) || '`,
  `x'::text, (select secret from secrets)::text as z, 'y`,
  `/**/union/**/select/**/secret/**/from/**/secrets`,
  `E'\\x27; drop table labels; --'`,
  `a\u0000b`,
  `\u{1F600}“”‘’`,
  `%27%3B drop table labels`,
  `row_to_json(secrets.*)`,
  `..%2f..%2f`,
]
const quoted = (word: string) => `"${word.replace(/["\\]/g, '\\$&')}"`
const enc = encodeURIComponent

/** Every place of a request where a stranger's word may stand. */
const positions: readonly (readonly [name: string, send: (server: RestServer, word: string) => ReturnType<RestServer['call']>])[] = [
  ['path', (s, w) => s.call('GET', `/${enc(w)}`)],
  ['select column', (s, w) => s.call('GET', `/labels?select=${enc(w)}`)],
  ['quoted select column', (s, w) => s.call('GET', `/labels?select=${enc(quoted(w))}`)],
  ['alias', (s, w) => s.call('GET', `/labels?select=${enc(quoted(w))}:name`)],
  ['cast', (s, w) => s.call('GET', `/labels?select=name::${enc(quoted(w))}`)],
  ['json key', (s, w) => s.call('GET', `/posts?select=data->${enc(quoted(w))}`)],
  ['json text key', (s, w) => s.call('GET', `/posts?select=v:data->>${enc(quoted(w))}`)],
  ['embed', (s, w) => s.call('GET', `/labels?select=${enc(quoted(w))}(*)`)],
  ['embed hint', (s, w) => s.call('GET', `/posts?select=authors!${enc(quoted(w))}(*)`)],
  ['embed alias', (s, w) => s.call('GET', `/labels?select=${enc(quoted(w))}:posts(id)`)],
  ['filter column', (s, w) => s.call('GET', `/labels?${enc(quoted(w))}=eq.1`)],
  ['filter operator', (s, w) => s.call('GET', `/labels?name=${enc(w)}.1`)],
  ['filter value', (s, w) => s.call('GET', `/labels?name=eq.${enc(w)}`)],
  ['number filter value', (s, w) => s.call('GET', `/labels?id=eq.${enc(w)}`)],
  ['like value', (s, w) => s.call('GET', `/labels?name=like.${enc(w)}`)],
  ['in list', (s, w) => s.call('GET', `/labels?name=in.(${enc(quoted(w))},${enc(quoted(w))})`)],
  ['is value', (s, w) => s.call('GET', `/labels?name=is.${enc(w)}`)],
  ['text search config', (s, w) => s.call('GET', `/posts?words=fts(${enc(w)}).cat`)],
  ['text search value', (s, w) => s.call('GET', `/posts?words=plfts.${enc(w)}`)],
  ['array value', (s, w) => s.call('GET', `/posts?tags=cs.${enc(w)}`)],
  ['json filter path', (s, w) => s.call('GET', `/posts?data->>${enc(quoted(w))}=eq.1`)],
  ['logic tree', (s, w) => s.call('GET', `/labels?or=(name.eq.${enc(quoted(w))},${enc(w)})`)],
  ['order column', (s, w) => s.call('GET', `/labels?order=${enc(quoted(w))}`)],
  ['order modifier', (s, w) => s.call('GET', `/labels?order=name.${enc(w)}`)],
  ['limit', (s, w) => s.call('GET', `/labels?limit=${enc(w)}`)],
  ['offset', (s, w) => s.call('GET', `/labels?offset=${enc(w)}`)],
  ['profile', (s, w) => s.call('GET', '/labels', { headers: { 'accept-profile': enc(w) } })],
  ['range', (s, w) => s.call('GET', '/labels', { headers: { range: enc(w) } })],
  ['prefer', (s, w) => s.call('GET', '/labels', { headers: { prefer: `count=${enc(w)}` } })],
  ['body value', (s, w) => s.call('POST', '/labels', { as: users.ann, body: { name: w } })],
  ['body key', (s, w) => s.call('POST', '/labels', { as: users.ann, body: { [w]: 'x' } })],
  ['columns', (s, w) => s.call('POST', `/labels?columns=${enc(quoted(w))}`, { as: users.ann, body: { name: 'x' } })],
  [
    'on_conflict',
    (s, w) =>
      s.call('POST', `/labels?on_conflict=${enc(quoted(w))}`, {
        as: users.ann,
        body: { name: 'x' },
        headers: { prefer: 'resolution=merge-duplicates' },
      }),
  ],
  ['patch key', (s, w) => s.call('PATCH', '/labels?id=eq.1', { as: users.ann, body: { [w]: 'x' } })],
  ['patch filter', (s, w) => s.call('PATCH', `/labels?name=eq.${enc(w)}`, { as: users.ann, body: { name: 'x' } })],
  ['delete filter', (s, w) => s.call('DELETE', `/labels?name=eq.${enc(w)}`, { as: users.ann })],
  ['function', (s, w) => s.call('POST', `/rpc/${enc(w)}`, { body: {} })],
  ['argument name', (s, w) => s.call('POST', '/rpc/add', { body: { [w]: 1 } })],
  ['argument value', (s, w) => s.call('POST', '/rpc/join_words', { body: { words: [w] } })],
  ['argument of a GET', (s, w) => s.call('GET', `/rpc/join_words?words=${enc(w)}`)],
]

describe('hostile words', () => {
  let server: RestServer
  beforeAll(async () => {
    server = await startRest(schema)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it.each(positions)('in the position "%s" stay words', async (_name, send) => {
    for (const word of words) {
      server.statements.length = 0
      const answer = await send(server, word)
      expect(answer.status, `${word}: ${answer.text}`).toBeLessThan(500)
      expect(answer.text, word).not.toContain('hush')
      // Any SQL that ran holds the word as a quoted key or not at all.
      for (const { text } of server.statements) expect(unquoted(text), word).not.toMatch(/drop table|secret|union|1=1/i)
    }
    const [row] = await server.db.superuserSql<{ labels: string; secrets: string }>(
      'select (select count(*) from labels where id <= 2) labels, (select count(*) from secrets) secrets',
    )
    expect(row).toEqual({ labels: '2', secrets: '1' })
  })

  it('a value arrives in the row exactly as it was sent', async () => {
    const kept = words.filter((word) => !word.includes('\0'))
    const rows = kept.map((word, i) => ({ post_id: 1, author_id: 1, body: word, id: 1000 + i }))
    const inserted = await server.call('POST', '/comments?select=body', {
      as: users.ann,
      body: rows,
      headers: { prefer: 'return=representation' },
    })
    expect(inserted.json).toEqual(kept.map((body) => ({ body })))
    for (const word of kept) {
      const found = await server.call('GET', `/comments?select=body&body=in.(${enc(quoted(word))})`)
      expect(found.json, word).toEqual([{ body: word }])
    }
  })
})

/** SQL text without its quoted identifiers and literals. */
function unquoted(sql: string): string {
  return sql.replace(/E'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '')
}
