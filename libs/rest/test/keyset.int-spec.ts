import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../query/test/property/random.ts'
import { startRest, users, type RestServer } from './rest-server.ts'

const schema = `
  create table groups (id int primary key, label text);
  insert into groups select i, case when i % 4 > 0 then 'g' || i % 3 end from generate_series(1, 9) i;
  create table items (
    id int primary key, a int, b text, c numeric not null, at timestamptz, doc jsonb, raw json, kind text not null default 'x', grp int references groups, cursor text
  );
  create table pairs (x int, y text, n int, primary key (x, y));
  create table keyless (a int);
  create table unique_only (a int not null unique, b int);
  create view item_view as select id, a, b from items;
  create view repeating as select i.id, i.a from items i cross join (values (1), (2)) twice(n);
  create function half(items) returns int language sql stable as 'select $1.a / 2';
  alter table items enable row level security;
  create policy own on items to authenticated using (kind = 'x');
  grant select on groups, items, pairs, keyless, unique_only, item_view, repeating to authenticated;
  grant execute on function half to authenticated;
`

let rest: RestServer
beforeAll(async () => {
  rest = await startRest(schema)
})
afterAll(() => rest[Symbol.asyncDispose]())

const asAnn = (path: string, headers: Record<string, string> = {}) => rest.call('GET', path, { as: users.ann, headers })
const paged = { prefer: 'cursor' }

/** Follows the links from the first page to the last; `between` runs after each page. */
async function walk(path: string, between: () => Promise<void> = async () => undefined): Promise<{ rows: any[]; pages: number }> {
  const rows: unknown[] = []
  let query = path.slice(path.indexOf('?'))
  for (let pages = 1; ; pages++) {
    const { status, json, headers, text } = await asAnn(path.slice(0, path.indexOf('?')) + query, pages === 1 ? paged : {})
    expect(status, text).toBe(200)
    rows.push(...json)
    if (headers.link === undefined) return { rows, pages }
    query = /^<(\?.*)>; rel="next"$/.exec(headers.link)![1]!
    expect(pages).toBeLessThan(500)
    await between()
  }
}

async function fill(random: Random, rows: number): Promise<void> {
  await rest.db.superuserSql('truncate items')
  const values = Array.from({ length: rows }, (_, i) => rowOf(i * 10, random))
  await rest.db.superuserSql(`insert into items (id, a, b, c, at, doc, grp) values ${values.join(', ')}`)
}

function rowOf(id: number, random: Random): string {
  const maybe = (text: string) => (random.below(4) === 0 ? 'null' : text)
  const [a, b, c] = [
    maybe(String(random.below(5))),
    maybe(`'${['a', "b''c", 'Ü, "x"', 'é', ''][random.below(5)]}'`),
    String(random.below(40) / 8),
  ]
  const at = maybe(`timestamptz '2026-01-01' + ${random.below(3)} * interval '1 microsecond'`)
  return `(${id}, ${a}, ${b}, ${c}, ${at}, ${maybe(`'{"k": "${random.below(3)}"}'`)}, ${maybe(String(1 + random.below(9)))})`
}

describe('Prefer: cursor', () => {
  it('pages through every order exactly as one answer would show it', async () => {
    const random = new Random(20_260)
    await fill(random, 60)
    const columns = ['a', 'b', 'c', 'at', 'doc->>k', 'half', 'groups(label)', 'id']
    for (let round = 0; round < 60; round++) {
      const chosen = [...columns].sort(() => random.below(3) - 1).slice(0, 1 + random.below(3))
      const order = chosen
        .map((column) => `${column}${['', '.asc', '.desc'][random.below(3)]}${['', '.nullsfirst', '.nullslast'][random.below(3)]}`)
        .join(',')
      const filter = random.below(2) === 0 ? '' : '&c=gte.1'
      const path = `/items?select=id,groups(label)&order=${encodeURIComponent(order)}&limit=${1 + random.below(7)}${filter}`
      const { rows } = await walk(path)
      const direction = /(^|,)id/.test(order) ? '' : `,id.${/desc[^,]*$/.test(order) ? 'desc' : 'asc'}`
      const whole = await asAnn(`/items?select=id,groups(label)&order=${encodeURIComponent(order + direction)}${filter}`)
      expect(
        rows.map(({ id }) => id),
        `${path} (seed 20260, round ${round})`,
      ).toEqual(whole.json.map(({ id }: { id: number }) => id))
    }
  }, 60_000)

  it('shows every row that stays exactly once, whatever is inserted and deleted in between', async () => {
    const random = new Random(7)
    for (const order of ['a.desc.nullslast,b', 'id', 'b.nullsfirst,a', 'c.desc']) {
      await fill(random, 80)
      let next = 1
      const gone = new Set<number>()
      const { rows } = await walk(`/items?select=id&order=${order}&limit=7`, async () => {
        const inserted = Array.from({ length: 3 }, () => rowOf(random.below(80) * 10 + (next = (next % 9) + 1), random))
        await rest.db.superuserSql(`insert into items (id, a, b, c, at, doc, grp) values ${inserted.join(', ')} on conflict do nothing`)
        const victim = random.below(80) * 10
        gone.add(victim)
        await rest.db.superuserSql('delete from items where id = $1', [victim])
      })
      const ids = rows.map(({ id }) => id as number)
      expect(new Set(ids).size, order).toBe(ids.length)
      const staying = Array.from({ length: 80 }, (_, i) => i * 10).filter((id) => !gone.has(id))
      expect(
        staying.filter((id) => !ids.includes(id)),
        order,
      ).toEqual([])
    }
  }, 60_000)

  it('has no link on the last page, also when that is full, and none without the preference', async () => {
    await fill(new Random(1), 6)
    expect((await walk('/items?select=id&limit=3')).pages).toBe(2)
    expect((await walk('/items?select=id&limit=6')).pages).toBe(1)
    expect((await walk('/items?select=id&limit=4')).pages).toBe(2)
    expect((await walk('/items?select=id&limit=0')).pages).toBe(1)
    expect((await walk('/items?select=id&id=eq.-1')).pages).toBe(1)
    expect((await asAnn('/items?select=id&limit=3')).headers.link).toBeUndefined()
    const first = await asAnn('/items?select=id&limit=3', paged)
    expect(first.headers['preference-applied']).toBe('cursor')
    expect(first.headers.link).toMatch(/^<\?limit=3&select=id&cursor=v\.[\w-]{6}\.[\w-]+>; rel="next"$/)
    expect((await rest.call('HEAD', '/items?select=id&limit=3', { as: users.ann, headers: paged })).headers.link).toBe(first.headers.link)
  })

  it('counts all rows on every page, begins after an offset, and keeps other formats', async () => {
    await fill(new Random(2), 10)
    const first = await asAnn('/items?select=id&limit=4&offset=2', { prefer: 'cursor, count=exact' })
    expect([first.status, first.headers['content-range'], first.json[0].id]).toEqual([206, '2-5/10', 20])
    const link = /<(.*)>/.exec(first.headers.link!)![1]!
    expect(link).not.toContain('offset')
    const second = await asAnn(`/items${link}`, { prefer: 'count=exact', accept: 'text/csv' })
    expect([second.status, second.headers['content-range'], second.text]).toEqual([206, '0-3/10', 'id\n60\n70\n80\n90'])
    expect(second.headers.link).toBeUndefined()
  })

  it('pages by a key of several columns, by a unique one, through views, and inside of what policies show', async () => {
    await rest.db.superuserSql(`truncate pairs; insert into pairs select i / 4, 'y' || i % 4, i % 3 from generate_series(0, 19) i;
      truncate unique_only; insert into unique_only select i, i % 2 from generate_series(1, 9) i`)
    expect((await walk('/pairs?order=n.desc&limit=3')).rows).toHaveLength(20)
    expect((await walk('/unique_only?order=b&limit=2')).rows.map(({ a }) => a)).toEqual([2, 4, 6, 8, 1, 3, 5, 7, 9])
    await fill(new Random(3), 20)
    await rest.db.superuserSql(`update items set kind = 'hidden' where id % 20 = 0`)
    expect((await walk('/item_view?order=a&limit=3')).rows).toHaveLength(20)
    expect((await walk('/items?select=id&order=a&limit=3')).rows).toHaveLength(10)
    // A cursor is no way around a policy.
    const forged = await asAnn((await asAnn('/items?select=id&limit=1', paged)).headers.link!.replace(/^<(.*)>.*$/, '/items$1'))
    expect(forged.json.every(({ id }: { id: number }) => id % 20 !== 0)).toBe(true)
  })

  it('says what cannot be paged', async () => {
    await fill(new Random(4), 4)
    const refused = async (path: string, headers: Record<string, string> = paged) => {
      const { status, json } = await asAnn(path, headers)
      return `${status} ${json.code} ${json.message}`
    }
    expect(await refused('/keyless')).toBe("400 PLINTH400 This cannot be paged by key: 'keyless' has no primary key")
    expect(await refused('/items?order=raw')).toMatch(/JSON document/)
    expect(await refused('/items?order=doc->k')).toMatch(/JSON document/)
    expect(await refused('/items', { ...paged, range: '0-1' })).toMatch(/Range header/)
    expect(await refused('/repeating?limit=1')).toMatch(/several rows have the same key/)
    await rest.db.superuserSql(`update items set b = repeat('b', 5000)`)
    expect(await refused('/items?order=b&limit=1')).toMatch(/too long for a URL/)
  })

  it('refuses cursors of another order, another table, and what was tampered with', async () => {
    await fill(new Random(5), 8)
    const link = (await asAnn('/items?select=id&order=c&limit=2', paged)).headers.link!
    const cursor = /cursor=([^&>]+)/.exec(link)![1]!
    const [letters, tag] = cursor.split('.')
    const withPayload = (payload: unknown, head = letters) => `${head}.${tag}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
    const status = async (text: string, query = 'order=c&limit=2') => {
      const { status: code, json } = await asAnn(`/items?select=id&${query}&cursor=${text}`)
      return code === 200 ? 200 : `${code} ${json.code}`
    }
    expect(await status(cursor)).toBe(200)
    expect(await status(cursor, 'order=c.desc&limit=2')).toBe('400 PLINTH400')
    expect(await status(withPayload(['1']))).toBe('400 PLINTH400')
    expect(await status(withPayload(['1', 2]))).toBe('400 PLINTH400')
    expect(await status(withPayload(['1', '2\0']))).toBe('400 PLINTH400')
    expect(await status(withPayload({ length: 2 }))).toBe('400 PLINTH400')
    expect(await status(cursor.slice(0, -2))).toBe('400 PLINTH400')
    expect(await status(`${letters}.${tag}.!!!`)).toBe('400 PLINTH400')
    expect(await status(withPayload(["1'; drop table items", '2']))).toBe('400 22P02')
    expect(await status(withPayload(['1'], 'nv'))).toBe(200)
    // A column of that name is filtered all the same.
    expect(await status('is.null')).toBe(200)
    expect((await asAnn('/items?select=id&cursor=eq.x')).json).toEqual([])
  })

  it('uses one plan for all pages of a shape', async () => {
    await fill(new Random(6), 12)
    rest.statements.length = 0
    await walk('/items?select=id&order=c&limit=2')
    const texts = rest.statements.map(({ text }) => text)
    expect(new Set(texts).size).toBe(2)
    expect(texts.length).toBeGreaterThan(5)
  })

  it('is followed as docs/how-to/paging.md says', async () => {
    const page = readFileSync(new URL('../../../docs/how-to/paging.md', import.meta.url), 'utf8')
    const code = /```ts\n([\s\S]*?)```/.exec(page)![1]!.replace(': string | undefined', '')
    await rest.db.superuserSql(`create table todos (id int primary key, due date, title text); grant select on todos to anon;
      insert into todos select i, nullif(i % 5, 0) + date '2026-01-01', 'todo ' || i % 3 from generate_series(1, 120) i`)
    await rest.catalog.reload()
    const base = 'http://127.0.0.1:8000'
    const get = async (url: string, { headers }: { headers: Record<string, string> }) => {
      const { text, headers: answered } = await rest.call('GET', url.slice(`${base}/rest/v1`.length), {
        headers: { prefer: headers.prefer! },
      })
      return { url, json: async () => JSON.parse(text), headers: new Headers({ ...answered }) }
    }
    const seen: { id: number }[] = []
    const AsyncFunction = (async () => undefined).constructor as new (...source: string[]) => (...values: unknown[]) => Promise<void>
    await new AsyncFunction('fetch', 'base', 'apikey', 'handle', code)(get, base, '', (todo: { id: number }) => seen.push(todo))
    const whole = await rest.call('GET', '/todos?order=due.desc.nullslast,title,id')
    expect(seen).toEqual(whole.json)
    expect(seen).toHaveLength(120)
  })
})
