import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRest, users, type RestServer } from './rest-server.ts'

const schema = `
  create table notes (id int primary key, owner uuid default auth.uid(), body text, shared boolean not null default false, locked boolean not null default false);
  insert into notes select i, case when i <= 4 then '${users.ann}'::uuid else '${users.bob}'::uuid end, 'n' || i, i = 5, i = 1 from generate_series(1, 10) i;
  alter table notes enable row level security;
  create policy own on notes to authenticated using (owner = auth.uid());
  create policy shared on notes for select to authenticated using (shared);
  create policy not_locked on notes as restrictive for update to authenticated using (true) with check (not locked);
  create policy staff on notes for select to service_role using (true);
  grant select, insert, update, delete on notes to authenticated;
  create table closed (id int primary key, secret text); insert into closed values (1, 'x');
  create table silent (id int primary key); alter table silent enable row level security; insert into silent values (1), (2);
  grant select on silent to authenticated;
  create table open (id int primary key, hidden text); grant select (id) on open to authenticated;
  create table members (team int, who uuid); insert into members values (1, '${users.ann}'); alter table members enable row level security;
  create table teams (id int primary key); insert into teams values (1), (2); alter table teams enable row level security;
  create policy member on teams to authenticated using (exists (select from members m where m.team = teams.id and m.who = auth.uid()));
  create table broken (id int primary key); insert into broken values (0); alter table broken enable row level security;
  create policy divides on broken to authenticated using (1 / id = 1);
  grant select on teams, members, broken to authenticated;
  create view seen as select * from notes; grant select on seen to authenticated;
  create function f() returns int language sql stable return 1; grant execute on function f to authenticated;
`

let rest: RestServer
beforeAll(async () => {
  rest = await startRest(schema)
})
afterAll(() => rest[Symbol.asyncDispose]())

const ann = JSON.stringify({ role: 'authenticated', sub: users.ann })
const ask = (method: string, path: string, options: { as?: string; user?: string; prefer?: string; body?: unknown } = {}) =>
  rest.call(method, path, {
    as: options.as ?? 'service',
    headers: {
      prefer: ['explain-denied', ...(options.prefer === undefined ? [] : [options.prefer])].join(', '),
      ...(options.user === '' ? {} : { 'x-plinth-impersonate': options.user ?? ann }),
    },
    body: options.body,
  })
const report = async (...of: Parameters<typeof ask>) => {
  const { status, headers, json, text } = await ask(...of)
  expect(status, text).toBe(200)
  expect(headers['content-type']).toBe('application/vnd.plinth.denied+json; charset=utf-8')
  return json
}
const passedBy = (check: { policies: { name: string; passed: number }[] }) =>
  Object.fromEntries(check.policies.map(({ name, passed }) => [name, passed]))

describe('Prefer: explain-denied', () => {
  it('tells which policies hide the rows of a read', async () => {
    const told = await report('GET', '/notes?id=gt.2&limit=1')
    expect(told).toMatchObject({
      relation: 'public.notes',
      command: 'SELECT',
      role: 'authenticated',
      answer: { rows: 1 },
      rowSecurity: { applies: true },
      matching: { rows: 8, visible: 3, limit: 1000 },
      missingGrants: [],
    })
    expect(told.checks).toHaveLength(1)
    expect(told.checks[0]).toMatchObject({ command: 'SELECT', rows: 'existing', examined: 8, passed: 3, forOtherRoles: ['staff'] })
    expect(passedBy(told.checks[0])).toEqual({ own: 2, shared: 1 })
    expect(told.checks[0].policies[0].expression).toBe('(owner = auth.uid())')
    expect(told.advice).toEqual(['Of 8 rows 5 are hidden by the policies for SELECT: own lets 2 through, shared lets 1 through.'])
  })

  it('tells the grants that are missing, with the statement that gives them', async () => {
    const closed = await report('GET', '/closed?secret=eq.x')
    expect(closed).toMatchObject({ answer: { status: 403, error: { code: '42501' } }, matching: { rows: 1, visible: null } })
    expect(closed.missingGrants).toEqual([
      { privilege: 'SELECT', columns: ['secret', 'id'], grant: 'grant select on "public"."closed" to "authenticated"' },
    ])
    expect(closed.rowSecurity).toEqual({ applies: false, because: 'Row-level security is off: grants alone decide.' })
    expect((await report('GET', '/open')).missingGrants).toEqual([
      { privilege: 'SELECT', columns: ['hidden'], grant: 'grant select ("hidden") on "public"."open" to "authenticated"' },
    ])
    expect((await report('GET', '/open?select=id')).missingGrants).toEqual([])
    const anonymous = await report('DELETE', '/notes?id=eq.1', { user: '' })
    expect([anonymous.role, anonymous.answer.status]).toEqual(['anon', 401])
    expect(anonymous.missingGrants.map(({ privilege }: { privilege: string }) => privilege)).toEqual(['SELECT', 'DELETE'])
  })

  it('says when no policy applies, and when nothing matches', async () => {
    const silent = await report('GET', '/silent')
    expect(silent.checks[0]).toMatchObject({ examined: 2, passed: 0, policies: [] })
    expect(silent.advice[0]).toMatch(
      /^No policy for SELECT lets authenticated do anything\. For example: create policy … on "public"\."silent" for select/,
    )
    expect((await report('GET', '/notes?id=eq.77')).advice).toEqual(['No row matches the filters, whoever asks.'])
  })

  it('tells which check refuses a new row, and changes nothing', async () => {
    const refused = await report('POST', '/notes', {
      body: [
        { id: 20, owner: users.bob },
        { id: 21, owner: users.ann },
      ],
    })
    expect(refused).toMatchObject({ command: 'INSERT', answer: { status: 403, error: { code: '42501' } } })
    expect(refused.checks).toMatchObject([{ command: 'INSERT', rows: 'new', examined: 2, passed: 1 }])
    expect(passedBy(refused.checks[0])).toEqual({ own: 1 })
    const allowed = await report('POST', '/notes?select=id', { body: { id: 22, owner: users.ann }, prefer: 'return=representation' })
    expect(allowed).toMatchObject({
      answer: { rows: 1 },
      checks: [
        { command: 'INSERT', passed: 1 },
        { command: 'SELECT', rows: 'new', passed: 1 },
      ],
      advice: [],
    })
    expect(await rest.db.superuserSql('select count(*)::int as n, max(id) as id from notes')).toEqual([{ n: 10, id: 10 }])
  })

  it('looks at both sides of an update, restrictive policies included', async () => {
    const told = await report('PATCH', '/notes?id=lte.6', { body: { locked: true } })
    expect(told.answer).toMatchObject({ status: 403, error: { code: '42501' } })
    expect(told.checks.map(({ command, rows, examined, passed }: any) => [command, rows, examined, passed])).toEqual([
      ['SELECT', 'existing', 6, 5],
      ['UPDATE', 'existing', 6, 4],
      ['UPDATE', 'new', 6, 0],
      ['SELECT', 'new', 6, 5],
    ])
    expect(passedBy(told.checks[2])).toEqual({ not_locked: 0, own: 4 })
    expect(told.advice.join(' ')).toContain('not_locked (restrictive) lets 0 through')
    const removed = await report('DELETE', '/notes?id=gte.4')
    expect(removed).toMatchObject({
      answer: { rows: 1 },
      checks: [
        { command: 'SELECT', passed: 2 },
        { command: 'DELETE', passed: 1 },
      ],
    })
    expect(await rest.db.superuserSql('select count(*)::int as n, bool_or(locked and id > 1) as l from notes')).toEqual([
      { n: 10, l: false },
    ])
  })

  it('says that a policy looks at tables which the user may not read', async () => {
    const told = await report('GET', '/teams')
    expect(told.matching).toMatchObject({ rows: 2, visible: 0 })
    expect(told.checks[0]).toMatchObject({ passed: 1, policies: [{ name: 'member', exact: false, passed: 1 }] })
    expect(told.advice.at(-1)).toMatch(
      /tables that the policies look at, 1 row would be visible, with the user’s 0 rows: policies or grants of those tables decide/,
    )
  })

  it('survives a policy that fails, and tells its fault', async () => {
    const told = await report('GET', '/broken')
    expect(told.answer).toMatchObject({ status: 400, error: { code: '22012' } })
    expect(told.checks[0]).toMatchObject({
      examined: null,
      error: 'division by zero',
      policies: [{ name: 'divides', error: 'division by zero' }],
    })
  })

  it('explains views and bypassing roles without trying policies', async () => {
    expect((await report('GET', '/seen')).rowSecurity.because).toMatch(/^The view runs with its owner’s rights/)
    const service = await report('GET', '/notes', { user: JSON.stringify({ role: 'service_role' }) })
    expect([service.rowSecurity.applies, service.checks, service.matching.visible]).toEqual([false, [], 10])
  })

  it('is for the secret key alone', async () => {
    const user = await ask('GET', '/notes?select=id', { as: users.ann })
    expect([user.status, user.json.length, user.headers['preference-applied']]).toEqual([200, 5, undefined])
    const strict = await ask('GET', '/notes', { as: users.ann, prefer: 'handling=strict' })
    expect([strict.status, strict.json.code, strict.json.details]).toEqual([400, 'PGRST122', 'Invalid preferences: explain-denied'])
    // Without the preference the header does nothing, not for the owner either.
    const plain = await rest.call('GET', '/notes?select=id', { as: 'service', headers: { 'x-plinth-impersonate': ann } })
    expect(plain.json).toHaveLength(10)
    expect((await report('GET', '/notes', { prefer: 'handling=strict' })).answer).toEqual({ rows: 5 })
  })

  it('refuses what it cannot explain, and claims that are none', async () => {
    const refused = async (...of: Parameters<typeof ask>) => {
      const { status, json } = await ask(...of)
      return `${status} ${json.code} ${json.message}`
    }
    expect(await refused('GET', '/rpc/f')).toBe(
      '400 PLINTH400 Prefer: explain-denied cannot explain this: a function decides itself what it does',
    )
    expect(await refused('GET', '/nothing')).toMatch(/^404 PGRST205/)
    expect(await refused('GET', '/notes', { user: '[]' })).toMatch(/not the claims of a user: no JSON object/)
    expect(await refused('GET', '/notes', { user: '{"role":"postgres"}' })).toMatch(/no role that requests may take/)
    expect(await refused('GET', '/notes', { user: `{"a":"${'x'.repeat(9000)}"}` })).toMatch(/more than 8192 characters/)
  })

  it('looks as docs/how-to/explain-denied.md shows', async () => {
    const page = readFileSync(new URL('../../../docs/how-to/explain-denied.md', import.meta.url), 'utf8')
    const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!)
    const { claims, ...told } = await report('GET', '/notes?id=gt.2')
    expect({ ...told, claims: shown.claims }).toEqual(shown)
    expect(Object.keys(claims)).toEqual(Object.keys(shown.claims))
  })
})
