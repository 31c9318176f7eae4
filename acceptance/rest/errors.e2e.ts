// Errors: the four keys, the codes, the statuses and the words of contract table 2.5.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fixture, type RawRequest, send } from './fixture.ts'

/** Status and body of a request that must fail with the four keys. */
async function fault(line: string, request: RawRequest = {}) {
  const { status, json, text } = await send(line, request)
  expect(Object.keys(json ?? {}).sort(), text).toEqual(['code', 'details', 'hint', 'message'])
  return { status, ...json } as { status: number; code: string; details: unknown; hint: unknown; message: string }
}

const raise = (code: string) => fault('POST /rpc/raise_code', { body: { code } })

describe(`errors of Postgres on ${fixture.database}`, () => {
  it('a raised exception is 400 with its message, detail and hint', async () => {
    expect(await fault('POST /rpc/raise_plain', { body: {} })).toEqual({
      status: 400,
      code: 'P0001',
      details: 'my detail',
      hint: 'my hint',
      message: 'my message',
    })
  })

  it.each([
    ['08006', 503],
    ['09000', 500],
    ['0L000', 403],
    ['0P000', 403],
    ['21000', 500],
    ['23503', 409],
    ['23505', 409],
    ['25006', 405],
    ['25000', 500],
    ['28000', 403],
    ['2D000', 500],
    ['38000', 500],
    ['39000', 500],
    ['3B000', 500],
    ['40001', 500],
    ['42883', 404],
    ['42P01', 404],
    ['42P17', 500],
    ['53000', 503],
    ['53400', 500],
    ['54000', 500],
    ['55000', 500],
    ['57000', 500],
    ['57P01', 503],
    ['58000', 500],
    ['F0000', 500],
    ['HV000', 500],
    ['P0001', 400],
    ['P0002', 500],
    ['XX000', 500],
    ['22012', 400],
    ['23514', 400],
    ['PT419', 419],
    ['ABCDE', 400],
  ])('SQLSTATE %s is %i', async (code, status) => {
    expect(await raise(code)).toEqual({ status, code, details: null, hint: null, message: 'my message' })
  })

  it('21000 is 400 when a WHERE clause is missing, 500 otherwise', async () => {
    const says = 'DELETE requires a WHERE clause'
    expect(await fault('POST /rpc/raise_code', { body: { code: '21000', says } })).toMatchObject({
      status: 400,
      code: '21000',
      message: says,
    })
  })

  it('42501 is 401 without a token and 403 with one', async () => {
    expect(await fault('GET /secrets', { token: null })).toMatchObject({ status: 401, code: '42501' })
    expect(await fault('GET /secrets', { token: token({ role: 'authenticated', sub: id }) })).toMatchObject({ status: 403, code: '42501' })
  })

  it('a row that a policy refuses is 42501', async () => {
    expect(await fault('POST /notes', { body: { title: 'forbidden' }, token: token({ role: 'authenticated', sub: id }) })).toMatchObject({
      status: 403,
      code: '42501',
      message: 'new row violates row-level security policy for table "notes"',
    })
  })

  it('constraints: unique and foreign keys 409, not null and checks 400', async () => {
    expect(await fault('POST /users', { body: { username: 'ann' } })).toMatchObject({ status: 409, code: '23505' })
    expect(await fault('POST /children', { body: { id: 1, parent_id: 999999, name: 'x' } })).toMatchObject({ status: 409, code: '23503' })
    expect(await fault('POST /notes', { body: { title: null } })).toMatchObject({ status: 400, code: '23502' })
    expect(await fault('POST /notes', { body: { title: 'x', stars: 9 } })).toMatchObject({ status: 400, code: '23514' })
  })

  it('values that are none of their type, and columns that are not there, are 400', async () => {
    expect(await fault('GET /channels?id=eq.abc')).toEqual({
      status: 400,
      code: '22P02',
      details: null,
      hint: null,
      message: 'invalid input syntax for type bigint: "abc"',
    })
    expect(await fault('GET /channels?select=nothing')).toMatchObject({
      status: 400,
      code: '42703',
      message: 'column channels.nothing does not exist',
    })
    expect(await fault('GET /channels?nothing=eq.1')).toMatchObject({
      status: 400,
      code: '42703',
      message: 'column channels.nothing does not exist',
    })
  })

  it("RAISE SQLSTATE 'PGRST' chooses everything", async () => {
    const answer = await send('POST /rpc/raise_pgrst', {
      body: {
        message: '{"code":"123","message":"Not this way","details":"because","hint":"go round"}',
        detail: '{"status":332,"status_text":"My Status","headers":{"X-Way":"round"}}',
      },
    })
    expect([answer.status, answer.headers.get('x-way')]).toEqual([332, 'round'])
    expect(answer.json).toEqual({ code: '123', message: 'Not this way', details: 'because', hint: 'go round' })
    expect(await fault('POST /rpc/raise_pgrst', { body: { message: 'no json', detail: '{}' } })).toMatchObject({
      status: 500,
      code: 'PGRST121',
      message: 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error',
    })
  })
})

const id = '00000000-0000-4000-8000-000000000001'

describe(`errors of requests on ${fixture.database}`, () => {
  it('PGRST100: what cannot be parsed', async () => {
    const filter = await fault('GET /channels?id=xyz.1')
    expect([filter.status, filter.code]).toEqual([400, 'PGRST100'])
    expect(filter.message).toMatch(/^"failed to parse filter \(xyz\.1\)" \(line 1, column 1\)$/)
    expect(filter.details).toBe('unexpected "x" expecting "not" or operator (eq, gt, ...)')
    expect(await fault('GET /channels?select=id,(')).toMatchObject({ status: 400, code: 'PGRST100' })
    expect(await fault('GET /channels?order=id.upwards')).toMatchObject({ status: 400, code: 'PGRST100' })
    expect(await fault('GET /channels?or=(id.eq.1')).toMatchObject({ status: 400, code: 'PGRST100' })
  })

  it('PGRST102: bodies that are no rows', async () => {
    const post = (body: string) => fault('POST /parents', { body, headers: { 'content-type': 'application/json' } })
    expect(await post('{"id":')).toEqual({ status: 400, code: 'PGRST102', details: null, hint: null, message: 'Empty or invalid json' })
    expect(await post('')).toMatchObject({ status: 400, code: 'PGRST102', message: 'Empty or invalid json' })
    expect(await post('[{"id":1},{"name":"x"}]')).toMatchObject({ status: 400, code: 'PGRST102', message: 'All object keys must match' })
  })

  it('PGRST106: a schema that is not exposed', async () => {
    for (const [line, profile] of [
      ['GET /channels', 'accept-profile'],
      ['DELETE /channels?id=eq.99', 'content-profile'],
    ] as const) {
      expect(await fault(line, { headers: { [profile]: 'auth' } })).toEqual({
        status: 406,
        code: 'PGRST106',
        details: null,
        hint: 'Only the following schemas are exposed: public, personal',
        message: 'Invalid schema: auth',
      })
    }
  })

  it('PGRST107: media types that there are not', async () => {
    expect(await fault('GET /channels', { headers: { accept: 'image/png' } })).toEqual({
      status: 406,
      code: 'PGRST107',
      details: null,
      hint: null,
      message: 'None of these media types are available: image/png',
    })
  })

  it('PGRST108: conditions on what is not embedded, or by another name', async () => {
    expect(await fault('GET /channels?messages.id=eq.1')).toEqual({
      status: 400,
      code: 'PGRST108',
      details: null,
      hint: "Verify that 'messages' is included in the 'select' query parameter.",
      message: "'messages' is not an embedded resource in this request",
    })
    expect(await fault('GET /channels?select=id,posts:messages(id)&messages.id=eq.1')).toMatchObject({ status: 400, code: 'PGRST108' })
  })

  it('PGRST111 and PGRST112: responses that a function spoils', async () => {
    expect(await fault('POST /rpc/set_response', { body: { status: 'many', headers: '' } })).toMatchObject({
      status: 500,
      code: 'PGRST112',
      message: 'response.status guc must be a valid status code',
    })
    expect(await fault('POST /rpc/set_response', { body: { status: '', headers: '{"a":"b"}' } })).toMatchObject({
      status: 500,
      code: 'PGRST111',
      message: 'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    })
  })

  it('PGRST120: other filters than null on an embedded table', async () => {
    expect(await fault('GET /channels?select=id,messages(id)&messages=eq.1')).toEqual({
      status: 400,
      code: 'PGRST120',
      details: 'Only is null or not is null filters are allowed on embedded resources',
      hint: null,
      message: "Bad operator on the 'messages' embedded resource",
    })
  })

  it('PGRST122: preferences that there are not, when they are taken strictly', async () => {
    const headers = { prefer: 'handling=strict, anything, speed=fast' }
    expect(await fault('GET /channels', { headers })).toEqual({
      status: 400,
      code: 'PGRST122',
      details: 'Invalid preferences: anything, speed=fast',
      hint: null,
      message: 'Invalid preferences given with handling=strict',
    })
    expect((await send('GET /channels', { headers: { prefer: 'handling=lenient, anything' } })).status).toBe(200)
  })

  it('PGRST202: functions that there are not', async () => {
    expect(await fault('POST /rpc/add_thems', { body: { a: 1, b: 2 } })).toEqual({
      status: 404,
      code: 'PGRST202',
      details:
        'Searched for the function public.add_thems with parameters a, b or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function public.add_them',
      message: 'Could not find the function public.add_thems(a, b) in the schema cache',
    })
    expect(await fault('GET /rpc/add_them?a=1')).toMatchObject({
      status: 404,
      code: 'PGRST202',
      message: 'Could not find the function public.add_them(a) in the schema cache',
      details: 'Searched for the function public.add_them with parameter a, but no matches were found in the schema cache.',
    })
    expect(await fault('GET /rpc/nothing_like_it')).toMatchObject({
      code: 'PGRST202',
      message: 'Could not find the function public.nothing_like_it without parameters in the schema cache',
    })
  })

  it('PGRST203: functions that cannot be told apart', async () => {
    expect(await fault('GET /rpc/unclear?a=1')).toEqual({
      status: 300,
      code: 'PGRST203',
      details: null,
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
      message: expect.stringMatching(
        /^Could not choose the best candidate function between: public\.unclear\(a => (integer|text)\), public\.unclear\(a => (text|integer)\)$/,
      ),
    })
  })

  it('PGRST204: columns= that names what is not there', async () => {
    expect(await fault('POST /parents?columns=id,nickname', { body: { id: 1 } })).toEqual({
      status: 400,
      code: 'PGRST204',
      details: null,
      hint: null,
      message: "Could not find the 'nickname' column of 'parents' in the schema cache",
    })
    expect(await fault('PATCH /parents?id=eq.1', { body: { nickname: 'x' } })).toMatchObject({ status: 400, code: 'PGRST204' })
  })

  it('PGRST205: tables that there are not, with the nearest name', async () => {
    expect(await fault('GET /channelz')).toEqual({
      status: 404,
      code: 'PGRST205',
      details: null,
      hint: "Perhaps you meant the table 'public.channels'",
      message: "Could not find the table 'public.channelz' in the schema cache",
    })
    expect((await fault('GET /zzz')).hint).toBeNull()
  })
})

/** A token signed as another issuer with the same secret would. */
function token(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ aud: 'authenticated', exp: 4_000_000_000, ...claims })}`
  return `${text}.${createHmac('sha256', fixture.jwtSecret).update(text).digest('base64url')}`
}

describe(`errors of tokens on ${fixture.database}`, () => {
  it('PGRST301: what is no token, or not ours', async () => {
    expect(await fault('GET /channels', { token: 'abc' })).toMatchObject({
      status: 401,
      code: 'PGRST301',
      message: 'Expected 3 parts in JWT; got 1',
    })
    const foreign = `${token({ role: 'anon' }).slice(0, -4)}AAAA`
    expect(await fault('GET /channels', { token: foreign })).toMatchObject({ status: 401, code: 'PGRST301' })
  })

  it('PGRST303: claims that do not hold now', async () => {
    expect(await fault('GET /channels', { token: token({ role: 'anon', exp: 1 }) })).toMatchObject({
      status: 401,
      code: 'PGRST303',
      message: 'JWT expired',
    })
    expect(await fault('GET /channels', { token: token({ role: 'anon', nbf: 3_900_000_000 }) })).toMatchObject({
      status: 401,
      code: 'PGRST303',
      message: 'JWT not yet valid',
    })
  })

  it('a role that there is not is refused', async () => {
    expect(await fault('GET /channels', { token: token({ role: 'nobody_like_that' }) })).toMatchObject({ status: 401 })
  })
})
