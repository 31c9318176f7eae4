// Functions that are hard to tell apart or to describe: rows as arguments, overloads, arguments without names.
import { describe, expect, it } from 'vitest'
import { anonymous, fixture, send } from './fixture.ts'

const client = anonymous()
const ann = {
  username: 'ann',
  status: 'ONLINE',
  age_range: null,
  catchphrase: null,
  motto: null,
  data: null,
  tags: [],
  address: null,
  score: null,
}

describe(`rows as arguments on ${fixture.database}`, () => {
  it('the name of the argument chooses among functions that take rows of tables and views', async () => {
    const ids = async (given: Record<string, unknown>) => {
      const { data, error } = await client.rpc('messages_around', given).select('id')
      expect(error).toBeNull()
      return (data as unknown as { id: number }[]).map((row) => row.id)
    }
    expect(await ids({ channel_row: { id: 2, slug: null, data: null } })).toEqual([3, 4])
    expect(await ids({ user_row: ann })).toEqual([1, 3])
    expect(await ids({ online_row: { username: 'ann', status: 'ONLINE', tags: [] } })).toEqual([3, 1])
  })

  it('keys of a row may be left out', async () => {
    const { data, error } = await client.rpc('messages_around', { user_row: { username: 'bob' } }).select('id, blurb')
    expect(error).toBeNull()
    expect(data).toEqual([{ id: 2, blurb: 'Per' }])
  })

  it('rows of a view that a function returns embed what the view embeds', async () => {
    const { data, error } = await client
      .rpc('messages_around', { online_row: { username: 'bob', status: 'ONLINE', tags: [] } })
      .select('id, users(username, status)')
    expect(error).toBeNull()
    expect(data).toEqual([{ id: 2, users: { username: 'bob', status: 'ONLINE' } }])
  })

  it('one row that a function returns can be embedded upon and filtered away', async () => {
    const first = () => client.rpc('first_message', { user_row: { username: 'ann' } })
    expect((await first().select('id, channels(slug)')).data).toEqual({ id: 1, channels: { slug: 'public' } })
    const none = await first().select('id, channels(slug)').eq('username', 'nobody')
    expect([none.data, none.error, none.status]).toEqual([null, null, 200])
    expect((await first().eq('username', 'ann').select('id')).data).toEqual({ id: 1 })
  })
})

describe(`overloads on ${fixture.database}`, () => {
  it('with other names of arguments are told apart, also by what may be left out', async () => {
    const nothing = await client.rpc('overloaded')
    expect([nothing.data, nothing.status]).toEqual([null, 204])
    expect((await client.rpc('overloaded', { a: 'x' })).data).toBe(1)
    expect((await client.rpc('overloaded', { b: 1 })).data).toBe('b')
    expect((await client.rpc('overloaded', { cid: 1 }).select('id')).data).toEqual([{ id: 2 }])
    expect((await client.rpc('overloaded', { cid: 1, search: 'Hello World' }).select('id')).data).toEqual([{ id: 1 }])
  })

  it('with the same names cannot be told apart by their values', async () => {
    expect((await client.rpc('half_unclear')).status).toBe(204)
    for (const a of ['text', 1]) {
      const { error, status } = await client.rpc('half_unclear', { a })
      expect(status).toBe(300)
      expect(error).toEqual({
        code: 'PGRST203',
        details: null,
        hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
        message: 'Could not choose the best candidate function between: public.half_unclear(a => integer), public.half_unclear(a => text)',
      })
    }
  })
})

describe(`arguments without a name on ${fixture.database}`, () => {
  it('of several types: a JSON body goes to the one that takes text', async () => {
    expect((await client.rpc('unnamed_kinds', { '': 'test' })).data).toBe('text')
    expect((await client.rpc('unnamed_kinds', { '': true })).data).toBe('text')
  })

  it('beside a function without arguments', async () => {
    expect((await client.rpc('unnamed_or_none')).data).toBe(1)
    expect((await client.rpc('unnamed_or_none', { '': '' })).data).toBe('text')
  })

  it('with defaults, beside a function without arguments, cannot be told apart', async () => {
    const { error, status } = await client.rpc('unnamed_default')
    expect(status).toBe(300)
    expect(error?.message).toBe(
      'Could not choose the best candidate function between: public.unnamed_default(), public.unnamed_default( => text)',
    )
    expect((await client.rpc('unnamed_default', { '': 'text' })).data).toBe('text')
  })

  it('of a type that no body has is not found', async () => {
    const { error, status } = await client.rpc('unnamed_int', { '': 1 })
    expect(status).toBe(404)
    expect(error).toMatchObject({
      code: 'PGRST202',
      details:
        'Searched for the function public.unnamed_int with parameter  or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      message: 'Could not find the function public.unnamed_int() in the schema cache',
    })
  })

  it('of a table: a computed column is no function to call', async () => {
    const { error, status } = await client.rpc('blurb')
    expect(status).toBe(404)
    expect(error).toMatchObject({
      code: 'PGRST202',
      details:
        'Searched for the function public.blurb without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      message: 'Could not find the function public.blurb without parameters in the schema cache',
    })
  })
})

describe(`functions as relationships on ${fixture.database}`, () => {
  const rows = async (path: string) => (await send(`GET ${path}`)).json as unknown

  it('the embedding table chooses among overloads', async () => {
    expect(await rows('/channels?select=id,found:messages_around(id,blurb)&order=id')).toEqual([
      {
        id: 1,
        found: [
          { id: 1, blurb: 'Hel' },
          { id: 2, blurb: 'Per' },
        ],
      },
      {
        id: 2,
        found: [
          { id: 3, blurb: 'Som' },
          { id: 4, blurb: null },
        ],
      },
      { id: 3, found: [] },
    ])
    expect(await rows('/users?select=username,messages_around(id)&username=in.(ann,dan)&order=username')).toEqual([
      { username: 'ann', messages_around: [{ id: 1 }, { id: 3 }] },
      { username: 'dan', messages_around: [] },
    ])
  })

  it('of a view, to the rows of another view, with what that embeds', async () => {
    expect(await rows('/online_users?select=username,messages_around(id,channels(slug))&username=eq.bob')).toEqual([
      { username: 'bob', messages_around: [{ id: 2, channels: { slug: 'public' } }] },
    ])
  })

  it('that return one row, not a set, always have a row', async () => {
    expect(await rows('/users?select=username,first_message(id,stars)&username=in.(ann,dan)&order=username')).toEqual([
      { username: 'ann', first_message: { id: 1, stars: 5 } },
      { username: 'dan', first_message: { id: null, stars: null } },
    ])
  })

  it('!inner, filters and spread', async () => {
    expect(await rows('/channels?select=id,owner!inner(username)&order=id')).toEqual([
      { id: 1, owner: { username: 'ann' } },
      { id: 2, owner: { username: 'cat' } },
    ])
    expect(await rows('/channels?select=id,loud:messages_around!inner(id)&loud.stars=gt.3')).toEqual([{ id: 1, loud: [{ id: 1 }] }])
    expect(await rows('/channels?select=id,...owner(by:username)&order=id')).toEqual([
      { id: 1, by: 'ann' },
      { id: 2, by: 'cat' },
      { id: 3, by: null },
    ])
  })
})

describe(`aggregates below relationships on ${fixture.database}`, () => {
  it('count without parentheses, as long as there is no such column', async () => {
    const { data } = await client.from('users').select('username, messages(count)').order('username').limit(2)
    expect(data).toEqual([
      { username: 'ann', messages: [{ count: 2 }] },
      { username: 'bob', messages: [{ count: 1 }] },
    ])
  })

  it('two levels deep, beside a spread', async () => {
    const { data, error } = await client
      .from('users')
      .select('username, messages(channels(count(), id.sum(), ...channel_details(details)))')
      .eq('username', 'ann')
      .order('id', { referencedTable: 'messages' })
    expect(error).toBeNull()
    expect(data).toEqual([
      {
        username: 'ann',
        messages: [
          { channels: { count: 1, sum: 1, details: 'Everybody is here' } },
          { channels: { count: 1, sum: 2, details: 'Anything goes' } },
        ],
      },
    ])
  })
})
