// The grammar of queries as it stands in URLs: what the client library never writes, or writes in one way only (contract
// table 2.2).
import { describe, expect, it } from 'vitest'
import { fixture, send } from './fixture.ts'

async function rows(path: string): Promise<unknown> {
  const answer = await send(`GET ${path}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json
}
/** First values of the rows, in order of appearance. */
const list = async (path: string) => ((await rows(path)) as Record<string, unknown>[]).map((row) => Object.values(row)[0])
const users = (filter: string) => list(`/users?select=username&order=username&${filter}`)
const messages = (filter: string) => list(`/messages?select=id&order=id&${filter}`)

describe(`operators on ${fixture.database}`, () => {
  it.each([
    ['eq', 'username=eq.ann', ['ann']],
    ['neq', 'username=neq.ann', ['bob', 'cat', 'dan']],
    ['gt', 'score=gt.7.25', ['ann']],
    ['gte', 'score=gte.7.25', ['ann', 'bob']],
    ['lt', 'score=lt.7.25', ['dan']],
    ['lte', 'score=lte.7.25', ['bob', 'dan']],
    ['like', 'username=like.*a*', ['ann', 'cat', 'dan']],
    ['like with percent', 'username=like.%25an', ['dan']],
    ['ilike', 'motto=ilike.*RAT*', ['bob']],
    ['match', 'username=match.%5E.a', ['cat', 'dan']],
    ['imatch', 'motto=imatch.%5EFAT', ['ann']],
    ['in', 'username=in.(ann,"bob","c,d")', ['ann', 'bob']],
    ['is.null', 'score=is.null', ['cat']],
    ['is.not_null', 'score=is.not_null', ['ann', 'bob', 'dan']],
    ['is.NULL in capitals', 'score=is.NULL', ['cat']],
    ['isdistinct', 'score=isdistinct.7.25', ['ann', 'cat', 'dan']],
    ['fts', 'catchphrase=fts(simple).fat', ['ann', 'bob']],
    ['plfts', 'catchphrase=plfts(simple).fat%20rat', ['bob']],
    ['phfts', 'catchphrase=phfts(simple).fat%20cat', ['ann']],
    ['wfts', 'catchphrase=wfts(simple).rat%20or%20nap', ['bob', 'cat']],
    ['cs', 'tags=cs.{admin}', ['ann', 'dan']],
    ['cd', 'tags=cd.{admin}', ['cat', 'dan']],
    ['ov', 'tags=ov.{writer,x}', ['ann', 'bob']],
    ['sl', 'age_range=sl.[36,40)', ['ann', 'bob', 'cat']],
    ['sr', 'age_range=sr.[36,40)', ['dan']],
    ['nxr', 'age_range=nxr.[20,35)', ['ann', 'bob', 'cat']],
    ['nxl', 'age_range=nxl.[25,26)', ['ann', 'cat', 'dan']],
    ['adj', 'age_range=adj.[30,40)', ['bob', 'dan']],
    ['not', 'username=not.eq.ann', ['bob', 'cat', 'dan']],
    ['not with in', 'username=not.in.(ann,bob)', ['cat', 'dan']],
    ['not with is', 'score=not.is.null', ['ann', 'bob', 'dan']],
    ['eq(any)', 'username=eq(any).{ann,cat}', ['ann', 'cat']],
    ['like(all)', 'username=like(all).{*a*,*n}', ['ann', 'dan']],
    ['ilike(any)', 'username=ilike(any).{A*,B*}', ['ann', 'bob']],
    ['gt(all)', 'score=gt(all).{1,7}', ['ann', 'bob']],
    ['gte(any)', 'score=gte(any).{8,100}', ['ann']],
    ['lt(any)', 'score=lt(any).{1,8}', ['bob', 'dan']],
    ['lte(all)', 'score=lte(all).{8,7.25}', ['bob', 'dan']],
    ['match(any)', 'username=match(any).{%5Ea,t$}', ['ann', 'cat']],
    ['imatch(all)', 'username=imatch(all).{A,N$}', ['ann', 'dan']],
    ['not with any', 'username=not.eq(any).{ann,cat}', ['bob', 'dan']],
  ])('%s', async (_name, filter, expected) => {
    expect(await users(filter)).toEqual(expected)
  })

  it('is.true, is.false and is.unknown', async () => {
    const members = (filter: string) => list(`/channel_members?select=username&order=username,channel_id&${filter}`)
    expect(await members('is_owner=is.true')).toEqual(['ann', 'cat'])
    expect(await members('is_owner=is.false')).toEqual(['bob'])
    expect(await members('is_owner=is.unknown')).toEqual(['ann'])
    expect(await members('is_owner=not.is.true')).toEqual(['ann', 'bob'])
  })

  it('values keep reserved characters, dots and quotes', async () => {
    expect(await messages('message=eq.Some,%20(odd)%20"x"')).toEqual([3])
    expect(await messages('message=in.("Some, (odd) \\"x\\"",Perfection)')).toEqual([2, 3])
    expect(await messages('message=eq.')).toEqual([])
    expect(await messages('message=in.()')).toEqual([])
  })
})

describe(`json paths on ${fixture.database}`, () => {
  it('in select, filters, order and logic', async () => {
    expect(await rows('/users?select=data->home->>city,data->langs->0&username=eq.ann')).toEqual([{ city: 'Oslo', langs: 'en' }])
    expect(await users('data->>level=eq.1')).toEqual(['bob'])
    expect(await users('data->home->>city=in.(Oslo,Bergen)')).toEqual(['ann', 'bob'])
    expect(await users('data->langs->>1=eq.fr')).toEqual(['ann'])
    expect(await list('/users?select=username&order=data->home->>city.asc.nullslast,username&limit=2')).toEqual(['bob', 'ann'])
    expect(await users('or=(data->>level.eq.3,data->home->>city.eq.Bergen)')).toEqual(['ann', 'bob'])
    expect(await rows('/users?select=level:data->>level::int&username=eq.bob')).toEqual([{ level: 1 }])
  })
})

describe(`logic on ${fixture.database}`, () => {
  it.each([
    ['or', 'or=(username.eq.ann,username.eq.bob)', ['ann', 'bob']],
    ['and', 'and=(status.eq.ONLINE,tags.cs.{admin})', ['ann']],
    ['not.or', 'not.or=(username.eq.ann,username.eq.bob)', ['cat', 'dan']],
    ['not.and', 'not.and=(status.eq.ONLINE,username.neq.bob)', ['bob', 'cat', 'dan']],
    ['nested', 'or=(username.eq.dan,and(status.eq.ONLINE,or(score.gt.10,score.is.null)))', ['ann', 'dan']],
    ['nested not', 'and=(not.or(username.eq.ann,username.eq.bob),score.not.is.null)', ['dan']],
    [
      'in, any and ranges inside',
      'or=(username.in.(ann,"x,y"),username.like(any).{c*},age_range.adj."[30,40)")',
      ['ann', 'bob', 'cat', 'dan'],
    ],
    ['full text inside', 'or=(catchphrase.fts(simple).nap,username.eq.bob)', ['bob', 'cat']],
  ])('%s', async (_name, filter, expected) => {
    expect(await users(filter)).toEqual(expected)
  })
})

describe(`order and pages on ${fixture.database}`, () => {
  it('directions, nulls, several columns', async () => {
    expect(await list('/users?select=username&order=score.desc.nullslast,username.asc')).toEqual(['ann', 'bob', 'dan', 'cat'])
    expect(await list('/users?select=username&order=score.nullsfirst')).toEqual(['cat', 'dan', 'bob', 'ann'])
    expect(await list('/users?select=username&order=status.desc,username.desc')).toEqual(['dan', 'cat', 'bob', 'ann'])
    expect(await list('/users?select=username&order=username&limit=2&offset=1')).toEqual(['bob', 'cat'])
  })
})

describe(`select on ${fixture.database}`, () => {
  it('quoted names, casts, aliases with quotes, stars beside columns', async () => {
    expect(await rows('/odd,%20names?select="the%20key"::text,"my%20alias":"a.b"&"the%20key"=eq.1')).toEqual([
      { 'the key': '1', 'my alias': 'dotted' },
    ])
    expect(await rows('/odd,%20names?select=*&"c(d)"=eq."x,y"')).toEqual([])
    expect(await rows('/odd,%20names?select="the%20key"&"c(d)"=in.("x,y")')).toEqual([{ 'the key': 2 }])
    expect(await rows('/channels?select=*,shown:slug&id=eq.2')).toEqual([{ id: 2, slug: 'random', data: null, shown: 'random' }])
  })

  it('nothing at all gives empty objects', async () => {
    expect(await rows('/channels?select=&limit=1')).toEqual([{}])
  })
})

describe(`limited writes on ${fixture.database}`, () => {
  it('limit and order on PATCH and DELETE take that part of the rows', async () => {
    const headers = { prefer: 'return=representation,tx=rollback' }
    const removed = await send('DELETE /numbers?n=gt.10&order=n.desc&limit=2&select=n', { headers })
    expect([removed.status, removed.json]).toEqual([200, [{ n: 200 }, { n: 199 }]])
    const changed = await send('PATCH /users?order=username&limit=1&offset=1&select=username', { body: { motto: 'changed' }, headers })
    expect([changed.status, changed.json]).toEqual([200, [{ username: 'bob' }]])
  })
})

describe(`functions on ${fixture.database}`, () => {
  it('arguments in the URL are told apart from filters by the names of the arguments', async () => {
    expect(await rows('/rpc/messages_of?name_param=ann&stars=gt.1&select=id')).toEqual([{ id: 1 }])
    expect(await rows('/rpc/add_them?a=1&b=2')).toBe(3)
    expect(await rows('/rpc/whats?word=x&other=y')).toBe('two x y')
    expect(await rows('/rpc/greet?name=eq.x')).toBe('Hello eq.x!')
  })

  it('a repeated argument is a variadic one', async () => {
    expect(await rows('/rpc/join_words?words=a&words=b&words=c')).toBe('a-b-c')
    expect((await send('POST /rpc/join_words', { body: { words: ['x', 'y'] } })).json).toBe('x-y')
  })

  it('a scalar set can be paged and counted', async () => {
    const answer = await send('GET /rpc/get_usernames?limit=2&offset=1', { headers: { prefer: 'count=exact' } })
    expect([answer.status, answer.json, answer.headers.get('content-range')]).toEqual([206, ['bob', 'cat'], '1-2/4'])
  })
})
