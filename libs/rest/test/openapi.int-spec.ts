import SwaggerParser from '@apidevtools/swagger-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from './rest-server.ts'

const schema = `
  comment on schema public is E'Todo API\\n\\nThings to do,\\nand who does them.';
  create type mood as enum ('fine', 'so ''so''');
  create domain short_code as varchar(5);
  create table people (id uuid primary key default gen_random_uuid(), email text not null, feeling mood default 'fine', code short_code);
  create table todos (
    id bigint generated always as identity primary key, title varchar(80) not null default 'it''s new', done boolean not null default false,
    owner uuid references people, price numeric(10, 2) default 9.5, tags text[] not null default '{}', extra jsonb, days int4range,
    at timestamptz default now(), feelings mood[], "order" int, size int default '-1'::integer, doubled int generated always as (size * 2) stored
  );
  comment on table todos is E'What is to be done\\n\\nOne row for each thing.';
  comment on column todos.title is 'In a few words.';
  create table "odd name/~{x}" ("a.b" int primary key, "c d" json[]);
  create view todo_titles as select id, title, owner from todos;
  create table hidden (id int primary key);
  create table readonly (id int primary key, secret text, shown text);
  create table linked (id int primary key, to_hidden int references hidden, to_readonly int references readonly);
  create function add(a int, b int default 2) returns int language sql immutable return a + b;
  create function many(variadic words text[]) returns setof text language sql stable as 'select unnest(words)';
  create function find_todos(word text) returns setof todos language sql stable as 'select * from todos';
  create function forget(id bigint) returns void language sql volatile as 'select';
  create function forget(title text, why text) returns void language sql volatile as 'select';
  create function whole(json) returns table (a int, b mood) language sql stable as $$ select 1, 'fine'::mood $$;
  create function private() returns int language sql stable return 1;
  comment on function add is E'Adds two numbers\\nSlowly.';
  grant select, insert, update, delete on people, todos, todo_titles, "odd name/~{x}" to authenticated;
  grant select on people to anon;
  grant select (id, shown), update (shown) on readonly to anon;
  grant select on linked to anon;
  grant execute on function add, many, find_todos, forget(bigint), forget(text, text), whole to anon, authenticated;
  create schema other; create table other.things (id int primary key); grant usage on schema other to anon, authenticated; grant select on other.things to anon;
`

let rest: RestServer
beforeAll(async () => {
  rest = await startRest(schema, {
    catalog: { schemas: ['public', 'other'] },
    rest: { publicUrl: 'https://api.example.com/base', version: '1.2.3' },
  })
})
afterAll(() => rest[Symbol.asyncDispose]())

const documentOf = async (path: string, as?: string, headers: Record<string, string> = {}) => {
  const answer = await rest.call('GET', path, { as, headers })
  expect(answer.status, answer.text).toBe(200)
  return answer.json
}
const validate = (document: unknown) => SwaggerParser.validate(structuredClone(document) as never)

describe('OpenAPI 2.0 at the root', () => {
  it('is valid for every role, and tells where the server is', async () => {
    for (const as of [undefined, users.ann, 'service']) {
      const document = await documentOf('/', as)
      await validate(document)
      expect(document).toMatchObject({
        swagger: '2.0',
        host: 'api.example.com:443',
        basePath: '/base/rest/v1',
        schemes: ['https'],
        info: { title: 'Todo API', description: 'Things to do,\nand who does them.', version: '1.2.3' },
      })
      expect([document.security, document.securityDefinitions]).toEqual([undefined, undefined])
    }
  })

  it('describes a table as PostgREST does', async () => {
    const document = await documentOf('/', users.ann)
    expect(document.definitions.todos).toEqual({
      description: 'What is to be done\n\nOne row for each thing.',
      required: ['id', 'title', 'done', 'tags'],
      type: 'object',
      properties: {
        id: { description: 'Note:\nThis is a Primary Key.<pk/>', format: 'bigint', type: 'integer' },
        title: { default: "it's new", description: 'In a few words.', format: 'character varying', maxLength: 80, type: 'string' },
        done: { default: false, format: 'boolean', type: 'boolean' },
        owner: {
          description: "Note:\nThis is a Foreign Key to `people.id`.<fk table='people' column='id'/>",
          format: 'uuid',
          type: 'string',
        },
        price: { default: 9.5, format: 'numeric', type: 'number' },
        tags: { format: 'text[]', items: { type: 'string' }, type: 'array' },
        extra: { format: 'jsonb' },
        days: { format: 'int4range', type: 'string' },
        at: { default: 'now()', format: 'timestamp with time zone', type: 'string' },
        feelings: { format: 'public.mood[]', items: { type: 'string' }, type: 'array' },
        order: { format: 'integer', type: 'integer' },
        size: { default: -1, format: 'integer', type: 'integer' },
        doubled: { format: 'integer', type: 'integer' },
      },
    })
    expect(document.definitions.people.properties).toMatchObject({
      id: { default: 'gen_random_uuid()', format: 'uuid' },
      feeling: { default: 'fine', enum: ['fine', "so 'so'"], format: 'public.mood', type: 'string' },
      code: { format: 'character varying', maxLength: 5 },
    })
    const { get, post, patch, delete: remove } = document.paths['/todos']
    expect(get).toMatchObject({ tags: ['todos'], summary: 'What is to be done', description: 'One row for each thing.' })
    expect(get.responses).toEqual({
      200: { description: 'OK', schema: { type: 'array', items: { $ref: '#/definitions/todos' } } },
      206: { description: 'Partial Content' },
    })
    const names = (operation: { parameters: { $ref: string }[] }) =>
      operation.parameters.map(({ $ref }) => $ref.replace('#/parameters/', ''))
    expect(names(get).slice(-9)).toEqual([
      'rowFilter.todos.size', 'rowFilter.todos.doubled', 'select', 'order', 'range', 'rangeUnit', 'offset', 'limit', 'preferCount',
    ]) // prettier-ignore
    expect(names(get)).not.toContain('rowFilter.todos.order')
    expect(names(post)).toEqual(['body.todos', 'select', 'preferPost'])
    expect([names(patch).slice(-2), names(remove).slice(-1)]).toEqual([['body.todos', 'preferReturn'], ['preferReturn']])
  })

  it('describes functions with their bodies and parameters', async () => {
    const { paths } = await documentOf('/')
    const { get, post } = paths['/rpc/add']
    expect(post).toMatchObject({ tags: ['(rpc) add'], summary: 'Adds two numbers', description: 'Slowly.' })
    expect(post.parameters).toEqual([
      {
        name: 'args',
        in: 'body',
        required: true,
        schema: {
          description: 'Adds two numbers\nSlowly.',
          type: 'object',
          required: ['a'],
          properties: { a: { format: 'integer', type: 'integer' }, b: { format: 'integer', type: 'integer' } },
        },
      },
      { $ref: '#/parameters/preferParams' },
    ])
    expect(get.parameters).toEqual([
      { name: 'a', in: 'query', required: true, format: 'integer', type: 'integer' },
      { name: 'b', in: 'query', required: false, format: 'integer', type: 'integer' },
    ])
    expect(paths['/rpc/many'].get.parameters).toEqual([
      { name: 'words', in: 'query', required: true, type: 'array', collectionFormat: 'multi', items: { type: 'string', format: 'text' } },
    ])
    expect([Object.keys(paths['/rpc/forget']), paths['/rpc/private']]).toEqual([['post'], undefined])
  })

  it('shows a role what it may use, and nothing else', async () => {
    const pathsOf = async (as?: string) => Object.keys((await documentOf('/', as)).paths)
    expect(await pathsOf()).toEqual(expect.arrayContaining(['/', '/people', '/readonly', '/rpc/add']))
    expect(await pathsOf()).not.toContain('/todos')
    expect(await pathsOf(users.ann)).not.toContain('/hidden')
    expect(await pathsOf('service')).toContain('/hidden')
    expect(Object.keys((await documentOf('/')).definitions.readonly.properties)).toEqual(['id', 'shown'])
  })

  it('answers the media types that it is known by, HEAD, and not the others', async () => {
    const type = async (accept?: string) => {
      const { status, headers, json } = await rest.call('GET', '/', { headers: accept === undefined ? {} : { accept } })
      return status === 200 ? headers['content-type'] : [status, json.code]
    }
    expect(await type()).toBe('application/openapi+json; charset=utf-8')
    expect(await type('application/json')).toBe('application/json; charset=utf-8')
    expect(await type('text/html, */*;q=0.5')).toBe('application/openapi+json; charset=utf-8')
    expect(await type('text/csv')).toEqual([406, 'PGRST107'])
    const head = await rest.call('HEAD', '/', { headers: { accept: 'application/openapi+json' } })
    expect([head.status, head.headers['content-type'], head.text]).toEqual([200, 'application/openapi+json; charset=utf-8', ''])
    expect((await rest.call('POST', '/', { body: {} })).status).toBe(405)
  })
})

describe('OpenAPI 3.1 at openapi.json', () => {
  it('is valid for every role and schema', async () => {
    for (const as of [undefined, users.ann, 'service']) {
      for (const profile of ['public', 'other']) await validate(await documentOf('/openapi.json', as, { 'accept-profile': profile }))
    }
  })

  it('tells rows, inserts and updates apart', async () => {
    const { components, paths, servers } = await documentOf('/openapi.json', users.ann)
    expect(servers).toEqual([{ url: 'https://api.example.com/base/rest/v1' }])
    const row = components.schemas.todos
    expect(row.required).toEqual(Object.keys(row.properties))
    expect(row.properties).toMatchObject({
      id: { type: 'integer', format: 'int64', description: 'Part of the primary key.', examples: [1] },
      title: { type: 'string', maxLength: 80, default: "it's new", examples: ["it's new"] },
      owner: { type: ['string', 'null'], format: 'uuid', description: 'Refers to people.id.' },
      tags: { type: 'array', items: { type: ['string', 'null'] } },
      days: { type: ['string', 'null'], 'x-postgres-type': 'int4range', examples: ['[1,10)'] },
      feelings: { type: ['array', 'null'], items: { oneOf: [{ $ref: '#/components/schemas/enum.mood' }, { type: 'null' }] } },
      doubled: { readOnly: true },
    })
    expect(components.schemas['enum.mood'].enum).toEqual(['fine', "so 'so'"])
    expect(components.schemas.people.properties).toMatchObject({
      email: { examples: ['ann@example.com'] },
      feeling: { examples: ['fine'] },
    })
    expect(components.schemas['todos.insert'].properties.title).toEqual({ type: 'string', maxLength: 80 })
    expect(components.schemas['people.insert'].required).toEqual(['email'])
    expect(Object.keys(components.schemas['todos.insert'].properties)).not.toContain('id')
    expect(Object.keys(components.schemas['todos.update'].properties)).not.toContain('doubled')
    expect(components.schemas['todos.update'].required).toBeUndefined()
    expect(paths['/people'].post.requestBody.content['application/json'].examples.one.value).toEqual({
      email: 'ann@example.com',
      code: 'A-100',
    })
  })

  it('has only the operations that the role may do', async () => {
    const { paths, components } = await documentOf('/openapi.json')
    expect([Object.keys(paths['/people']), Object.keys(paths['/readonly']), paths['/todos']]).toEqual([
      ['get'],
      ['get', 'patch'],
      undefined,
    ])
    expect([Object.keys(components.schemas.readonly.properties), Object.keys(components.schemas['readonly.update'].properties)]).toEqual([
      ['id', 'shown'],
      ['shown'],
    ])
    // What a function returns is told in full where the table is not the role's to read.
    expect(paths['/rpc/find_todos'].get.responses[200].content['application/json'].schema.items.properties.title.type).toBe('string')
    const signed = await documentOf('/openapi.json', users.ann)
    expect(signed.paths['/rpc/find_todos'].get.responses[200].content['application/json'].schema.items).toEqual({
      $ref: '#/components/schemas/todos',
    })
    expect(signed.paths['/rpc/forget'].post.requestBody.content['application/json'].schema.anyOf).toHaveLength(2)
    expect(Object.keys(signed.paths['/rpc/forget'].post.responses)).toEqual(['204', 'default'])
  })

  it('is of one schema, which its operations name', async () => {
    const document = await documentOf('/openapi.json', undefined, { 'accept-profile': 'other' })
    expect(Object.keys(document.paths)).toEqual(['/things'])
    expect(document.components.parameters.acceptProfile).toMatchObject({
      name: 'Accept-Profile',
      required: true,
      schema: { const: 'other' },
    })
    const refused = await rest.call('GET', '/openapi.json', { headers: { 'accept-profile': 'auth' } })
    expect([refused.status, refused.json.code]).toEqual([406, 'PGRST106'])
  })

  it('is not sent again to who has it, and changes with the schema', async () => {
    const first = await rest.call('GET', '/openapi.json', { as: 'service' })
    const again = await rest.call('GET', '/openapi.json', { as: 'service', headers: { 'if-none-match': `W/"x", ${first.headers.etag}` } })
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', first.headers.etag])
    await rest.db.sql('create table added (id int primary key)')
    const changed = await rest.call('GET', '/openapi.json', { as: 'service', headers: { 'if-none-match': first.headers.etag! } })
    expect([changed.status, Object.keys(changed.json.paths).includes('/added')]).toEqual([200, true])
  })
})

describe('a schema of 2,000 tables', () => {
  it('is described quickly and without holding up other requests', async () => {
    await using large = await startRest(`do $$ begin for i in 1..2000 loop execute format(
      'create table t%s (id bigint generated always as identity primary key, name text not null, email text, done bool default false, at timestamptz default now(), price numeric, extra jsonb, tags text[])', i);
      end loop; end $$`)
    await large.call('GET', '/openapi.json')
    for (const path of ['/', '/openapi.json']) {
      let [longest, last] = [0, performance.now()]
      const ticks = setInterval(() => {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
      }, 1)
      const started = process.cpuUsage()
      const { json } = await large.call('GET', path, { as: 'service' })
      const used = process.cpuUsage(started)
      const ms = (used.user + used.system) / 1_000
      clearInterval(ticks)
      console.log(`${path}: ${Math.round(ms)} ms of CPU, parsing it included, longest pause ${Math.round(longest)} ms`)
      expect(Object.keys(json.paths).length).toBeGreaterThanOrEqual(2000)
      expect(ms).toBeLessThan(2_000)
      expect(longest).toBeLessThan(1_000)
    }
  })
})

it.each(['/', '/openapi.json'])('%s names no table that the role may not read, also where a foreign key points there', async (path) => {
  const [anonymous, service] = [await documentOf(path), await documentOf(path, 'service')]
  const columnsOf = (document: any) => JSON.stringify((document.definitions ?? document.components.schemas).linked.properties) // eslint-disable-line typescript/no-explicit-any -- any document
  expect(columnsOf(anonymous)).not.toContain('hidden.')
  expect(columnsOf(anonymous)).toContain('readonly.id')
  expect(columnsOf(service)).toContain('hidden.id')
})
