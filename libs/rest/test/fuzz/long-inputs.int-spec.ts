// Long inputs of one kind, in every position: what grows faster than its input would stop the process for everybody.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from '../rest-server.ts'
import { isLimitOfPostgres } from './database-limits.ts'

const schema = readFileSync(new URL('../../../query/test/golden/schema.sql', import.meta.url), 'utf8')
const enc = encodeURIComponent

/** Pieces that are repeated until the limit of the position. */
const pieces = [
  ' ',
  ',',
  '(',
  ')',
  '"',
  '\\',
  '.',
  ':',
  '=',
  ';',
  '-',
  '->',
  '->>',
  '->a',
  '::',
  '!',
  '...',
  'a',
  'a,',
  'a(',
  'a()',
  'a(b),',
  'a.b.',
  '"a",',
  '\\"',
  '{',
  '[',
  '{{',
  '"a',
  'not.',
  'and(',
  'not.and(',
  'or(a.eq.1,',
  'a.eq.1,',
  'eq.',
  'is.null,',
  'a:b,',
  'a!b!',
  'in.(',
  ';a="',
  'for="',
  'a=b, ',
  'return=minimal,',
  '0-',
  '9',
  '%25',
  '\t',
  '*',
  '*%',
  '(a*)*',
  'é',
  'aA',
  '{a},',
  '[1,',
  '--',
  '$ref.',
  'v.',
  '_',
] as const

const positions: readonly (readonly [string, number, (server: RestServer, text: string) => ReturnType<RestServer['call']>])[] = [
  ['path', 5_000, (s, t) => s.call('GET', `/${enc(t)}`)],
  ['function', 5_000, (s, t) => s.call('GET', `/rpc/${enc(t)}`)],
  ['parameter name', 5_000, (s, t) => s.call('GET', `/posts?${enc(t)}=eq.1`)],
  ['select', 5_000, (s, t) => s.call('GET', `/posts?select=${enc(t)}`)],
  ['embedded select', 5_000, (s, t) => s.call('GET', `/posts?select=id,comments(${enc(t)}`)],
  ['order', 5_000, (s, t) => s.call('GET', `/posts?order=${enc(t)}`)],
  ['filter', 5_000, (s, t) => s.call('GET', `/posts?id=${enc(t)}`)],
  ['list', 5_000, (s, t) => s.call('GET', `/posts?title=in.(${enc(t)})`)],
  ['list without an end', 5_000, (s, t) => s.call('GET', `/posts?title=in.(${enc(t)}`)],
  ['any', 5_000, (s, t) => s.call('GET', `/posts?title=eq(any).{${enc(t)}}`)],
  ['text search', 5_000, (s, t) => s.call('GET', `/posts?words=wfts.${enc(t)}`)],
  ['pattern', 5_000, (s, t) => s.call('GET', `/posts?title=ilike.${enc(t)}`)],
  ['tree', 5_000, (s, t) => s.call('GET', `/posts?or=(${enc(t)})`)],
  ['tree without an end', 5_000, (s, t) => s.call('GET', `/posts?and=(${enc(t)}`)],
  ['columns', 5_000, (s, t) => s.call('POST', `/posts?columns=${enc(t)}`, { as: users.ann, body: {} })],
  [
    'on_conflict',
    5_000,
    (s, t) =>
      s.call('POST', `/labels?on_conflict=${enc(t)}`, {
        as: users.ann,
        body: { name: 'x' },
        headers: { prefer: 'resolution=merge-duplicates' },
      }),
  ],
  ['limit', 5_000, (s, t) => s.call('GET', `/posts?limit=${enc(t)}`)],
  ['cursor', 5_000, (s, t) => s.call('GET', `/posts?cursor=v.aaaaaa.${enc(t)}`, { headers: { prefer: 'cursor' } })],
  ['argument', 5_000, (s, t) => s.call('GET', `/rpc/join_words?words=${enc(t)}`)],
  ...['accept', 'prefer', 'range', 'authorization', 'apikey', 'accept-profile', 'cookie', 'if-none-match', 'x-plinth-impersonate'].map(
    (name) =>
      [
        `header ${name}`,
        8_000,
        (s: RestServer, t: string) => s.call('GET', '/posts?limit=1', { headers: { [name]: t.replaceAll('é', '~') } }),
      ] as const,
  ),
  [
    'content type',
    8_000,
    (s, t) => s.call('POST', '/labels', { as: users.ann, headers: { 'content-type': t.replaceAll('é', '~') }, body: '{}' }),
  ],
  [
    'content type behind a known one',
    8_000,
    (s, t) =>
      s.call('POST', '/labels', { as: users.ann, headers: { 'content-type': `application/json${t.replaceAll('é', '~')}` }, body: '{}' }),
  ],
  ['token', 8_000, (s, t) => s.call('GET', '/posts?limit=1', { headers: { authorization: `Bearer ${t.replaceAll('é', '~')}` } })],
  ...['application/json', 'text/csv', 'application/x-www-form-urlencoded', 'text/plain'].map(
    (type) =>
      [
        `body of ${type}`,
        300_000,
        (s: RestServer, t: string) => s.call('POST', '/secrets', { headers: { 'content-type': type }, body: t }),
      ] as const,
  ),
  ['rows', 300_000, (s, t) => s.call('POST', '/secrets', { body: `[{"id":${t}` })],
  ['text in a row', 300_000, (s, t) => s.call('POST', '/secrets', { body: `{"secret":"${t}` })],
  ['batch', 300_000, (s, t) => s.call('POST', '/batch', { body: `{"steps":[{"method":"GET","path":"/posts?${t}"}]}` })],
]

const errorKeys = ['code', 'details', 'hint', 'message']

describe('long inputs', () => {
  const check = async (piece: string, length: number, send: (typeof positions)[number][2]): Promise<void> => {
    const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
    const answer = await send(server, text)
    if (!isLimitOfPostgres(answer.text)) expect(answer.status, `${piece}: ${answer.text.slice(0, 300)}`).toBeLessThan(500)
    if (answer.status >= 400) expect(Object.keys(answer.json), piece).toEqual(expect.arrayContaining(errorKeys))
  }
  let server: RestServer
  beforeAll(async () => {
    server = await startRest(schema, { rest: { aggregates: true, plans: true } })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it.each(positions)('in the position "%s" take no longer than they are', async (_name, length, send) => {
    // Several at once, for most of the time goes by waiting for the database.
    for (let i = 0; i < pieces.length; i += 8) {
      const some = pieces.slice(i, i + 8)
      const before = process.cpuUsage()
      await Promise.all(some.map((piece) => check(piece, length, send)))
      const spent = process.cpuUsage(before)
      // Generous: a machine that is busy with other tests.
      expect((spent.user + spent.system) / 1_000, some.join(' ')).toBeLessThan(2_000)
    }
    server.statements.length = 0
  })
})
