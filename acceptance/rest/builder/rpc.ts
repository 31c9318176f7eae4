// Functions through the builder: by GET, HEAD and POST, with every kind of argument and result.
import { describe, expect, it } from 'vitest'
import { anonymous } from '../fixture.ts'

const client = anonymous()

function describeResults(): void {
  describe('results of functions', () => {
    it.each([
      ['a scalar', 'add_them', { a: 1, b: 2 }, 3],
      ['an enum', 'get_status', { name_param: 'ann' }, 'ONLINE'],
      ['null', 'get_null', {}, null],
      ['a composite', 'get_address', {}, { street: 'Main St 1', town: 'Oslo' }],
      ['out parameters', 'get_them', { one: 1 }, { one: 1, two: 'two' }],
      ['a table', 'get_username_and_status', { name_param: 'bob' }, [{ username: 'bob', status: 'ONLINE' }]],
      ['a set of scalars', 'get_usernames', {}, ['ann', 'bob', 'cat', 'dan']],
      ['an array argument', 'get_array_element', { arr: [37, 420, 64], index: 2 }, 420],
      ['defaults', 'greet', {}, 'Hello world!'],
      ['one default', 'greet', { name: 'Ann' }, 'Hello Ann!'],
      ['variadic words', 'join_words', { words: ['a', 'b'] }, 'a-b'],
      ['the overload with one argument', 'whats', { word: 'x' }, 'one x'],
      ['the overload with two arguments', 'whats', { word: 'x', other: 'y' }, 'two x y'],
      ['an unnamed json argument', 'echo_json', { any: ['thing', { deep: null }] }, { any: ['thing', { deep: null }] }],
      ['an object for a json argument', 'echo_json_text', { value: { a: 'b' } }, 'b'],
    ])('%s', async (_name, fn, given, expected) => {
      const { data, error, status } = await client.rpc(fn, given)
      expect({ data, error, status }).toEqual({ data: expected, error: null, status: 200 })
    })

    it('void is 204', async () => {
      const { data, error, status } = await client.rpc('do_nothing')
      expect({ data, error, status }).toEqual({ data: null, error: null, status: 204 })
    })

    it('a composite without a row is null in every field', async () => {
      const { data, error } = await client.rpc('get_no_user').select('username, status')
      expect(error).toBeNull()
      expect(data).toEqual({ username: null, status: null })
    })
  })
}

function describeMethods(): void {
  describe('ways to call', () => {
    it('get: arguments in the URL', async () => {
      expect((await client.rpc('add_them', { a: 1, b: 2 }, { get: true })).data).toBe(3)
      expect((await client.rpc('get_array_element', { arr: [37, 420, 64], index: 2 }, { get: true })).data).toBe(420)
      expect((await client.rpc('greet', { name: undefined, mark: '?' }, { get: true })).data).toBe('Hello world?')
    })

    it('get to a volatile function is refused, because it could write', async () => {
      const { error, status } = await client.rpc('write_in_get', {}, { get: true })
      expect([status, error?.code]).toEqual([405, '25006'])
    })

    it('head: the count without a body', async () => {
      const { data, count, status, error } = await client.rpc('get_users', {}, { head: true, count: 'exact' })
      expect({ data, count, status, error }).toEqual({ data: null, count: 4, status: 200, error: null })
    })

    it('head with an object as argument becomes a POST, whose return=minimal means nothing to a call', async () => {
      const { data, error, status } = await client.rpc('echo_json_text', { value: { a: 'b' } }, { head: true, count: 'exact' })
      expect({ data, error, status }).toEqual({ data: 'b', error: null, status: 200 })
    })

    it.each(['exact', 'planned', 'estimated'] as const)('count %s', async (count) => {
      const answer = await client.rpc('get_users', {}, { count }).limit(2)
      expect(answer.error).toBeNull()
      expect(answer.data).toHaveLength(2)
      // The planner knows nothing of a function's rows.
      if (count !== 'planned') expect(answer.count).toBe(4)
    })

    it('filters, order, pages and embeds work on the rows of a function', async () => {
      const { data, error } = await client
        .rpc('get_users')
        .select('username, messages(id)')
        .eq('status', 'ONLINE')
        .order('username', { ascending: false })
        .order('id', { referencedTable: 'messages' })
        .range(0, 5)
      expect(error).toBeNull()
      expect(data).toEqual([
        { username: 'bob', messages: [{ id: 2 }] },
        { username: 'ann', messages: [{ id: 1 }, { id: 3 }] },
      ])
    })

    it('a filter next to arguments in the URL', async () => {
      const { data } = await client.rpc('messages_of', { name_param: 'ann' }, { get: true }).gt('id', 1).select('id')
      expect(data).toEqual([{ id: 3 }])
    })

    it('single, maybeSingle and csv', async () => {
      expect((await client.rpc('get_user', { name_param: 'ann' }).select('username').single()).data).toEqual({ username: 'ann' })
      expect((await client.rpc('messages_of', { name_param: 'nobody' }).maybeSingle()).data).toBeNull()
      expect((await client.rpc('messages_of', { name_param: 'ann' }).select('id,stars').csv()).data).toBe('id,stars\n1,5\n3,1')
    })

    it('rollback undoes what the function wrote', async () => {
      const { data } = await client.rpc('add_note', { title: 'by rpc' }).select('title, stars').rollback()
      expect(data).toEqual({ title: 'by rpc', stars: 2 })
      expect((await client.from('notes').select().eq('title', 'by rpc')).data).toEqual([])
    })

    it('explain', async () => {
      const { data, error } = await client.rpc('get_users').explain({ format: 'json' })
      expect(error).toBeNull()
      expect(data).toEqual([{ Plan: expect.objectContaining({ 'Node Type': expect.any(String) }) }])
    })
  })
}

/** The suite of the functions. */
export function describeRpc(): void {
  describeResults()
  describeMethods()
}
