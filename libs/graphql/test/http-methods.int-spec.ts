import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServedApp } from './served-app.ts'

const modern = 'application/graphql-response+json'

describe('the endpoint’s methods and media types', () => {
  let served: ServedApp
  beforeAll(async () => {
    served = await ServedApp.start()
  })
  afterAll(() => served[Symbol.asyncDispose]())

  it('HEAD has the headers of GET, OPTIONS and other methods name what is allowed', async () => {
    const head = await served.get({ query: '{ __typename }' }, {}, 'HEAD')
    expect([head.status, head.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    const options = await served.get({}, {}, 'OPTIONS')
    expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, POST, OPTIONS'])
    const put = await served.get({}, {}, 'PUT')
    expect([put.status, put.headers['allow'], put.body.errors[0].extensions.code]).toEqual([
      405,
      'GET, HEAD, POST, OPTIONS',
      'method-not-allowed',
    ])
  })

  it('a browser is sent to the console, and a page’s query is answered all the same', async () => {
    const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const page = await served.get({}, html)
    expect([page.status, page.headers['location'], page.headers['vary']]).toEqual([302, '/console/graphql', 'Accept'])
    expect((await served.get({ query: '{ __typename }' }, html)).body).toEqual({ data: { __typename: 'query_root' } })
    expect((await served.get({}, { accept: '*/*' })).status).toBe(400)
  })

  const accepted: readonly (readonly [accept: string, status: number])[] = [
    [modern, 400],
    [`${modern}, application/json;q=0.9`, 400],
    [`application/json, ${modern}`, 400],
    [`application/json;q=0.9,${modern};q=0.8`, 200],
    [`${modern};q=0`, 200],
    [`${modern};q=0, application/json`, 200],
    ['application/json', 200],
    ['*/*', 200],
    ['text/plain', 200],
    ['', 200],
  ]
  it.each(accepted)('Accept: %s makes an invalid document a %i', async (accept, status) => {
    const answer = await served.post({ query: '{ nope }' }, { accept })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe(status === 400 ? `${modern}; charset=utf-8` : 'application/json; charset=utf-8')
  })
})

describe('what holds around a statement', () => {
  let served: ServedApp
  beforeAll(async () => {
    served = await ServedApp.start({
      options: { preRequest: 'public.pre' },
      script: `
        create function pre() returns void language plpgsql as $$
          begin
            if current_setting('request.headers', true)::json ->> 'x-blocked' is not null then raise exception 'blocked' using errcode = 'P0001'; end if;
            perform set_config('app.seen', 'by pre', true);
          end $$;
        create view facts with (security_invoker = true) as select 1 as id, current_setting('request.method', true) as method,
          current_setting('request.path', true) as path, current_setting('request.headers', true)::json ->> 'x-app' as app,
          current_setting('app.seen', true) as seen, current_setting('work_mem') as memory, current_setting('transaction_isolation') as isolation;
        grant select on facts to anon, authenticated; grant execute on function pre() to anon, authenticated`,
    })
    // Roles are the whole server's; their settings can be those of one database.
    const { database, catalog } = served.music
    const ofRole = `alter role authenticated in database ${database.name} set`
    await database.superuserSql(`${ofRole} work_mem = '5MB'; ${ofRole} default_transaction_isolation = 'serializable'`)
    await catalog.reload()
  })
  afterAll(() => served[Symbol.asyncDispose]())
  const query = '{ facts { method path app seen memory isolation } }'

  it('functions are told about the request, and the pre-request function runs before the statement', async () => {
    const answered = await served.post({ query }, { 'x-app': 'mine' })
    expect(answered.body.errors).toBeUndefined()
    const [facts] = answered.body.data.facts
    expect(facts).toMatchObject({ method: 'POST', path: '/graphql/v1', app: 'mine', seen: 'by pre', isolation: 'read committed' })
    expect((await served.get({ query })).body.data.facts[0]).toMatchObject({ method: 'GET', path: '/graphql/v1', app: null })
    const blocked = await served.post({ query }, { 'x-blocked': '1' })
    expect(blocked.body.errors[0]).toMatchObject({ message: 'blocked', extensions: { code: 'postgres-error' } })
  })

  it('settings of the role hold, its isolation level too', async () => {
    const [facts] = (await served.post({ query }, ServedApp.headers.user)).body.data.facts
    expect(facts).toMatchObject({ memory: '5MB', isolation: 'serializable', seen: 'by pre' })
    const written = await served.post({ query: 'mutation { insert_artist_one(object: {name: "Nina"}) { name } }' }, ServedApp.headers.user)
    expect(written.body).toEqual({ data: { insert_artist_one: { name: 'Nina' } } })
  })
})
