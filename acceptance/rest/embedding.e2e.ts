// Related rows of every kind: to one, to many, one to one, many to many, through hints, views, functions and computed
// relationships, spread, and what is said when a relationship is missing or ambiguous.
import { describe, expect, it } from 'vitest'
import { anonymous, fixture, send } from './fixture.ts'

const client = anonymous()

/** The rows of a GET, which must succeed. */
async function rows(path: string): Promise<unknown> {
  const answer = await send(`GET ${path}`)
  expect(answer.json, answer.text).toBeInstanceOf(Array)
  expect(answer.status).toBe(200)
  return answer.json
}

describe(`embedding on ${fixture.database}: relationships of keys`, () => {
  it('many to one gives an object or null', async () => {
    expect(await rows('/categories?select=name,parent:parent_id(name)&order=id&limit=2')).toEqual([
      { name: 'all', parent: null },
      { name: 'books', parent: { name: 'all' } },
    ])
    expect(await rows('/messages?select=id,users(username,status)&id=eq.4')).toEqual([
      { id: 4, users: { username: 'cat', status: 'OFFLINE' } },
    ])
  })

  it('one to many gives an array, empty without rows', async () => {
    expect(await rows('/channels?select=slug,messages(id)&order=id&messages.order=id')).toEqual([
      { slug: 'public', messages: [{ id: 1 }, { id: 2 }] },
      { slug: 'random', messages: [{ id: 3 }, { id: 4 }] },
      { slug: 'empty', messages: [] },
    ])
  })

  it('one to one gives an object from either side', async () => {
    expect(await rows('/channels?select=id,channel_details(details)&order=id')).toEqual([
      { id: 1, channel_details: { details: 'Everybody is here' } },
      { id: 2, channel_details: { details: 'Anything goes' } },
      { id: 3, channel_details: null },
    ])
    expect(await rows('/channel_details?select=details,channels(slug)&id=eq.2')).toEqual([
      { details: 'Anything goes', channels: { slug: 'random' } },
    ])
  })

  it('many to many goes through the junction, from either side', async () => {
    const { data } = await client
      .from('channels')
      .select('id, members:users!channel_members(username)')
      .order('id')
      .order('username', { referencedTable: 'members' })
    expect(data).toEqual([
      { id: 1, members: [{ username: 'ann' }, { username: 'bob' }] },
      { id: 2, members: [{ username: 'ann' }, { username: 'cat' }] },
      { id: 3, members: [] },
    ])
    expect(await rows('/users?select=username,channels(slug)&username=eq.ann&channels.order=id')).toEqual([
      { username: 'ann', channels: [{ slug: 'public' }, { slug: 'random' }] },
    ])
  })

  it('a table related to itself: parents by the column, children by the key', async () => {
    expect(await rows('/categories?select=name,children:categories!parent_id(name)&id=eq.1&children.order=id')).toEqual([
      { name: 'all', children: [{ name: 'books' }, { name: 'music' }] },
    ])
  })

  it('several levels deep', async () => {
    expect(
      await rows(
        '/channels?select=slug,messages(message,users(username,best_friends!best_friends_first_fkey(id)))&id=eq.1&messages.order=id&messages.users.best_friends.order=id',
      ),
    ).toEqual([
      {
        slug: 'public',
        messages: [
          { message: 'Hello World', users: { username: 'ann', best_friends: [{ id: 1 }, { id: 2 }] } },
          { message: 'Perfection', users: { username: 'bob', best_friends: [] } },
        ],
      },
    ])
  })
})

describe(`embedding on ${fixture.database}: several relationships between two tables`, () => {
  it('are told apart by constraint, by column and by column as target', async () => {
    const expected = [{ id: 1, first: { username: 'ann' }, second: { username: 'bob' }, third: { username: 'cat' } }]
    expect(
      await rows(
        '/best_friends?id=eq.1&select=id,first:users!best_friends_first_fkey(username),second:users!second_user(username),third:third_wheel(username)',
      ),
    ).toEqual(expected)
    expect(
      await rows(
        '/best_friends?id=eq.1&select=id,first:best_friends_first_fkey(username),second:best_friends_second_fkey(username),third:best_friends_third_fkey(username)',
      ),
    ).toEqual(expected)
  })

  it('without a hint are 300 with every candidate', async () => {
    const answer = await send('GET /best_friends?select=id,users(username)')
    expect(answer.status).toBe(300)
    expect(answer.json).toEqual({
      code: 'PGRST201',
      details: [
        {
          cardinality: 'many-to-one',
          embedding: 'best_friends with users',
          relationship: 'best_friends_first_fkey using best_friends(first_user) and users(username)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'best_friends with users',
          relationship: 'best_friends_second_fkey using best_friends(second_user) and users(username)',
        },
        {
          cardinality: 'many-to-one',
          embedding: 'best_friends with users',
          relationship: 'best_friends_third_fkey using best_friends(third_wheel) and users(username)',
        },
      ],
      hint: "Try changing 'users' to one of the following: 'users!best_friends_first_fkey', 'users!best_friends_second_fkey', 'users!best_friends_third_fkey'. Find the desired relationship in the 'details' key.",
      message: "Could not embed because more than one relationship was found for 'best_friends' and 'users'",
    })
  })

  it('no relationship at all is 400, with the nearest name', async () => {
    const answer = await send('GET /channels?select=id,messagess(id)')
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 'PGRST200',
      details:
        "Searched for a foreign key relationship between 'channels' and 'messagess' in the schema 'public', but no matches were found.",
      hint: "Perhaps you meant 'messages' instead of 'messagess'.",
      message: "Could not find a relationship between 'channels' and 'messagess' in the schema cache",
    })
    const hinted = await send('GET /messages?select=id,users!wrong(username)')
    expect(hinted.status).toBe(400)
    expect(hinted.json).toMatchObject({
      code: 'PGRST200',
      details:
        "Searched for a foreign key relationship between 'messages' and 'users' using the hint 'wrong' in the schema 'public', but no matches were found.",
    })
  })
})

describe(`embedding on ${fixture.database}: views, functions, computed relationships`, () => {
  it('through a view, by the lineage of its columns', async () => {
    expect(await rows('/message_list?select=message_id,users(username),channels(slug)&message_id=eq.1')).toEqual([
      { message_id: 1, users: { username: 'ann' }, channels: { slug: 'public' } },
    ])
    expect(await rows('/channels?select=id,message_list(author)&id=eq.1&message_list.order=author')).toEqual([
      { id: 1, message_list: [{ author: 'ann' }, { author: 'bob' }] },
    ])
    expect(await rows('/online_users?select=username,messages(id)&order=username&messages.order=id')).toEqual([
      { username: 'ann', messages: [{ id: 1 }, { id: 3 }] },
      { username: 'bob', messages: [{ id: 2 }] },
    ])
  })

  it('on the rows of a function', async () => {
    expect(await rows('/rpc/messages_of?name_param=ann&select=id,channels(slug)&order=id.desc')).toEqual([
      { id: 3, channels: { slug: 'random' } },
      { id: 1, channels: { slug: 'public' } },
    ])
  })

  it('computed relationships: to many and, with rows 1, to one', async () => {
    expect(await rows('/users?select=username,loud_messages(id,stars)&order=username&limit=3')).toEqual([
      { username: 'ann', loud_messages: [{ id: 1, stars: 5 }] },
      { username: 'bob', loud_messages: [{ id: 2, stars: 3 }] },
      { username: 'cat', loud_messages: [] },
    ])
    expect(await rows('/channels?select=id,owner(username,status)&order=id')).toEqual([
      { id: 1, owner: { username: 'ann', status: 'ONLINE' } },
      { id: 2, owner: { username: 'cat', status: 'OFFLINE' } },
      { id: 3, owner: null },
    ])
  })

  it('computed columns of an embedded row', async () => {
    expect(await rows('/messages?select=id,users(shout)&id=eq.2')).toEqual([{ id: 2, users: { shout: 'BOB' } }])
  })
})

describe(`embedding on ${fixture.database}: conditions`, () => {
  it('!inner leaves out rows without related ones', async () => {
    expect(await rows('/channels?select=id,messages!inner(id)&messages.stars=gt.3')).toEqual([{ id: 1, messages: [{ id: 1 }] }])
  })

  it('!left keeps them, as without a word', async () => {
    expect(await rows('/channels?select=id,messages!left(id)&messages.stars=gt.3&order=id')).toEqual([
      { id: 1, messages: [{ id: 1 }] },
      { id: 2, messages: [] },
      { id: 3, messages: [] },
    ])
  })

  it('is null and not is null on the embedded: without and with related rows', async () => {
    expect(await rows('/channels?select=id,messages()&messages=is.null')).toEqual([{ id: 3 }])
    expect(await rows('/channels?select=id,messages()&messages=not.is.null&order=id')).toEqual([{ id: 1 }, { id: 2 }])
    expect(
      await rows('/channels?select=id,messages(),channel_details()&or=(messages.is.null,channel_details.not.is.null)&order=id'),
    ).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  })

  it('filters, order, limit and offset below a relationship, also two levels deep and by alias', async () => {
    expect(await rows('/users?select=username,posts:messages(id)&username=eq.ann&posts.order=id.desc&posts.limit=1')).toEqual([
      { username: 'ann', posts: [{ id: 3 }] },
    ])
    expect(
      await rows(
        '/channels?select=id,messages(id,users(username))&id=eq.2&messages.users.username=eq.cat&messages.order=id&messages.offset=0',
      ),
    ).toEqual([
      {
        id: 2,
        messages: [
          { id: 3, users: null },
          { id: 4, users: { username: 'cat' } },
        ],
      },
    ])
    expect(await rows('/channels?select=id,messages(id)&id=eq.1&messages.or=(id.eq.2,stars.eq.9)&messages.offset=0')).toEqual([
      { id: 1, messages: [{ id: 2 }] },
    ])
    expect(await rows('/channels?select=id,messages(id)&id=eq.1&messages.not.and=(id.eq.2,stars.eq.3)')).toEqual([
      { id: 1, messages: [{ id: 1 }] },
    ])
  })

  it('order by a related column, and the refusal where there are many', async () => {
    expect(await rows('/messages?select=id,channels(slug)&order=channels(slug).desc,id.asc')).toEqual([
      { id: 3, channels: { slug: 'random' } },
      { id: 4, channels: { slug: 'random' } },
      { id: 1, channels: { slug: 'public' } },
      { id: 2, channels: { slug: 'public' } },
    ])
    const refused = await send('GET /channels?select=id,messages(id)&order=messages(id)')
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual({
      code: 'PGRST118',
      details: "'channels' and 'messages' do not form a many-to-one or one-to-one relationship",
      hint: null,
      message: "A related order on 'messages' is not possible",
    })
  })
})

describe(`embedding on ${fixture.database}: spread`, () => {
  it('of one row puts its columns into the parent', async () => {
    expect(await rows('/messages?select=id,...users(username,now:status)&id=eq.4')).toEqual([{ id: 4, username: 'cat', now: 'OFFLINE' }])
    expect(await rows('/categories?select=id,...parent_id(parent:name)&id=eq.1')).toEqual([{ id: 1, parent: null }])
  })

  it('of many rows gives arrays', async () => {
    expect(await rows('/channels?select=id,...messages(ids:id,stars)&order=id&messages.order=id')).toEqual([
      { id: 1, ids: [1, 2], stars: [5, 3] },
      { id: 2, ids: [3, 4], stars: [1, 0] },
      { id: 3, ids: [], stars: [] },
    ])
  })

  it('inside an embedded row', async () => {
    expect(await rows('/channels?select=id,messages(id,...users(username))&id=eq.1&messages.order=id')).toEqual([
      {
        id: 1,
        messages: [
          { id: 1, username: 'ann' },
          { id: 2, username: 'bob' },
        ],
      },
    ])
  })
})

describe(`aggregates on ${fixture.database}`, () => {
  it('of the whole table', async () => {
    expect(await rows('/messages?select=count(),stars.sum(),stars.avg(),low:stars.min(),high:stars.max(),texts:message.count()')).toEqual([
      { count: 4, sum: 9, avg: 2.25, low: 0, high: 5, texts: 3 },
    ])
  })

  it('grouped by the other columns, filtered and ordered', async () => {
    expect(await rows('/messages?select=username,count(),stars.sum()&order=username&stars=gt.0')).toEqual([
      { username: 'ann', count: 2, sum: 6 },
      { username: 'bob', count: 1, sum: 3 },
    ])
  })

  it('with casts on either side, and of json paths', async () => {
    expect(await rows('/messages?select=total:stars.sum()::text')).toEqual([{ total: '9' }])
    expect(await rows('/users?select=levels:data->>level::int.sum()')).toEqual([{ levels: 4 }])
  })

  it('inside an embedded table, and grouped by a related row', async () => {
    expect(await rows('/channels?select=id,messages(count(),stars.sum())&order=id&limit=2')).toEqual([
      { id: 1, messages: [{ count: 2, sum: 8 }] },
      { id: 2, messages: [{ count: 2, sum: 1 }] },
    ])
    const nested = (await rows('/messages?select=count(),channels(slug)&stars=gt.0')) as { count: number }[]
    expect(nested.sort((a, b) => a.count - b.count)).toEqual([
      { count: 1, channels: { slug: 'random' } },
      { count: 2, channels: { slug: 'public' } },
    ])
    const flat = (await rows('/messages?select=count(),...channels(slug)&stars=gt.0')) as { count: number }[]
    expect(flat.sort((a, b) => a.count - b.count)).toEqual([
      { count: 1, slug: 'random' },
      { count: 2, slug: 'public' },
    ])
  })
})
