// Policies as data: who may do what to which row of posts, and what must not appear in any answer.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startRest, users } from './rest-server.ts'

const schema = readFileSync(new URL('../../query/test/golden/schema.sql', import.meta.url), 'utf8')
const representation = { prefer: 'return=representation' }

type Who = 'anonymous' | 'ann' | 'bob' | 'service'
const asUser: Record<Who, string | undefined> = { anonymous: undefined, ann: users.ann, bob: users.bob, service: 'service' }

// Posts 1 and 2 are Ann's, 3 and 4 are Bob's, and 4 is a draft.
const reads: readonly (readonly [who: Who, ids: readonly number[]])[] = [
  ['anonymous', [1, 2, 3]],
  ['ann', [1, 2, 3]],
  ['bob', [1, 2, 3, 4]],
  ['service', [1, 2, 3, 4]],
]
const inserts: readonly (readonly [who: Who, author: number, status: number])[] = [
  ['anonymous', 1, 401],
  ['ann', 1, 201],
  ['ann', 2, 403],
  ['bob', 2, 201],
  ['bob', 3, 403],
  ['service', 3, 201],
]
const changes: readonly (readonly [who: Who, method: 'PATCH' | 'DELETE', id: number, status: number, touched: readonly number[]])[] = [
  ['anonymous', 'PATCH', 1, 401, []],
  ['ann', 'PATCH', 1, 200, [1]],
  ['ann', 'PATCH', 3, 200, []],
  ['ann', 'PATCH', 4, 200, []],
  ['bob', 'PATCH', 4, 200, [4]],
  ['service', 'PATCH', 4, 200, [4]],
  ['anonymous', 'DELETE', 1, 401, []],
  ['ann', 'DELETE', 3, 200, []],
  ['ann', 'DELETE', 4, 200, []],
  ['bob', 'DELETE', 4, 200, [4]],
  ['service', 'DELETE', 4, 200, [4]],
]
/** Requests that reach posts on every path there is. None may show the draft to Ann or to nobody. */
const pathsToPosts = [
  '/posts',
  '/posts?id=eq.4',
  '/posts?select=title&order=score.desc&limit=1',
  '/post_titles',
  '/rpc/posts_above?minimum=0',
  '/authors?select=name,posts!author_id(title,body)',
  '/comments?select=body,posts(title)',
  '/labels?select=name,posts(title)',
  '/comments?select=body,posts!inner(title)&posts.title=eq.Draft',
]

describe('row-level security over REST', () => {
  it.each(reads)('%s reads exactly the rows that the policies show', async (who, ids) => {
    await using server = await startRest(schema)
    const all = await server.call('GET', '/posts?select=id&order=id', { as: asUser[who] })
    expect(all.json).toEqual(ids.map((id) => ({ id })))
    const counted = await server.call('HEAD', '/posts', { as: asUser[who], headers: { prefer: 'count=exact' } })
    expect(counted.headers['content-range']).toBe(`0-${ids.length - 1}/${ids.length}`)
  })

  it('shows a hidden row on no path to its table', async () => {
    await using server = await startRest(schema)
    for (const path of pathsToPosts) {
      for (const as of [undefined, users.ann]) {
        const answer = await server.call('GET', path, { as, headers: { prefer: 'count=exact' } })
        expect(answer.status, path).toBeLessThan(300)
        expect(answer.text, path).not.toMatch(/Draft|secret/)
      }
    }
    expect((await server.call('GET', '/posts?id=eq.4', { as: users.bob })).text).toContain('Draft')
  })

  it.each(inserts)('%s inserting a post of author %i gets %i', async (who, author, status) => {
    await using server = await startRest(schema)
    const answer = await server.call('POST', '/posts', { as: asUser[who], body: { author_id: author, title: 'new', published: true } })
    expect(answer.status).toBe(status)
    const [row] = await server.db.superuserSql<{ n: string }>(`select count(*) n from posts where title = 'new'`)
    expect(Number(row!.n)).toBe(status === 201 ? 1 : 0)
  })

  it.each(changes)('%s with %s of post %i gets %i and touches %j', async (who, method, id, status, touched) => {
    await using server = await startRest(schema)
    const body = method === 'PATCH' ? { title: 'changed' } : undefined
    const answer = await server.call(method, `/posts?id=eq.${id}&select=id`, { as: asUser[who], body, headers: representation })
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.json).toEqual(touched.map((one) => ({ id: one })))
    const kept = await server.db.superuserSql<{ id: number }>(`select id from posts where title <> 'changed' order by id`)
    expect(kept.map((row) => row.id)).toEqual([1, 2, 3, 4].filter((one) => !touched.includes(one)))
  })

  it('a filter cannot change rows that it may not see, even without a filter of its own', async () => {
    await using server = await startRest(schema)
    const answer = await server.call('PATCH', '/posts', { as: users.ann, body: { score: 99 }, headers: { prefer: 'count=exact' } })
    expect([answer.status, answer.headers['content-range']]).toEqual([204, '0-1/2'])
    expect(await server.db.superuserSql('select id from posts where score = 99 order by id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('column grants hold: a column without SELECT is neither read, returned, filtered nor ordered by', async () => {
    await using server = await startRest(schema)
    for (const path of ['/secrets', '/secrets?select=secret', '/secrets?select=id&secret=eq.hush', '/secrets?select=id&order=secret']) {
      const answer = await server.call('GET', path, { as: users.ann })
      expect([answer.status, answer.json.code], path).toEqual([403, '42501'])
      expect(answer.text).not.toContain('hush')
    }
    expect((await server.call('GET', '/secrets?select=id', { as: users.ann })).json).toEqual([{ id: 1 }])
    const inserted = await server.call('POST', '/secrets?select=id', {
      as: users.ann,
      body: { id: 2, secret: 's' },
      headers: representation,
    })
    expect([inserted.status, inserted.json]).toEqual([201, [{ id: 2 }]])
  })

  it('two users on one connection never get one another rows', async () => {
    await using server = await startRest(schema)
    const asked = Array.from({ length: 60 }, (_, i) => ([undefined, users.ann, users.bob] as const)[i % 3])
    const answers = await Promise.all(asked.map((as) => server.call('GET', '/posts?select=id&order=id', { as })))
    answers.forEach((answer, i) => expect(answer.json).toHaveLength(asked[i] === users.bob ? 4 : 3))
  })
})
